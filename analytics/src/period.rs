//! What is picked on the calendar, before it is resolved to instants.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::dates::{
    DateRange, month_of, month_start, plus_days, plus_months, plus_years, week_of, year_start,
};
use crate::instant::{Instant, TimeRange};
use crate::settings::WeekStart;

/// A named period that moves with today. Dates are inclusive, T is the bot's local today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Preset {
    /// T.
    Today,
    /// T−1.
    Yesterday,
    /// The 24 hours that end with the hour that runs. Instants, not dates.
    Past24Hours,
    /// T−6 … T.
    Past7Days,
    /// T−27 … T.
    Past28Days,
    /// T−90 … T.
    Past91Days,
    /// T−7 … T−1.
    Full7Days,
    /// T−28 … T−1.
    Full28Days,
    /// T−91 … T−1.
    Full91Days,
    /// Week start … T.
    ThisWeek,
    /// The whole week before.
    LastWeek,
    /// The 1st … T.
    MonthToDate,
    /// The whole month before.
    LastMonth,
    /// 1 January … T.
    YearToDate,
    /// (T − 1 year) + 1 day … T.
    Past12Months,
    /// The date of the first message … T.
    AllTime,
}

impl Preset {
    /// In the order of the menu.
    pub const ALL: [Self; 16] = [
        Self::Today,
        Self::Yesterday,
        Self::Past24Hours,
        Self::Past7Days,
        Self::Past28Days,
        Self::Past91Days,
        Self::Full7Days,
        Self::Full28Days,
        Self::Full91Days,
        Self::ThisWeek,
        Self::LastWeek,
        Self::MonthToDate,
        Self::LastMonth,
        Self::YearToDate,
        Self::Past12Months,
        Self::AllTime,
    ];

    /// The word of `period=`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Past24Hours => "24h",
            Self::Past7Days => "7d",
            Self::Past28Days => "28d",
            Self::Past91Days => "91d",
            Self::Full7Days => "7d_full",
            Self::Full28Days => "28d_full",
            Self::Full91Days => "91d_full",
            Self::ThisWeek => "week",
            Self::LastWeek => "last_week",
            Self::MonthToDate => "month",
            Self::LastMonth => "last_month",
            Self::YearToDate => "year",
            Self::Past12Months => "12mo",
            Self::AllTime => "all",
        }
    }

    /// Reads the word of `period=`; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.word() == word)
    }

    /// The dates it names when `today` is the bot's local date; `None` for the past 24 hours, which are instants.
    /// `first_date` is the local date of the bot's first message, where "all time" begins; without a message (or with
    /// one after today) that is today.
    pub fn dates(
        self,
        today: NaiveDate,
        week_start: WeekStart,
        first_date: Option<NaiveDate>,
    ) -> Option<DateRange> {
        let until_today = |first| DateRange { first, last: today };
        let yesterday = plus_days(today, -1);
        let full_days = |count: i64| DateRange { first: plus_days(today, -count), last: yesterday };
        Some(match self {
            Self::Past24Hours => return None,
            Self::Today => until_today(today),
            Self::Yesterday => DateRange { first: yesterday, last: yesterday },
            Self::Past7Days => until_today(plus_days(today, -6)),
            Self::Past28Days => until_today(plus_days(today, -27)),
            Self::Past91Days => until_today(plus_days(today, -90)),
            Self::Full7Days => full_days(7),
            Self::Full28Days => full_days(28),
            Self::Full91Days => full_days(91),
            Self::ThisWeek => until_today(week_of(today, week_start).first),
            Self::LastWeek => week_of(plus_days(today, -7), week_start),
            Self::MonthToDate => until_today(month_start(today)),
            Self::LastMonth => month_of(plus_months(today, -1)),
            Self::YearToDate => until_today(year_start(today)),
            Self::Past12Months => until_today(plus_days(plus_years(today, -1), 1)),
            Self::AllTime => until_today(first_date.unwrap_or(today).min(today)),
        })
    }

    /// The key that picks it on the page.
    pub fn key(self) -> char {
        match self {
            Self::Today => 'd',
            Self::Yesterday => 'e',
            Self::Past24Hours => '2',
            Self::Past7Days => 'w',
            Self::Past28Days => 'f',
            Self::Past91Days => 'n',
            Self::Full7Days => '7',
            Self::Full28Days => '8',
            Self::Full91Days => '9',
            Self::ThisWeek => 'h',
            Self::LastWeek => 'r',
            Self::MonthToDate => 'm',
            Self::LastMonth => 'p',
            Self::YearToDate => 'y',
            Self::Past12Months => 'l',
            Self::AllTime => 'a',
        }
    }
}

/// What is picked: a preset (stays relative) or a custom range (stays as it is).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Period {
    /// Moves with today.
    Preset(Preset),
    /// Local dates, both included; `from` is not after `to`.
    Dates {
        /// First date.
        from: NaiveDate,
        /// Last date.
        to: NaiveDate,
    },
    /// Half-open instants on quarters of an hour; `from` lies before `to`.
    Instants {
        /// First instant inside.
        from: Instant,
        /// First instant after.
        to: Instant,
    },
}

impl Period {
    /// Whether it is a stretch of instants, cut anywhere in a day, rather than of whole days.
    pub fn is_instants(&self) -> bool {
        matches!(self, Self::Instants { .. } | Self::Preset(Preset::Past24Hours))
    }
}

impl From<DateRange> for Period {
    fn from(dates: DateRange) -> Self {
        Self::Dates { from: dates.first, to: dates.last }
    }
}

impl Default for Period {
    fn default() -> Self {
        Self::Preset(Preset::Past7Days)
    }
}

/// A period resolved in a zone at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolvedPeriod {
    /// The instants it covers.
    pub range: TimeRange,
    /// The local dates it names; `None` when instants were picked.
    pub dates: Option<DateRange>,
    /// Whether it contains now.
    pub is_running: bool,
}
