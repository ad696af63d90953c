//! Buckets of the period beside those of the comparison.

use serde::{Deserialize, Serialize};

use super::{Report, TimeseriesRow};

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

impl Report {
    /// How many lines chart, table and CSV have.
    pub fn line_count(&self) -> usize {
        self.comparison.as_ref().map_or(self.timeseries.len(), |comparison| comparison.pairs.len())
    }

    /// The pair at a line; `None` behind the last. Without a comparison every bucket is alone.
    pub fn pair(&self, line: usize) -> Option<Pair> {
        match &self.comparison {
            Some(comparison) => comparison.pairs.get(line).copied(),
            None if line < self.timeseries.len() => {
                Some(Pair { current: u32::try_from(line).ok(), previous: None })
            }
            None => None,
        }
    }

    /// The buckets at a line; none of them behind the last.
    pub fn line(&self, line: usize) -> PairedRows<'_> {
        let pair = self.pair(line);
        let compared =
            self.comparison.as_ref().map(|comparison| &comparison.timeseries[..]).unwrap_or_default();
        PairedRows {
            current: pair.and_then(|pair| find(&self.timeseries, pair.current)),
            previous: pair.and_then(|pair| find(compared, pair.previous)),
        }
    }

    /// All lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = PairedRows<'_>> {
        (0..self.line_count()).map(|line| self.line(line))
    }
}

fn find<T>(rows: &[T], place: Option<u32>) -> Option<&T> {
    rows.get(usize::try_from(place?).ok()?)
}
