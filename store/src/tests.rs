//! The room as a whole: what comes in is what reports say.

mod accounts;
mod any_order;
mod distribution;
mod figures;
mod keys;
mod limits;
mod plans;
mod processes;
mod settings;
mod traffic;
