//! The intake: whatever a bot sends becomes items, each item becomes a fact or a rejection, and the answer comes after
//! the commit. `doors` are the ways in, our own API among them; behind them is one road, `receive`.

pub mod alias;
pub mod arrival;
pub mod batch;
pub mod body;
pub mod door;
pub mod doors;
pub mod form;
#[cfg(test)]
mod fuzz;
pub mod inflate;
pub mod item;
pub mod json;
pub mod key;
pub mod limit;
pub mod log;
pub mod nothing;
pub mod people;
pub mod query;
pub mod receive;
pub mod reply;
pub mod request;
pub mod same_ids;
pub mod split;
pub mod translation;
pub mod visitor;

/// Most items of one request.
pub const MAX_EVENTS: usize = 10_000;
