//! Buckets of the period beside those of the comparison.

use serde::{Deserialize, Serialize};

use super::row::TimeseriesRow;

/// A bucket of the period beside the one that it is compared with. One of the two may be missing: an hour that the clock
/// skipped, a 31st beside a month of 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pair {
    /// The place in the report's `timeseries`.
    pub current: Option<u32>,
    /// The place in the comparison's `timeseries`.
    pub previous: Option<u32>,
}

/// A [`Pair`] with its buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedRows<'a> {
    /// Of the period.
    pub current: Option<&'a TimeseriesRow>,
    /// Of the comparison.
    pub previous: Option<&'a TimeseriesRow>,
}
