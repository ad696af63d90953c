//! The room as a whole: what comes in is what reports say.

mod any_order;
mod figures;
mod limits;
mod processes;
mod traffic;
