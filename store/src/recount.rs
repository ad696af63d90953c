//! Derived rows recounted from raw messages, user by user, in one transaction: what `verify` compares and what a
//! change of zone, week start or timeout of a small bot replaces. It shares no code with intake but the session rule
//! itself; only what a half-built other side follows from, the live counters, is summed by [`Following`], as intake does.
//! [`building`] is how a big bot changes.

pub(crate) mod building;
mod by_hours;
pub(crate) mod by_users;
mod check;
mod comparison;
pub(crate) mod links;
pub(crate) mod preview;
mod sessions;
mod sweep;
mod tables;
mod user;
mod uses;

pub(crate) use check::{Extent, recount};
pub(crate) use comparison::Action;
pub(crate) use tables::{ActivityRows, load_activity};
