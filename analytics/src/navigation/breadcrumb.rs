//! The way from all time to the period shown, and back out.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::horizon::Horizon;
use crate::dates::{DateRange, month_of, year_of};
use crate::instant::LocalTime;
use crate::period::{Period, Preset};

/// A part of the way from all time to the period shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What to call it.
    pub kind: CrumbKind,
    /// What it opens.
    pub period: Period,
}

/// What a part of the way is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrumbKind {
    /// "All time".
    AllTime,
    /// A calendar year: "2026".
    Year(i32),
    /// A calendar month, by its 1st: "November".
    Month(NaiveDate),
    /// A day: "17 Nov".
    Day(NaiveDate),
    /// The period itself where it is none of these: "16–22 Nov", "09:00–12:00".
    Span,
}

/// The way from all time to `period`, which a report resolved to `start` and `end`: the year, month and day that
/// contain it, and last itself. A year or month that is not over ends today.
pub fn breadcrumb(period: &Period, start: LocalTime, end: LocalTime, horizon: &Horizon) -> Vec<Crumb> {
    let mut way = vec![Crumb { kind: CrumbKind::AllTime, period: Period::Preset(Preset::AllTime) }];
    if *period == way[0].period {
        return way;
    }
    let shown = shown_dates(period, start, end, horizon);
    let levels: Vec<_> =
        levels_of(shown, horizon).into_iter().filter(|level| level.contains(shown)).collect();
    let own = find_own(&levels, period, shown);
    let above = own.map_or(levels.len(), |index| index + 1);
    way.extend(levels[..above].iter().map(|level| level.crumb));
    if own.is_none() {
        way.push(Crumb { kind: CrumbKind::Span, period: *period });
    }
    way
}

/// The next wider part of the way; `None` for all time.
pub fn zoom_out(period: &Period, start: LocalTime, end: LocalTime, horizon: &Horizon) -> Option<Period> {
    breadcrumb(period, start, end, horizon).iter().rev().nth(1).map(|crumb| crumb.period)
}

/// A year, month or day.
struct Level {
    crumb: Crumb,
    whole: DateRange,
    /// Without its dates after today, if it has begun.
    dates: DateRange,
    /// The preset that means this level, whatever today is: on 1 January all three have the same dates.
    preset: Preset,
}

impl Level {
    fn new(kind: CrumbKind, whole: DateRange, preset: Preset, horizon: &Horizon) -> Self {
        let dates = until_today(whole, horizon);
        Self { crumb: Crumb { kind, period: horizon.name(dates, &[preset]) }, whole, dates, preset }
    }

    fn contains(&self, shown: DateRange) -> bool {
        self.whole.first <= shown.first && shown.last <= self.whole.last
    }
}

fn levels_of(shown: DateRange, horizon: &Horizon) -> [Level; 3] {
    let (year, month) = (year_of(shown.first), month_of(shown.first));
    let day = DateRange { first: shown.first, last: shown.first };
    [
        Level::new(CrumbKind::Year(year.first.year()), year, Preset::YearToDate, horizon),
        Level::new(CrumbKind::Month(month.first), month, Preset::MonthToDate, horizon),
        Level::new(CrumbKind::Day(day.first), day, Preset::Today, horizon),
    ]
}

/// Which of the levels the period is itself: the one that its preset means, else the finest with its dates.
fn find_own(levels: &[Level], period: &Period, shown: DateRange) -> Option<usize> {
    if period.is_instants() {
        return None;
    }
    let named = levels.iter().position(|level| *period == Period::Preset(level.preset));
    named.or_else(|| levels.iter().rposition(|level| level.dates == shown))
}

/// The dates shown, without those after today where the period has begun.
fn shown_dates(period: &Period, start: LocalTime, end: LocalTime, horizon: &Horizon) -> DateRange {
    let dates = horizon.dates_in(period).unwrap_or_else(|| {
        let last = (end - TimeDelta::milliseconds(1)).date_naive();
        DateRange { first: start.date_naive(), last: last.max(start.date_naive()) }
    });
    until_today(dates, horizon)
}

/// Dates without those after today, where they have begun.
fn until_today(dates: DateRange, horizon: &Horizon) -> DateRange {
    let has_begun = dates.first <= horizon.today;
    DateRange { last: if has_begun { dates.last.min(horizon.today) } else { dates.last }, ..dates }
}
