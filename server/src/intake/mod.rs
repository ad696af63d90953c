//! The intake: whatever a bot sends becomes native items, each item becomes a fact or a rejection, and the answer comes
//! after the commit. `native` is our own way in, `doors` are those that bots speak already; behind them is one road.

pub mod arrival;
pub mod batch;
pub mod body;
pub mod derive_id;
pub mod doors;
pub mod fields;
#[cfg(test)]
mod fuzz;
pub mod inflate;
pub mod item;
pub mod key;
pub mod limit;
pub mod log;
pub mod nano;
pub mod native;
pub mod reply;
pub mod split;
pub mod written;

/// Most items of one request.
pub const MAX_EVENTS: usize = 10_000;
