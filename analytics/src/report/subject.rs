//! Whose figures a report has, by which rules, and of when.

use serde::{Deserialize, Serialize};

use crate::dates::DateRange;
use crate::ids::BotId;
use crate::instant::LocalTime;
use crate::rfc3339;
use crate::settings::{IdleTimeout, WeekStart};

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
