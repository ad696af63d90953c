//! What a report of names, of events or of models, says beside their figures.

use serde::{Deserialize, Serialize};

use super::subject::{Recalculation, ReportBot, ReportPeriod};
use crate::comparison::{ComparisonMode, Coverage};
use crate::dates::DateRange;
use crate::granularity::Granularity;
use crate::ids::Channel;
use crate::instant::LocalTime;
use crate::rfc3339;
use crate::settings::WeekStart;

/// What every report of names says beside their figures: about whom, when, and compared with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportHead {
    /// Whose figures.
    pub bot: ReportBot,
    /// IANA name of the zone in which days begin.
    pub time_zone: String,
    /// The day on which weeks begin.
    pub week_start: WeekStart,
    /// The channel asked for; `None` is all.
    pub channel: Option<Channel>,
    /// When the figures were read.
    #[serde(deserialize_with = "rfc3339::time")]
    pub as_of: LocalTime,
    /// Other rules by which history is being counted again; until that is done the figures keep the ones above.
    pub recalculation: Option<Recalculation>,
    /// The period asked for, resolved.
    pub period: ReportPeriod,
    /// How the series are cut.
    pub granularity: Granularity,
    /// What it is compared with; `None` when nothing was asked for or a period has no predecessor (all time).
    pub comparison: Option<ReportWindow>,
    /// The buckets of every series, in order of time; they tile the period.
    pub buckets: Vec<ReportBucket>,
}

impl ReportHead {
    /// Whether there is something that the figures are compared with: both have begun, and the comparison holds data.
    pub fn has_earlier_data(&self) -> bool {
        self.comparison.as_ref().is_some_and(|window| {
            let have_begun = self.period.start.max(window.start) <= self.as_of;
            have_begun && window.coverage != Coverage::None
        })
    }
}

/// The stretch that a period is compared with, as resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportWindow {
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
}

/// One bucket of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportBucket {
    /// First instant inside.
    #[serde(deserialize_with = "rfc3339::time")]
    pub start: LocalTime,
    /// First instant after.
    #[serde(deserialize_with = "rfc3339::time")]
    pub end: LocalTime,
    /// Whether the bucket is cut by an edge of the period.
    pub partial: bool,
    /// Whether the bucket contains `as_of`.
    pub running: bool,
}
