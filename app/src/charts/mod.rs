//! Charts as pure functions from a report to a picture.

pub mod overall;
pub mod palette;
pub mod sparkline;
