//! A change of zone, week start or timeout. A small bot changes at once. A big one is rebuilt in the background: a second
//! set of counters is made beside the live one, a slice at a time, each slice in a short transaction that also notes how far
//! the rebuild has come. Where hours begin at the same instants by both rules, counters are copied from the live ones
//! ([`by_hours`]), and only sessions, events and model use are counted user by user; otherwise everything is
//! ([`by_users`]). Intake keeps both sets up to date, as far as the second one is built. One transaction makes it the live
//! one; the rows of the old one are then deleted, a slice at a time ([`sweep`]).

mod by_hours;
mod by_users;
pub(crate) mod change;
pub(crate) mod progress;
pub(crate) mod slice;
mod sweep;
