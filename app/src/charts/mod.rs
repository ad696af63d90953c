//! Charts as pure functions from a report to a picture.

pub mod canvas;
#[cfg(feature = "hydrate")]
mod echarts;
pub mod option;
#[cfg(feature = "ssr")]
pub mod overall;
pub mod palette;
pub mod sparkline;
pub mod tooltip;

#[cfg(test)]
pub(crate) mod fixture;
