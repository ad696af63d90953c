//! The arrows beside the period: the one before, the one after.

use chrono::NaiveDate;

use super::horizon::Horizon;
use crate::dates::{
    DateRange, is_whole_year, month_of, plus_days, plus_months, week_of, whole_months, year_of,
};
use crate::instant::Instant;
use crate::period::{Period, Preset};

/// The period before, as the left arrow picks it; `None` when it lies wholly before the first message, and for all time.
///
/// Weeks, months and years step by their own length, whole ones into whole ones; other dates by their number; instants
/// by the elapsed length. What a preset of today's names is that preset again.
pub fn previous_period(period: &Period, horizon: &Horizon) -> Option<Period> {
    if let Some((from, to)) = horizon.instants_in(period) {
        let earlier = Period::Instants { from: from.plus_ms(from.as_ms() - to.as_ms()), to: from };
        let is_covered = horizon.first_message_at.is_none_or(|first| Instant::from(first) < from);
        return is_covered.then_some(earlier);
    }
    let step = Step::of(period, horizon)?;
    Some(horizon.name(horizon.clamp(step.before())?, step.presets))
}

/// The period after, as the right arrow picks it; `None` when the period already reaches today, and for all time.
///
/// It undoes the left arrow: of the periods `seen` on the way here, the latest last, and after them of the presets, the
/// one that the left arrow leaves for this one. Two can have the same dates or lengths, so dates alone do not tell.
/// Otherwise a week, month or year that is not over ends today; other dates keep their number and end today at the latest.
pub fn next_period(period: &Period, horizon: &Horizon, seen: &[Period]) -> Option<Period> {
    let presets = Preset::ALL.map(Period::Preset);
    let mut known = seen.iter().rev().chain(&presets);
    known
        .find(|known| previous_period(known, horizon) == Some(*period))
        .copied()
        .or_else(|| step_on(period, horizon))
}

fn step_on(period: &Period, horizon: &Horizon) -> Option<Period> {
    if let Some((from, to)) = horizon.instants_in(period) {
        let later = Period::Instants { from: to, to: to.plus_ms(to.as_ms() - from.as_ms()) };
        return (to <= Instant::from(horizon.now)).then_some(later);
    }
    let step = Step::of(period, horizon)?;
    if step.dates.last >= horizon.today {
        return None;
    }
    let mut dates = step.after();
    if let Length::Days(_) = step.length {
        let beyond = (dates.last - horizon.today).num_days().max(0);
        dates = DateRange { first: plus_days(dates.first, -beyond), last: plus_days(dates.last, -beyond) };
    }
    Some(horizon.name(horizon.clamp(dates)?, step.presets))
}

/// How the arrows move a period.
struct Step {
    dates: DateRange,
    length: Length,
    /// What the result is called when it has these dates.
    presets: &'static [Preset],
}

#[derive(Clone, Copy)]
enum Length {
    Days(i64),
    Weeks,
    Months(i32),
}

impl Step {
    /// `None` for all time, which has nothing beside it, and for instants.
    fn of(period: &Period, horizon: &Horizon) -> Option<Self> {
        use Preset as P;
        let today = horizon.today;
        match *period {
            Period::Preset(P::AllTime | P::Past24Hours) | Period::Instants { .. } => None,
            Period::Preset(P::ThisWeek) => Some(Self::weeks(week_of(today, horizon.week_start))),
            Period::Preset(P::MonthToDate) => Some(Self::months(month_of(today), 1)),
            Period::Preset(P::YearToDate) => Some(Self::months(year_of(today), 12)),
            Period::Preset(
                P::Past7Days | P::Past28Days | P::Past91Days | P::Full7Days | P::Full28Days | P::Full91Days,
            ) => horizon.dates_in(period).map(Self::days),
            Period::Preset(P::Past12Months) => {
                let dates = horizon.dates_of(P::Past12Months)?;
                Some(Self { dates, length: Length::Months(12), presets: &[] })
            }
            Period::Preset(preset) => Some(Self::of_dates(horizon.dates_of(preset)?, horizon)),
            Period::Dates { from, to } => Some(Self::of_dates(DateRange { first: from, last: to }, horizon)),
        }
    }

    fn of_dates(dates: DateRange, horizon: &Horizon) -> Self {
        match whole_months(dates) {
            Some(months) => Self::months(dates, months),
            None if dates == week_of(dates.first, horizon.week_start) => Self::weeks(dates),
            None => Self::days(dates),
        }
    }

    fn days(dates: DateRange) -> Self {
        let presets = match dates.count() {
            1 => &[Preset::Today, Preset::Yesterday][..],
            _ => &[
                Preset::Past7Days,
                Preset::Past28Days,
                Preset::Past91Days,
                Preset::Past12Months,
                Preset::Full7Days,
                Preset::Full28Days,
                Preset::Full91Days,
            ],
        };
        Self { dates, length: Length::Days(dates.count()), presets }
    }

    fn weeks(dates: DateRange) -> Self {
        Self { dates, length: Length::Weeks, presets: &[Preset::ThisWeek, Preset::LastWeek] }
    }

    fn months(dates: DateRange, months: i32) -> Self {
        let presets = match months {
            1 => &[Preset::MonthToDate, Preset::LastMonth][..],
            12 if is_whole_year(dates) => &[Preset::YearToDate],
            _ => &[],
        };
        Self { dates, length: Length::Months(months), presets }
    }

    fn before(&self) -> DateRange {
        let end = self.dates.first;
        DateRange { first: self.length.moved(end, -1), last: plus_days(end, -1) }
    }

    fn after(&self) -> DateRange {
        let first = plus_days(self.dates.last, 1);
        DateRange { first, last: plus_days(self.length.moved(first, 1), -1) }
    }
}

impl Length {
    fn moved(self, date: NaiveDate, times: i32) -> NaiveDate {
        match self {
            Self::Days(days) => plus_days(date, days * i64::from(times)),
            Self::Weeks => plus_days(date, 7 * i64::from(times)),
            Self::Months(months) => plus_months(date, months * times),
        }
    }
}
