//! How finely a period is cut for the chart.

use serde::{Deserialize, Serialize};

/// The length of a bucket in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Granularity {
    /// A maximal run within a local day of the same local hour and offset.
    Hour,
    /// A local day.
    Day,
    /// Seven local days from the bot's week start.
    Week,
    /// A local calendar month.
    Month,
}

impl Granularity {
    /// From fine to coarse.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The word in URLs and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads the word of a URL; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.word() == word)
    }

    /// One step finer when a bucket is opened: month and week open into days, a day into hours, an hour into nothing.
    pub fn drilled(self) -> Option<Self> {
        match self {
            Self::Month | Self::Week => Some(Self::Day),
            Self::Day => Some(Self::Hour),
            Self::Hour => None,
        }
    }

    /// One step coarser, if there is one.
    pub fn coarser(self) -> Option<Self> {
        match self {
            Self::Hour => Some(Self::Day),
            Self::Day => Some(Self::Week),
            Self::Week => Some(Self::Month),
            Self::Month => None,
        }
    }
}
