//! From a question to instants: periods resolved, buckets tiled, comparison windows found. Pure functions of the
//! calendar, now, and the bot's first message.

use crate::calendar::Calendar;
use crate::comparison::{ComparisonMode, ComparisonWindow};
use crate::error::QueryError;
use crate::granularity::Granularity;
use crate::instant::{Instant, TimeRange};
use crate::period::{Period, ResolvedPeriod};

/// Most buckets of one report.
pub const MAX_BUCKETS: usize = 1_500;

/// One bucket of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The instants it covers.
    pub range: TimeRange,
    /// Whether an edge of the period cuts it.
    pub is_partial: bool,
}

impl Period {
    /// Resolves what was picked to instants.
    ///
    /// `first_message_at` is where "all time" begins; without a message it is today.
    ///
    /// # Errors
    /// [`QueryError::PeriodOutOfRange`] for dates outside 2000-01-01 … one year after today.
    pub fn resolve(
        &self,
        calendar: &Calendar,
        now: Instant,
        first_message_at: Option<Instant>,
    ) -> Result<ResolvedPeriod, QueryError> {
        let _ = (calendar, now, first_message_at);
        unimplemented!()
    }

    /// The granularity unless one is chosen: at most 2 dates by hour, 92 by day, 731 by week (by month for a whole
    /// calendar year and for the year to date), longer by month.
    pub fn default_granularity(&self, calendar: &Calendar, resolved: &ResolvedPeriod) -> Granularity {
        let _ = (calendar, resolved);
        unimplemented!()
    }

    /// The stretch that `resolved` is compared with; `None` when the mode is none or there is none (all time).
    pub fn comparison(
        &self,
        mode: ComparisonMode,
        calendar: &Calendar,
        resolved: &ResolvedPeriod,
        now: Instant,
    ) -> Option<ComparisonWindow> {
        let _ = (mode, calendar, resolved, now);
        unimplemented!()
    }
}

/// Cuts `range` into the buckets of a granularity, without gap or overlap, in order of time. An empty range has none.
///
/// # Errors
/// [`QueryError::TooManyBuckets`] above [`MAX_BUCKETS`].
pub fn tile(
    calendar: &Calendar,
    range: TimeRange,
    granularity: Granularity,
) -> Result<Vec<Bucket>, QueryError> {
    let _ = (calendar, range, granularity);
    unimplemented!()
}
