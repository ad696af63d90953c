//! Counters of other rules, made from the live ones: wherever hours begin at the same instants, days, weeks and months
//! are sums of hours. A pair of hours (bucket, previous) is a pair of the days, weeks or months that contain them, or it
//! lies within one and counts for nothing there. So a row of hours adds to coarser rows whoever its users are, and a
//! change of the row changes them: a rebuild copies rows, and intake copies changes of rows, by the same sum.

use analytics::visits::Tier;

use crate::counting::messages::{Count, CountKey, Counters, VisitKey};
use crate::rules::counter_set::{CopyCursor, CounterSet};
use crate::table_keys::{NEVER, tier_number};

/// The tiers that are made of hours.
const COARSER: [Tier; 3] = [Tier::Day, Tier::Week, Tier::Month];

/// Live counters, or changes of them, as counters of another set.
#[derive(Debug)]
pub(crate) struct HourlyCopy<'a> {
    set: &'a CounterSet,
    end: CopyCursor,
    counters: Counters,
}

/// What a change of the live counters is in a set whose counters are copies, as far as they are copied; `None` for a set that
/// counts users.
pub(crate) fn copy_change(set: &CounterSet, live: &Counters) -> Option<Counters> {
    let mut copy = HourlyCopy::new(set, set.built.copied_to()?);
    copy.add(live);
    Some(copy.finish())
}

impl<'a> HourlyCopy<'a> {
    /// Rows before `end` are copied, others not yet.
    pub(crate) fn new(set: &'a CounterSet, end: CopyCursor) -> Self {
        Self { set, end, counters: Counters::default() }
    }

    /// The tiers, by their numbers, of which live counts are copied.
    pub(crate) fn sources(&self) -> Vec<i64> {
        let is_source = |tier: &Tier| match tier {
            Tier::Quarter => self.set.owns_sessions(),
            Tier::Hour => true,
            Tier::Day | Tier::Week | Tier::Month => !self.set.owns_calendar(),
        };
        Tier::ALL.into_iter().filter(is_source).map(tier_number).collect()
    }

    /// Adds live counters.
    pub(crate) fn add(&mut self, live: &Counters) {
        live.counts.iter().for_each(|(key, count)| self.add_count(*key, *count));
        live.visits.iter().for_each(|(key, users)| self.add_visits(*key, *users));
    }

    /// Adds a row of live counts. Quarters and hours are the same rows; so is everything in the same
    /// calendar, and in another one hours add up.
    pub(crate) fn add_count(&mut self, key: CountKey, count: Count) {
        if !self.is_copied(key.scope, key.bucket) {
            return;
        }
        if key.tier <= tier_number(Tier::Hour) || !self.set.owns_calendar() {
            *self.counters.counts.entry(key).or_default() += count;
        }
        if key.tier == tier_number(Tier::Hour) && self.set.owns_calendar() {
            let buckets = self.counters.buckets.of(&self.set.rule.calendar, key.bucket);
            for tier in COARSER.map(tier_number) {
                let key = CountKey { tier, bucket: at(buckets, tier), ..key };
                // Users of hours are no users of days.
                self.counters.counts.entry(key).or_default().sums += count.sums;
            }
        }
    }

    /// Adds a row of live visits.
    pub(crate) fn add_visits(&mut self, key: VisitKey, users: i64) {
        let is_source = key.tier == tier_number(Tier::Hour) && self.set.owns_calendar();
        if !is_source || !self.is_copied(key.scope, key.bucket) {
            return;
        }
        let calendar = &self.set.rule.calendar;
        let buckets = self.counters.buckets.of(calendar, key.bucket);
        let previous = (key.previous != NEVER).then(|| self.counters.buckets.of(calendar, key.previous));
        for tier in COARSER.map(tier_number) {
            let bucket = at(buckets, tier);
            let previous = previous.map_or(NEVER, |buckets| at(buckets, tier));
            if bucket != previous {
                let scope = key.scope;
                *self.counters.visits.entry(VisitKey { scope, tier, bucket, previous }).or_default() += users;
                let count = self.counters.counts.entry(CountKey { scope, tier, bucket }).or_default();
                count.users += users;
                count.new_users += if previous == NEVER { users } else { 0 };
            }
        }
    }

    /// The counters of the other set.
    pub(crate) fn finish(self) -> Counters {
        self.counters
    }

    fn is_copied(&self, scope: i64, bucket: i64) -> bool {
        CopyCursor { scope, bucket } < self.end
    }
}

/// The bucket of a tier, by its number.
fn at(buckets: [i64; Tier::ALL.len()], tier: i64) -> i64 {
    usize::try_from(tier).ok().and_then(|tier| buckets.get(tier)).copied().unwrap_or(NEVER)
}
