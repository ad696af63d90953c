//! The algebra of visit counters: exact distinct users from counters that only add.
//!
//! For every bucket of a tier the counters hold how many users were active in it, by the user's previous active
//! bucket of that tier (`None`: never before). A user who is active in several buckets of [a, b) is counted where
//! the previous one lies before a: once. docs/ARCHITECTURE.md has the proof and the rule for mixed tiers.

use crate::calendar::Calendar;
use crate::granularity::Granularity;
use crate::instant::{DAY_MS, HOUR_MS, Instant, QUARTER_MS, TimeRange};

/// The lengths of bucket for which counters are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// UTC quarter of an hour: the truth, independent of any zone.
    Quarter,
    /// Local hour.
    Hour,
    /// Local day.
    Day,
    /// Local week.
    Week,
    /// Local month. Weeks are no part of it: of what lies beside whole months it leaves nothing to them, but to days.
    Month,
}

impl Tier {
    /// From fine to coarse.
    pub const ALL: [Self; 5] = [Self::Quarter, Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The start of this tier's bucket that contains the quarter that starts at `quarter`. Monotone in `quarter`, and
    /// always on a quarter: where the calendar's edge lies off it, the bucket begins with the next quarter.
    pub fn bucket_start(self, calendar: &Calendar, quarter: Instant) -> Instant {
        self.bucket(calendar, quarter).start
    }

    /// The start of the first bucket of this tier that begins at or after `quarter`.
    pub fn next_bucket_start(self, calendar: &Calendar, quarter: Instant) -> Instant {
        let bucket = self.bucket(calendar, quarter);
        if bucket.start == quarter { quarter } else { bucket.end }
    }

    /// This tier's last edge until `at` and its first one from there on.
    fn edges_around(self, calendar: &Calendar, at: Instant) -> (Instant, Instant) {
        (self.bucket_start(calendar, at.quarter()), self.next_bucket_start(calendar, at.next_quarter()))
    }

    /// The edge inside a range, or the one `beyond` it where less lies between that and the range's end `at`. Weeks and
    /// months stay inside: to take days from them again makes more sums, and days are few.
    fn nearer(self, at: Instant, inside: Instant, beyond: Instant) -> Instant {
        let distance = |edge: Instant| (edge.as_ms() - at.as_ms()).abs();
        let is_nearer = self.is_part_of_all_coarser() && distance(beyond) < distance(inside);
        if is_nearer { beyond } else { inside }
    }

    /// The tier whose buckets are a granularity's whole buckets.
    pub fn of(granularity: Granularity) -> Self {
        match granularity {
            Granularity::Hour => Self::Hour,
            Granularity::Day => Self::Day,
            Granularity::Week => Self::Week,
            Granularity::Month => Self::Month,
        }
    }

    /// The next finer tier; `None` for the quarter.
    fn finer(self) -> Option<Self> {
        match self {
            Self::Quarter => None,
            Self::Hour => Some(Self::Quarter),
            Self::Day => Some(Self::Hour),
            Self::Week | Self::Month => Some(Self::Day),
        }
    }

    /// Whether every tier after this one in [`Tier::ALL`] has buckets of whole buckets of this one.
    fn is_part_of_all_coarser(self) -> bool {
        self <= Self::Day
    }

    /// The quarters that belong to the bucket of `quarter`. A quarter belongs where its start lies, so an edge of the
    /// calendar off the quarter moves to the next one, and every bucket is a run of whole quarters.
    fn bucket(self, calendar: &Calendar, quarter: Instant) -> TimeRange {
        let range = match self {
            Self::Quarter => TimeRange::new(quarter.quarter(), quarter.quarter().plus_ms(QUARTER_MS)),
            Self::Hour => calendar.hour(quarter),
            Self::Day => calendar.day(calendar.date(quarter)),
            Self::Week => calendar.week(quarter),
            Self::Month => calendar.month(quarter),
        };
        TimeRange::new(range.start.next_quarter(), range.end.next_quarter())
    }
}

/// Whether two calendars have the same hours in `range`: their zones' clocks always show the same minutes. Hours that
/// begin before the range or end after it are compared too. True for an empty range. Costs some look-ups a day.
pub fn have_same_hours(one: &Calendar, other: &Calendar, range: TimeRange) -> bool {
    if range.is_empty() {
        return true;
    }
    // The days below see no change of the clock outside of the range, and it may begin or end an hour that meets it.
    let is_same_at = |at: Instant| share_hour(one, other, at.quarter());
    if !is_same_at(range.start) || !is_same_at(range.end.plus_ms(-1)) {
        return false;
    }
    let mut at = range.start;
    while at < range.end {
        let day = TimeRange::new(at, at.plus_ms(DAY_MS).min(range.end));
        if !have_same_hours_of_day(one, other, day) {
            return false;
        }
        at = day.end;
    }
    true
}

/// The same for at most a day, apart from a change of the clock before it or after it.
fn have_same_hours_of_day(one: &Calendar, other: &Calendar, day: TimeRange) -> bool {
    let is_steady =
        [one, other].iter().all(|calendar| calendar.offset_ms(day.start) == calendar.offset_ms(day.end));
    if is_steady {
        return (one.offset_ms(day.start) - other.offset_ms(day.start)) % HOUR_MS == 0;
    }
    let mut quarter = day.start.quarter();
    while quarter < day.end {
        if !share_hour(one, other, quarter) {
            return false;
        }
        let hour = Tier::Hour.bucket(one, quarter);
        quarter = hour.end.max(quarter.plus_ms(QUARTER_MS));
    }
    true
}

/// Whether a quarter lies in the same hour of both.
fn share_hour(one: &Calendar, other: &Calendar, quarter: Instant) -> bool {
    Tier::Hour.bucket(one, quarter) == Tier::Hour.bucket(other, quarter)
}

/// One change of the visit counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitChange {
    /// Which tier.
    pub tier: Tier,
    /// Start of the bucket in which the user was active.
    pub bucket: Instant,
    /// Start of the user's previous active bucket of that tier; `None` when this is the first ever.
    pub previous: Option<Instant>,
    /// How many users more (1) or fewer (−1).
    pub users: i64,
}

/// What changes when a user becomes active in a quarter in which they were not, `previous` and `next` being the
/// nearest quarters of that user (and scope) that are active already. Calls `change` for each counter.
pub fn link(
    calendar: &Calendar,
    quarter: Instant,
    previous: Option<Instant>,
    next: Option<Instant>,
    mut change: impl FnMut(VisitChange),
) {
    for tier in Tier::ALL {
        let bucket = tier.bucket_start(calendar, quarter);
        let previous = previous.map(|at| tier.bucket_start(calendar, at));
        let next = next.map(|at| tier.bucket_start(calendar, at));
        if previous == Some(bucket) || next == Some(bucket) {
            // The user is active in this bucket anyway, and so in every longer bucket around it.
            if tier.is_part_of_all_coarser() {
                return;
            }
            continue;
        }
        let mut count = |bucket, previous, users| change(VisitChange { tier, bucket, previous, users });
        count(bucket, previous, 1);
        if let Some(next) = next {
            count(next, previous, -1);
            count(next, Some(bucket), 1);
        }
    }
}

/// All that one user (and scope) contributes, from the sorted list of the quarters in which they were active: for a
/// recount, or for the counters of another calendar. Negate `users` to take the user out.
pub fn link_all(
    calendar: &Calendar,
    quarters: impl IntoIterator<Item = Instant>,
    mut change: impl FnMut(VisitChange),
) {
    let mut previous = None;
    for quarter in quarters {
        link(calendar, quarter, previous, None, &mut change);
        previous = Some(quarter);
    }
}

/// A sum over one tier's counters: `users` where the bucket's start lies in `buckets` and the previous bucket's in
/// [`previous_from`, `previous_before`), "never" counting as before everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitSum {
    /// 1 for what is added, −1 for what another sum has too much.
    pub sign: i64,
    /// Which tier.
    pub tier: Tier,
    /// Bucket starts.
    pub buckets: TimeRange,
    /// Earliest previous bucket; `None` is no lower bound, and "never" counts too.
    pub previous_from: Option<Instant>,
    /// First previous bucket that does not count.
    pub previous_before: Instant,
}

/// The sums over counters that add up, each by its sign, to the exact distinct users of `range`.
/// New users are the part whose previous bucket is "never"; only sums without lower bound have one.
///
/// A user of [a, b) has exactly one pair (first quarter in it, quarter of the visit before), which lies in the rectangle
/// [a, b) × [never, a). A coarser tier counts exactly those pairs of a rectangle whose edges are its own. So each tier,
/// from the coarsest, takes the largest such rectangle, and the strips around it are left to the finer ones.
///
/// A range that ends within a day or an hour takes the whole of it, less what comes behind the range, where that is the
/// shorter part: so at most twelve hours are added up, and half an hour is looked up.
///
/// `range` starts on a quarter. Where it ends off one, so does the one sum of quarters with this edge: at its end, or at
/// its start if it is subtracted. Sums with a lower bound are over whole hours at least.
///
/// Whole months are one sum. For any other range weeks serve better than months: the strips around them are narrower.
pub fn plan_distinct(calendar: &Calendar, range: TimeRange) -> Vec<VisitSum> {
    let mut sums = Vec::new();
    let is_edge = |at| Tier::Month.bucket_start(calendar, at) == at;
    let tier = if is_edge(range.start) && is_edge(range.end) { Tier::Month } else { Tier::Week };
    let whole = VisitSum { sign: 1, tier, buckets: range, previous_from: None, previous_before: range.start };
    plan(calendar, whole, &mut sums);
    sums
}

/// The whole buckets that cover `range`, as ranges of one tier each. For sums that only add. The edges of the range have
/// to lie on quarters.
pub fn plan_sums(calendar: &Calendar, range: TimeRange) -> Vec<(Tier, TimeRange)> {
    let mut stretches = Vec::new();
    tile(calendar, Tier::Month, range, &mut stretches);
    stretches
}

/// What buckets of a tier leave over at both ends is left to the next one in [`Tier::ALL`]: weeks tile what lies beside
/// whole months.
fn tile(calendar: &Calendar, tier: Tier, range: TimeRange, stretches: &mut Vec<(Tier, TimeRange)>) {
    if range.is_empty() {
        return;
    }
    let finer = match tier {
        Tier::Quarter => return stretches.push((tier, range)),
        Tier::Month => Tier::Week,
        tier => tier.finer().unwrap_or(Tier::Quarter),
    };
    let start = tier.next_bucket_start(calendar, range.start);
    let end = tier.bucket_start(calendar, range.end);
    if start >= end {
        return tile(calendar, finer, range, stretches);
    }
    stretches.push((tier, TimeRange::new(start, end)));
    tile(calendar, finer, TimeRange::new(range.start, start), stretches);
    tile(calendar, finer, TimeRange::new(end, range.end), stretches);
}

/// Adds the sums for the pairs in `wanted`, none coarser than its tier. `previous_from` is an edge of a coarser tier,
/// and so of this one; `previous_before` is not after the first bucket.
fn plan(calendar: &Calendar, wanted: VisitSum, sums: &mut Vec<VisitSum>) {
    let VisitSum { sign, tier, buckets, previous_from, previous_before } = wanted;
    if buckets.is_empty() || previous_from.is_some_and(|from| from >= previous_before) {
        return;
    }
    let Some(finer) = tier.finer() else {
        sums.push(wanted);
        return;
    };
    let [start, end] = [buckets.start, buckets.end].map(|at| tier.edges_around(calendar, at));
    // Pairs are told apart by a bucket only where it begins behind all the previous ones.
    let start =
        if previous_before <= start.0 { tier.nearer(buckets.start, start.1, start.0) } else { start.1 };
    let end = tier.nearer(buckets.end, end.0, end.1);
    let before = tier.bucket_start(calendar, previous_before);
    let wanted = VisitSum { tier: finer, ..wanted };
    if start >= end || previous_from.is_some_and(|from| from >= before) {
        return plan(calendar, wanted, sums);
    }
    let inner = TimeRange::new(start, end);
    sums.push(VisitSum { sign, tier, buckets: inner, previous_from, previous_before: before });
    plan(calendar, VisitSum { buckets: inner, previous_from: Some(before), ..wanted }, sums);
    let mut add =
        |from, to, sign| plan(calendar, VisitSum { sign, buckets: TimeRange::new(from, to), ..wanted }, sums);
    // Empty ones are passed over: of each pair at most one has a length.
    add(buckets.start, start, sign);
    add(start, buckets.start, -sign);
    add(end, buckets.end, sign);
    add(buckets.end, end, -sign);
}
