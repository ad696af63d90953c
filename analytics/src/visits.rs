//! The algebra of visit counters: exact distinct users from counters that only add.
//!
//! For every bucket of a tier the counters hold how many users were active in it, by the user's previous active
//! bucket of that tier (`None`: never before). A user who is active in several buckets of [a, b) is counted where
//! the previous one lies before a: once. docs/ARCHITECTURE.md has the proof and the rule for mixed tiers.

use crate::calendar::Calendar;
use crate::instant::{Instant, TimeRange};

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
}

impl Tier {
    /// From fine to coarse.
    pub const ALL: [Self; 4] = [Self::Quarter, Self::Hour, Self::Day, Self::Week];

    /// The start of this tier's bucket that contains the quarter that starts at `quarter`. Monotone in `quarter`.
    pub fn bucket_start(self, calendar: &Calendar, quarter: Instant) -> Instant {
        let _ = (calendar, quarter);
        unimplemented!()
    }
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
    change: impl FnMut(VisitChange),
) {
    let _ = (calendar, quarter, previous, next, change);
    unimplemented!()
}

/// A sum over one tier's counters: `users` where the bucket's start lies in `buckets` and `previous` either is
/// "never" (if `counts_new`) or lies in [`previous_from`, `previous_before`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitSum {
    /// Which tier.
    pub tier: Tier,
    /// Bucket starts.
    pub buckets: TimeRange,
    /// Earliest previous bucket; `None` is no lower bound, and "never" counts too.
    pub previous_from: Option<Instant>,
    /// First previous bucket that does not count.
    pub previous_before: Instant,
}

/// The sums over counters that add up to the exact distinct users of `range`, whose edges lie on quarters.
/// New users are the part whose previous bucket is "never"; only sums without lower bound have one.
pub fn plan_distinct(calendar: &Calendar, range: TimeRange) -> Vec<VisitSum> {
    let _ = (calendar, range);
    unimplemented!()
}
