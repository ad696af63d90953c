//! Which bucket of a period is compared with which of its comparison.
//!
//! Days are paired by their position among the dates, hours by that and by what the clock shows. Places alone would not
//! do: where the clock is changed, or a day is skipped, everything behind it would be compared with its neighbour.

use chrono::{Datelike, Timelike};

use crate::bucket::Bucket;
use crate::calendar::Calendar;
use crate::comparison::ComparisonWindow;
use crate::granularity::Granularity;
use crate::instant::DAY_MS;
use crate::period::ResolvedPeriod;
use crate::report::Pair;

/// How two series are laid beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairing<'a> {
    calendar: &'a Calendar,
    granularity: Granularity,
    /// How many days later on the calendar the period is; `None` where buckets are paired by their places.
    days_later: Option<i64>,
}

impl<'a> Pairing<'a> {
    /// How the buckets of a granularity are paired. Weeks and months are by their places, and so are hours and days of
    /// instants that begin at another time of day than those they are compared with.
    pub fn new(
        calendar: &'a Calendar,
        granularity: Granularity,
        period: &ResolvedPeriod,
        window: &ComparisonWindow,
    ) -> Self {
        let is_by_clock = matches!(granularity, Granularity::Hour | Granularity::Day);
        let days_later = if is_by_clock { days_later(calendar, period, window) } else { None };
        Self { calendar, granularity, days_later }
    }

    /// Every bucket of both series in one line, each series in its order. An hour that is there twice on one side alone is
    /// compared the first time.
    pub fn pair(&self, current: &[Bucket], previous: &[Bucket]) -> Vec<Pair> {
        let Some(days_later) = self.days_later else { return pair_places(current.len(), previous.len()) };
        let current: Vec<_> = current.iter().map(|bucket| self.position(bucket, 0)).collect();
        let previous: Vec<_> = previous.iter().map(|bucket| self.position(bucket, days_later)).collect();
        merge(&current, &previous)
    }

    /// Where a bucket stands on the calendar: its day, and of hours the clock's hour.
    fn position(&self, bucket: &Bucket, days_later: i64) -> i64 {
        let local = self.calendar.local(bucket.range.start).naive_local();
        let day = i64::from(local.date().num_days_from_ce()) + days_later;
        match self.granularity {
            Granularity::Hour => day * 24 + i64::from(local.hour()),
            Granularity::Day | Granularity::Week | Granularity::Month => day,
        }
    }
}

/// How many days lie between the two by their dates, by the clock, or by the time that has elapsed; `None` where it is
/// not a whole number.
fn days_later(calendar: &Calendar, period: &ResolvedPeriod, window: &ComparisonWindow) -> Option<i64> {
    if let (Some(dates), Some(compared)) = (period.dates, window.dates) {
        return Some((dates.first - compared.first).num_days());
    }
    let (start, compared) = (period.range.start, window.range.start);
    let by_clock = calendar.local(start).naive_local() - calendar.local(compared).naive_local();
    let elapsed_ms = start.as_ms() - compared.as_ms();
    [by_clock.num_milliseconds(), elapsed_ms].into_iter().find(|ms| ms % DAY_MS == 0).map(|ms| ms / DAY_MS)
}

fn pair_places(current: usize, previous: usize) -> Vec<Pair> {
    let place = |place: usize, count: usize| u32::try_from(place).ok().filter(|_| place < count);
    let pair = |line| Pair { current: place(line, current), previous: place(line, previous) };
    (0..current.max(previous)).map(pair).collect()
}

/// Lays two series beside each other by their positions, each in its own order.
fn merge(current: &[i64], previous: &[i64]) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(current.len().max(previous.len()));
    let mut current = (0..).zip(current).peekable();
    let mut previous = (0..).zip(previous).peekable();
    loop {
        let (one, other) = (current.peek().map(|(_, at)| **at), previous.peek().map(|(_, at)| **at));
        let (takes_one, takes_other) = match (one, other) {
            (Some(one), Some(other)) => (one <= other, other <= one),
            (one, other) => (one.is_some(), other.is_some()),
        };
        let pair = Pair {
            current: current.next_if(|_| takes_one).map(|(place, _)| place),
            previous: previous.next_if(|_| takes_other).map(|(place, _)| place),
        };
        if pair == (Pair { current: None, previous: None }) {
            return pairs;
        }
        pairs.push(pair);
    }
}
