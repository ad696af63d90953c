//! What a period is compared with.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::dates::{
    DateRange, FIRST_DATE, month_end, month_of, plus_days, plus_months, plus_years, whole_months,
};
use crate::error::QueryError;
use crate::instant::{Instant, TimeRange};
use crate::period::{Period, Preset};

/// What a period is to be compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparison {
    /// The stretch before, as docs/METRICS.md lists it per preset.
    #[default]
    Previous,
    /// Both dates one year back.
    Year,
    /// Dates of one's own choice. They stay as they are, whatever the period is.
    Custom(DateRange),
    /// Nothing.
    None,
}

/// A kind of comparison: its word in URLs, in the API and in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ComparisonMode {
    /// The stretch before.
    Previous,
    /// Both dates one year back.
    Year,
    /// Dates of one's own choice: `compare_from` and `compare_to`.
    Custom,
    /// No comparison.
    None,
}

impl ComparisonMode {
    /// In the order of the menu.
    pub const ALL: [Self; 4] = [Self::Previous, Self::Year, Self::Custom, Self::None];

    /// The word of `compare=`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Previous => "previous",
            Self::Year => "year",
            Self::Custom => "custom",
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

impl Comparison {
    /// Its kind.
    pub fn mode(self) -> ComparisonMode {
        match self {
            Self::Previous => ComparisonMode::Previous,
            Self::Year => ComparisonMode::Year,
            Self::Custom(_) => ComparisonMode::Custom,
            Self::None => ComparisonMode::None,
        }
    }

    /// The dates that the dates of `period` are compared with; `None` when there is nothing to compare with. All time
    /// is compared with dates of one's own choice only: nothing lies before it, and a year back it would be compared
    /// with itself.
    pub fn dates(self, period: &Period, dates: DateRange) -> Option<DateRange> {
        match (self, period) {
            (Self::None, _) => None,
            (Self::Custom(chosen), _) => Some(chosen),
            (_, Period::Preset(Preset::AllTime)) => None,
            (Self::Previous, period) => Some(previous_dates(period, dates)),
            (Self::Year, _) => Some(dates_one_year_back(dates)),
        }
    }

    /// Checks that dates of one's own choice lie where a period's may lie.
    ///
    /// # Errors
    /// [`QueryError::ComparisonOutOfRange`] for dates outside 2000-01-01 … one year after today.
    pub fn check(self, today: NaiveDate) -> Result<(), QueryError> {
        match self {
            Self::Custom(DateRange { first, last }) if first < FIRST_DATE || plus_years(today, 1) < last => {
                Err(QueryError::ComparisonOutOfRange)
            }
            _ => Ok(()),
        }
    }
}

/// How much of the comparison lies after the bot's first message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// Where counting ends, inside or at the end of `range`: at the position of now where the period runs, and never after
    /// now; `None` when all of the stretch counts.
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

fn previous_dates(period: &Period, dates: DateRange) -> DateRange {
    let DateRange { first, last } = dates;
    let preset = match period {
        Period::Preset(preset) => Some(*preset),
        Period::Dates { .. } | Period::Instants { .. } => None,
    };
    match (preset, whole_months(dates)) {
        (Some(Preset::ThisWeek | Preset::LastWeek), _) => moved(dates, |date| plus_days(date, -7)),
        (Some(Preset::MonthToDate), _) => moved(dates, |date| plus_months(date, -1)),
        (Some(Preset::LastMonth), _) => month_of(plus_months(first, -1)),
        (Some(Preset::YearToDate | Preset::Past12Months), _) => moved(dates, |date| plus_years(date, -1)),
        (None, Some(months)) => {
            DateRange { first: plus_months(first, -months), last: month_end(plus_months(last, -months)) }
        }
        // A preset of n days moves back by n days, as any other span of dates does.
        _ => moved(dates, |date| plus_days(date, -dates.count())),
    }
}

fn dates_one_year_back(dates: DateRange) -> DateRange {
    let back = moved(dates, |date| plus_years(date, -1));
    if whole_months(dates).is_some() {
        // February has a 29th in one year and not in the next.
        return DateRange { last: month_end(back.last), ..back };
    }
    back
}

fn moved(dates: DateRange, by: impl Fn(NaiveDate) -> NaiveDate) -> DateRange {
    DateRange { first: by(dates.first), last: by(dates.last) }
}
