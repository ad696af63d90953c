//! What the figures mean, told as tables and properties.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod assembly;
mod bucket;
mod calendar;
mod change;
mod comparison;
mod latency;
mod nano;
mod navigation;
mod pairing;
mod period;
mod query;
mod seeds;
mod session;
mod support;
mod typed;
mod uses;
mod visits;
mod words;
