//! The settings of a bot that decide its figures.

use serde::{Deserialize, Serialize};

use crate::instant::MINUTE_MS;

/// How long a user may be silent before the next incoming message opens a new session, in milliseconds:
/// 1 minute to 24 hours, 30 minutes by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IdleTimeout(#[cfg_attr(feature = "schema", schemars(range(min = 60_000, max = 86_400_000)))] i64);

impl IdleTimeout {
    /// Takes milliseconds; `None` outside 1 minute to 24 hours.
    pub fn from_ms(ms: i64) -> Option<Self> {
        (MINUTE_MS..=24 * 60 * MINUTE_MS).contains(&ms).then_some(Self(ms))
    }

    /// Milliseconds.
    pub fn as_ms(self) -> i64 {
        self.0
    }
}

impl Default for IdleTimeout {
    fn default() -> Self {
        Self(30 * MINUTE_MS)
    }
}

/// The day on which a local week begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum WeekStart {
    /// ISO 8601.
    #[default]
    Monday,
    /// For a business week of one's own.
    Tuesday,
    /// For a business week of one's own.
    Wednesday,
    /// For a business week of one's own.
    Thursday,
    /// For a business week of one's own.
    Friday,
    /// Much of the Middle East.
    Saturday,
    /// Much of the Americas.
    Sunday,
}

impl WeekStart {
    /// Every choice.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The word on the command line and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }

    /// Reads the word; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|start| start.word() == word)
    }

    /// As chrono names it.
    pub fn weekday(self) -> chrono::Weekday {
        match self {
            Self::Monday => chrono::Weekday::Mon,
            Self::Tuesday => chrono::Weekday::Tue,
            Self::Wednesday => chrono::Weekday::Wed,
            Self::Thursday => chrono::Weekday::Thu,
            Self::Friday => chrono::Weekday::Fri,
            Self::Saturday => chrono::Weekday::Sat,
            Self::Sunday => chrono::Weekday::Sun,
        }
    }
}
