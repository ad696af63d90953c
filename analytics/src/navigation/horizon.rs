//! Between what one can move.

use chrono::NaiveDate;

use crate::dates::{DateRange, FIRST_DATE};
use crate::instant::{DAY_MS, HOUR_MS, Instant, LocalTime};
use crate::period::{Period, Preset};
use crate::report::Report;
use crate::settings::WeekStart;

/// Between what one can move: nothing lies before the first message nor after now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Horizon {
    /// The present instant.
    pub now: LocalTime,
    /// The bot's local date.
    pub today: NaiveDate,
    /// The first message, if there is one.
    pub first_message_at: Option<LocalTime>,
    /// The first day of a week.
    pub week_start: WeekStart,
}

impl Horizon {
    /// As a report tells it.
    pub fn of(report: &Report) -> Self {
        Self {
            now: report.as_of,
            today: report.today,
            first_message_at: report.first_message_at,
            week_start: report.week_start,
        }
    }

    /// The earliest date that can be picked: that of the first message.
    pub fn first_date(&self) -> NaiveDate {
        self.first_message_at.map_or(FIRST_DATE, |at| at.date_naive()).min(self.today)
    }

    /// The dates that a preset names; `None` for the past 24 hours.
    pub fn dates_of(&self, preset: Preset) -> Option<DateRange> {
        preset.dates(self.today, self.week_start, self.first_message_at.map(|at| at.date_naive()))
    }

    /// The dates that a period names; `None` when instants were picked.
    pub fn dates_in(&self, period: &Period) -> Option<DateRange> {
        match *period {
            Period::Preset(preset) => self.dates_of(preset),
            Period::Dates { from, to } => Some(DateRange { first: from, last: to }),
            Period::Instants { .. } => None,
        }
    }

    /// The instants that a period names, half-open; `None` when it is of dates.
    pub(crate) fn instants_in(&self, period: &Period) -> Option<(Instant, Instant)> {
        match *period {
            Period::Instants { from, to } => Some((from, to)),
            Period::Preset(Preset::Past24Hours) => {
                let offset_ms = i64::from(self.now.offset().local_minus_utc()) * 1_000;
                let hour = Instant::from(self.now).plus_ms(offset_ms).floor_to(HOUR_MS);
                let end = hour.plus_ms(HOUR_MS - offset_ms);
                Some((end.plus_ms(-DAY_MS), end))
            }
            Period::Preset(_) | Period::Dates { .. } => None,
        }
    }

    /// The dates without those after today; `None` when all of them are, or all lie before the first message.
    pub fn clamp(&self, dates: DateRange) -> Option<DateRange> {
        let DateRange { first, last } = dates;
        let is_reachable = first <= self.today && self.first_date() <= last;
        is_reachable.then(|| DateRange { first, last: last.min(self.today) })
    }

    /// The first of `presets` that names these dates, else the dates themselves.
    pub(crate) fn name(&self, dates: DateRange, presets: &[Preset]) -> Period {
        let preset = presets.iter().find(|preset| self.dates_of(**preset) == Some(dates));
        preset.map_or(Period::from(dates), |preset| Period::Preset(*preset))
    }
}
