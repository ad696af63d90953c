//! The definitions and the arithmetic of the product: messages, sessions, the instants of a period, and comparisons.
//! Pure: no I/O, no clock, no randomness; compiles for wasm.
//!
//! Words are defined in docs/METRICS.md. Zone arithmetic needs the feature `tz` and is done on the server only: times that
//! go to the browser are local times already.
#![warn(missing_docs)]

#[cfg(feature = "tz")]
pub mod assembly;
#[cfg(feature = "tz")]
pub mod bucket;
#[cfg(feature = "tz")]
pub mod calendar;
pub mod change;
pub mod clock;
pub mod comparison;
pub mod dates;
pub mod error;
pub mod events;
pub mod fact;
pub mod granularity;
pub mod ids;
pub mod instant;
pub mod latency;
pub mod metric;
pub mod model_use;
mod month_names;
pub mod names;
pub mod nano;
pub mod navigation;
#[cfg(feature = "tz")]
pub mod pairing;
pub mod period;
pub mod query;
pub mod report;
pub mod rfc3339;
pub mod session;
pub mod settings;
#[cfg(feature = "tz")]
pub mod visits;
pub mod written_time;
