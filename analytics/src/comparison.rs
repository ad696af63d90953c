//! What a period is compared with.

use serde::{Deserialize, Serialize};

use crate::error::QueryError;
use crate::instant::{Instant, TimeRange};
use crate::period::DateRange;

/// The choice beside the period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonMode {
    /// The stretch before, as docs/METRICS.md lists it per preset.
    #[default]
    Previous,
    /// Both dates one year back.
    Year,
    /// No comparison.
    None,
}

impl ComparisonMode {
    /// In the order of the menu.
    pub const ALL: [Self; 3] = [Self::Previous, Self::Year, Self::None];

    /// The word of `compare=`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::Year => "year",
            Self::None => "none",
        }
    }

    /// Reads the word of `compare=`.
    ///
    /// # Errors
    /// [`QueryError::InvalidCompare`] for any other word.
    pub fn from_word(word: &str) -> Result<Self, QueryError> {
        Self::ALL.into_iter().find(|mode| mode.word() == word).ok_or(QueryError::InvalidCompare)
    }
}

/// How much of the comparison lies after the bot's first message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// All of it.
    Full,
    /// The first message lies inside: figures are given, marked.
    Partial,
    /// None of it: "no earlier data".
    None,
}

/// The stretch that a period is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComparisonWindow {
    /// All of the stretch.
    pub range: TimeRange,
    /// Its local dates; `None` when instants were picked.
    pub dates: Option<DateRange>,
    /// Where a running period's comparison ends, inside or at the end of `range`; `None` when the period does not run.
    pub cut: Option<Instant>,
}

impl ComparisonWindow {
    /// What is counted: the stretch up to the cut.
    pub fn counted(self) -> TimeRange {
        TimeRange::new(self.range.start, self.cut.unwrap_or(self.range.end))
    }
}

impl Coverage {
    /// How much of `counted` lies after the first message.
    pub fn of(counted: TimeRange, first_message_at: Option<Instant>) -> Self {
        match first_message_at {
            Some(first) if first <= counted.start => Self::Full,
            Some(first) if first < counted.end => Self::Partial,
            _ => Self::None,
        }
    }
}
