//! From a question to instants: periods resolved, buckets tiled, comparison windows found. Pure functions of the
//! calendar, now, and the bot's first message.

use std::iter::successors;

use crate::calendar::Calendar;
use crate::comparison::{Comparison, ComparisonWindow};
use crate::dates::{DateRange, FIRST_DATE, is_whole_year, plus_days, plus_years};
use crate::error::QueryError;
use crate::granularity::Granularity;
use crate::instant::{DAY_MS, Instant, MINUTE_MS, TimeRange};
use crate::period::{Period, Preset, ResolvedPeriod};

/// Most buckets of one report.
pub const MAX_BUCKETS: usize = 1_500;

/// One bucket of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// The instants it covers.
    pub range: TimeRange,
    /// Whether an edge of the period cuts it.
    pub is_partial: bool,
}

impl Period {
    /// Resolves what was picked to instants.
    ///
    /// `first_message_at` is where "all time" begins; without a message it is today.
    ///
    /// # Errors
    /// [`QueryError::PeriodOutOfRange`] for dates outside 2000-01-01 … one year after today.
    pub fn resolve(
        &self,
        calendar: &Calendar,
        now: Instant,
        first_message_at: Option<Instant>,
    ) -> Result<ResolvedPeriod, QueryError> {
        let today = calendar.date(now);
        let last_date = plus_years(today, 1);
        let (range, dates) = match *self {
            Self::Preset(preset) => {
                let first_date = first_message_at.map(|at| calendar.date(at));
                let dates = preset.dates(today, calendar.week_start, first_date);
                (
                    dates.map_or_else(
                        || past_24_hours(calendar, now),
                        |dates| dates_to_range(calendar, dates),
                    ),
                    dates,
                )
            }
            Self::Dates { from, to } if FIRST_DATE <= from && to <= last_date => {
                let dates = DateRange { first: from, last: to };
                (dates_to_range(calendar, dates), Some(dates))
            }
            Self::Instants { from, to }
                if calendar.day_start(FIRST_DATE) <= from && to <= calendar.day(last_date).end =>
            {
                (TimeRange::new(from, to), None)
            }
            Self::Dates { .. } | Self::Instants { .. } => return Err(QueryError::PeriodOutOfRange),
        };
        Ok(ResolvedPeriod { range, dates, is_running: range.contains(now) })
    }

    /// The granularity unless one is chosen: at most 2 dates by hour, 92 by day, 731 by week (by month for a whole
    /// calendar year and for the year to date), longer by month.
    pub fn default_granularity(&self, calendar: &Calendar, resolved: &ResolvedPeriod) -> Granularity {
        if *self == Self::Preset(Preset::Past24Hours) {
            return Granularity::Hour;
        }
        let is_year = *self == Self::Preset(Preset::YearToDate) || resolved.dates.is_some_and(is_whole_year);
        match resolved.dates.unwrap_or_else(|| touched_dates(calendar, resolved.range)).count() {
            ..=2 => Granularity::Hour,
            3..=92 => Granularity::Day,
            93..=731 if !is_year => Granularity::Week,
            _ => Granularity::Month,
        }
    }

    /// The stretch that `resolved` is compared with; `None` when nothing was asked for or there is none (all time).
    pub fn comparison(
        &self,
        asked: Comparison,
        calendar: &Calendar,
        resolved: &ResolvedPeriod,
        now: Instant,
    ) -> Option<ComparisonWindow> {
        let (range, dates) = match resolved.dates {
            Some(dates) => {
                let compared = asked.dates(self, dates)?;
                (dates_to_range(calendar, compared), Some(compared))
            }
            None => compared_instants(asked, calendar, resolved.range)?,
        };
        let cut = resolved.is_running.then(|| match (resolved.dates, dates) {
            (Some(dates), Some(compared)) => cut_dates(calendar, dates, compared, now),
            _ => cut_instants(range, resolved.range, now),
        });
        // What is chosen freely may run itself, or not have begun.
        let now = (now < range.end).then(|| now.floor_to(MINUTE_MS));
        let cut = cut.into_iter().chain(now).min().map(|cut| cut.clamp(range.start, range.end));
        Some(ComparisonWindow { range, dates, cut })
    }
}

/// Cuts `range` into the buckets of a granularity, without gap or overlap, in order of time. An empty range has none.
///
/// # Errors
/// [`QueryError::TooManyBuckets`] above [`MAX_BUCKETS`].
pub fn tile(
    calendar: &Calendar,
    range: TimeRange,
    granularity: Granularity,
) -> Result<Vec<Bucket>, QueryError> {
    let tiles: Vec<_> = buckets(calendar, range, granularity).take(MAX_BUCKETS + 1).collect();
    if tiles.len() > MAX_BUCKETS {
        let count = buckets(calendar, range, granularity).count() as u64;
        return Err(QueryError::TooManyBuckets { count });
    }
    Ok(tiles)
}

/// The buckets of [`tile`], however many, one after the other.
pub fn buckets(
    calendar: &Calendar,
    range: TimeRange,
    granularity: Granularity,
) -> impl Iterator<Item = Bucket> {
    let whole_at = move |at: Instant| (at < range.end).then(|| calendar.bucket(granularity, at));
    let wholes = successors(whole_at(range.start), move |last| whole_at(last.end));
    wholes.map(move |whole| {
        let cut = whole.intersect(range);
        Bucket { range: cut, is_partial: cut != whole }
    })
}

fn dates_to_range(calendar: &Calendar, dates: DateRange) -> TimeRange {
    calendar.days(dates.first, plus_days(dates.last, 1))
}

fn touched_dates(calendar: &Calendar, range: TimeRange) -> DateRange {
    DateRange { first: calendar.date(range.start), last: calendar.date(range.end.plus_ms(-1)) }
}

/// The 24 hours that end with the hour that runs.
fn past_24_hours(calendar: &Calendar, now: Instant) -> TimeRange {
    let end = calendar.hour(now).end;
    TimeRange::new(end.plus_ms(-DAY_MS), end)
}

/// What a stretch of instants is compared with.
fn compared_instants(
    asked: Comparison,
    calendar: &Calendar,
    period: TimeRange,
) -> Option<(TimeRange, Option<DateRange>)> {
    let range = match asked {
        Comparison::Previous => TimeRange::new(period.start.plus_ms(-period.length_ms()), period.start),
        Comparison::Year => {
            TimeRange::new(one_year_back(calendar, period.start), one_year_back(calendar, period.end))
        }
        Comparison::Custom(dates) => return Some((dates_to_range(calendar, dates), Some(dates))),
        Comparison::None => return None,
    };
    Some((range, None))
}

/// Where the comparison of running instants stops: after the minutes that have elapsed.
fn cut_instants(compared: TimeRange, period: TimeRange, now: Instant) -> Instant {
    compared.start.plus_ms(now.as_ms() - period.start.as_ms()).floor_to(MINUTE_MS)
}

fn one_year_back(calendar: &Calendar, at: Instant) -> Instant {
    let local = calendar.local(at).naive_local();
    calendar.first_at_or_after(plus_years(local.date(), -1).and_time(local.time()))
}

/// Where the comparison of a running period stops: on its date in today's position, at now's wall-clock time floored
/// to the minute. A position beyond its last date lies beyond its end.
fn cut_dates(calendar: &Calendar, dates: DateRange, compared: DateRange, now: Instant) -> Instant {
    let local = calendar.local(now.floor_to(MINUTE_MS)).naive_local();
    let position = (local.date() - dates.first).num_days();
    calendar.first_at_or_after(plus_days(compared.first, position).and_time(local.time()))
}
