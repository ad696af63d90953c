//! The answer: the types that the page, the read API and the CSV all show. They are the wire types.

mod head;
mod pair;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::comparison::{ComparisonMode, Coverage};
use crate::granularity::Granularity;
use crate::ids::{BotId, Channel};
use crate::instant::LocalTime;
use crate::metric::{Metric, Tally};
use crate::nano::Nano;
use crate::period::DateRange;
use crate::rfc3339;
use crate::settings::{IdleTimeout, WeekStart};
pub use head::{ReportBucket, ReportHead, ReportWindow};
pub use pair::{Pair, PairedRows};

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

/// The bot that a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportBot {
    /// Its id.
    pub id: BotId,
    /// Its name.
    pub name: String,
}

/// A change of zone, week start or timeout on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recalculation {
    /// IANA name of the zone that will hold.
    pub time_zone: String,
    /// The first day of the week that will hold.
    pub week_start: WeekStart,
    /// The timeout that will hold.
    pub idle_timeout_ms: IdleTimeout,
    /// How much of the history is counted: 0 to 100.
    #[cfg_attr(feature = "schema", schemars(range(max = 100)))]
    pub percent: u8,
}

/// A period as resolved: half-open instants, and the dates they came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportPeriod {
    /// First instant inside.
    #[serde(deserialize_with = "rfc3339::time")]
    pub start: LocalTime,
    /// First instant after.
    #[serde(deserialize_with = "rfc3339::time")]
    pub end: LocalTime,
    /// The local dates, both included; `None` when instants were picked.
    pub dates: Option<DateRange>,
    /// Whether the bot's first message lies inside, so that the period is not wholly covered.
    pub partial: bool,
    /// Whether it contains `as_of`.
    pub running: bool,
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

/// One KPI: value, the comparison's value, and the unrounded ratio between them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Kpi {
    /// The figure.
    pub value: u64,
    /// The comparison's figure; `None` without comparison or earlier data.
    pub previous: Option<u64>,
    /// `(value − previous) / previous`; `None` where that has no meaning.
    pub change: Option<f64>,
}

impl Kpi {
    /// A figure beside that of the comparison.
    pub fn new(value: u64, previous: Option<u64>) -> Self {
        Self { value, previous, change: Change::between(value, previous).ratio() }
    }

    /// What to show as index.
    pub fn index(self) -> Change {
        Change::between(self.value, self.previous)
    }
}

/// A sum of decimals: value, the comparison's value, and the unrounded ratio between them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amount {
    /// The figure.
    pub value: Nano,
    /// The comparison's figure; `None` without comparison or earlier data.
    pub previous: Option<Nano>,
    /// `(value − previous) / |previous|`; `None` where that has no meaning.
    pub change: Option<f64>,
}

impl Amount {
    /// A figure beside that of the comparison.
    pub fn new(value: Nano, previous: Option<Nano>) -> Self {
        Self { value, previous, change: Change::between_sums(value, previous).ratio() }
    }

    /// The same for each one that `of` counts, such as the cost per session; `None` where it counts none.
    pub fn per(self, of: Kpi) -> Option<Self> {
        let previous = self.previous.zip(of.previous).and_then(|(previous, of)| previous.per(of));
        Some(Self::new(self.value.per(of.value)?, previous))
    }
}

/// The KPIs of the whole period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// Distinct users with at least one incoming message.
    pub total_users: Kpi,
    /// Of those, the ones whose first incoming message ever lies inside.
    pub new_users: Kpi,
    /// Of those, the ones whose first incoming message ever lies before.
    pub returning_users: Kpi,
    /// Sessions whose opening message lies inside.
    pub sessions: Kpi,
    /// Incoming messages.
    pub messages: Kpi,
    /// Outgoing messages, beside the five.
    pub bot_messages: Kpi,
}

impl Totals {
    /// The totals of a period beside those of its comparison.
    pub fn new(current: Tally, previous: Option<Tally>) -> Self {
        let kpi = |figure: fn(&Tally) -> u64| Kpi::new(figure(&current), previous.as_ref().map(figure));
        Self {
            total_users: kpi(|tally| tally.total_users()),
            new_users: kpi(|tally| tally.new_users),
            returning_users: kpi(|tally| tally.returning_users),
            sessions: kpi(|tally| tally.sessions),
            messages: kpi(|tally| tally.messages),
            bot_messages: kpi(|tally| tally.bot_messages),
        }
    }

    /// One KPI.
    pub fn get(&self, metric: Metric) -> Kpi {
        match metric {
            Metric::TotalUsers => self.total_users,
            Metric::NewUsers => self.new_users,
            Metric::ReturningUsers => self.returning_users,
            Metric::Sessions => self.sessions,
            Metric::Messages => self.messages,
        }
    }
}

/// One bucket of a series. Counts are `None` in a gap: before the first message and after `as_of`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimeseriesRow {
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
    /// Distinct users with at least one incoming message.
    pub total_users: Option<u64>,
    /// Of those, the ones whose first incoming message ever lies inside.
    pub new_users: Option<u64>,
    /// Of those, the ones whose first incoming message ever lies before.
    pub returning_users: Option<u64>,
    /// Sessions whose opening message lies inside.
    pub sessions: Option<u64>,
    /// Incoming messages.
    pub messages: Option<u64>,
    /// Outgoing messages.
    pub bot_messages: Option<u64>,
}

impl TimeseriesRow {
    /// One KPI; `None` in a gap.
    pub fn get(&self, metric: Metric) -> Option<u64> {
        match metric {
            Metric::TotalUsers => self.total_users,
            Metric::NewUsers => self.new_users,
            Metric::ReturningUsers => self.returning_users,
            Metric::Sessions => self.sessions,
            Metric::Messages => self.messages,
        }
    }
}
