//! The answer: the types that the page, the read API and the CSV all show. They are the wire types.

mod figures;
mod head;
mod pair;
mod row;
mod subject;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::comparison::{ComparisonMode, Coverage};
use crate::dates::DateRange;
use crate::granularity::Granularity;
use crate::ids::Channel;
use crate::instant::LocalTime;
use crate::rfc3339;
use crate::settings::{IdleTimeout, WeekStart};
pub use figures::{Amount, Kpi, Totals};
pub use head::{ReportBucket, ReportHead, ReportWindow};
pub use pair::{Pair, PairedRows};
pub use row::TimeseriesRow;
pub use subject::{Recalculation, ReportBot, ReportPeriod};

/// A bot's figures for one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// Whose figures.
    pub bot: ReportBot,
    /// IANA name of the zone in which days begin.
    pub time_zone: String,
    /// The day on which weeks begin.
    pub week_start: WeekStart,
    /// The session rule's timeout.
    pub idle_timeout_ms: IdleTimeout,
    /// The channel asked for; `None` is all.
    pub channel: Option<Channel>,
    /// When the figures were read.
    #[serde(deserialize_with = "rfc3339::time")]
    pub as_of: LocalTime,
    /// The bot's local date at `as_of`.
    #[serde(deserialize_with = "rfc3339::date")]
    pub today: NaiveDate,
    /// The first message that counts under the channel filter.
    #[serde(deserialize_with = "rfc3339::optional_time")]
    pub first_message_at: Option<LocalTime>,
    /// The last message that counts under the channel filter.
    #[serde(deserialize_with = "rfc3339::optional_time")]
    pub last_message_at: Option<LocalTime>,
    /// Other rules by which history is being counted again; until that is done the figures keep the ones above.
    pub recalculation: Option<Recalculation>,
    /// The period asked for, resolved.
    pub period: ReportPeriod,
    /// How the series is cut.
    pub granularity: Granularity,
    /// What it is compared with; `None` when nothing was asked for or a period has no predecessor (all time).
    pub comparison: Option<ReportComparison>,
    /// The KPIs over the whole period.
    pub totals: Totals,
    /// The KPIs per bucket, in order of time; the buckets tile the period.
    pub timeseries: Vec<TimeseriesRow>,
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

/// The comparison as resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportComparison {
    /// Which one.
    pub mode: ComparisonMode,
    /// First instant inside.
    #[serde(deserialize_with = "rfc3339::time")]
    pub start: LocalTime,
    /// First instant after.
    #[serde(deserialize_with = "rfc3339::time")]
    pub end: LocalTime,
    /// The local dates, both included; `None` when instants were picked.
    pub dates: Option<DateRange>,
    /// Where counting stopped because the period still runs; `None` when all of it is counted.
    #[serde(deserialize_with = "rfc3339::optional_time")]
    pub cut: Option<LocalTime>,
    /// How much of it lies after the first message.
    pub coverage: Coverage,
    /// Its buckets up to the cut; may be more or fewer than the period's.
    pub timeseries: Vec<TimeseriesRow>,
    /// Which bucket of the period is compared with which of these: the lines of chart, table and CSV, in order. Every bucket
    /// of both is in one line.
    pub pairs: Vec<Pair>,
}

fn find<T>(rows: &[T], place: Option<u32>) -> Option<&T> {
    rows.get(usize::try_from(place?).ok()?)
}
