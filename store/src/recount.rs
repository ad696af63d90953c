//! Derived rows recounted from raw messages, user by user, in one transaction: `verify` compares them with the stored rows,
//! and a change of zone, week start or timeout of a small bot replaces these. It shares no code with intake but the session
//! rule itself, with one exception: counters that a rebuild copies from the live ones are recounted by [`HourlyCopy`], as
//! intake changes them.
//!
//! [`HourlyCopy`]: crate::counting::hourly_copy::HourlyCopy

mod check;
mod comparison;
mod events_and_models;
pub(crate) mod links;
pub(crate) mod preview;
mod sessions;
mod tables;
mod user;

pub(crate) use check::{Extent, recount};
pub(crate) use comparison::Action;
pub(crate) use sessions::Source;
