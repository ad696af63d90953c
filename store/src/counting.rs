//! What is counted: messages, custom events and model use, each with its base rows, its counters and what adds to them.

pub(crate) mod activity;
pub(crate) mod events;
pub(crate) mod events_and_models;
pub(crate) mod hourly_copy;
pub(crate) mod messages;
pub(crate) mod models;
pub(crate) mod rows;
pub(crate) mod sums;
pub(crate) mod table;
