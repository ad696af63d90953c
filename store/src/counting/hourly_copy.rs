//! Counters of other rules, made from the live ones: wherever hours begin at the same instants, days, weeks and months
//! follow from hours. A pair of hours (bucket, previous) is a pair of the days, weeks or months that contain them, or it
//! lies within one and counts for nothing there. So a row of hours adds to coarser rows whoever its users are, and a
//! change of it changes them: what is built and what intake keeps up to date are one sum.

use analytics::visits::Tier;

use crate::counting::messages::{Count, CountKey, Counters, VisitKey};
use crate::rules::{Place, Side};
use crate::table_keys::{NEVER, tier_number};

/// The tiers that are made of hours.
const COARSER: [Tier; 3] = [Tier::Day, Tier::Week, Tier::Month];

/// What live counters, or changes of them, are in the counters of a side that follows them.
#[derive(Debug)]
pub(crate) struct Following<'a> {
    side: &'a Side,
    end: Place,
    counters: Counters,
}

impl<'a> Following<'a> {
    /// Rows before `end` count, others not yet.
    pub(crate) fn new(side: &'a Side, end: Place) -> Self {
        Self { side, end, counters: Counters::default() }
    }

    /// The tiers, by their numbers, of which there are live counts to add.
    pub(crate) fn sources(&self) -> Vec<i64> {
        let is_source = |tier: &Tier| match tier {
            Tier::Quarter => self.side.has_own_sessions,
            Tier::Hour => true,
            Tier::Day | Tier::Week | Tier::Month => !self.side.has_own_calendar,
        };
        Tier::ALL.into_iter().filter(is_source).map(tier_number).collect()
    }

    /// Adds everything that follows from live counters.
    pub(crate) fn add(&mut self, live: &Counters) {
        live.counts.iter().for_each(|(key, count)| self.add_count(*key, *count));
        live.visits.iter().for_each(|(key, users)| self.add_visits(*key, *users));
    }

    /// Adds what follows from a row of live counts. Quarters and hours are the same rows; so is everything in the same
    /// calendar, and in another one hours add up.
    pub(crate) fn add_count(&mut self, key: CountKey, count: Count) {
        if !self.has_taken(key.scope, key.bucket) {
            return;
        }
        if key.tier <= tier_number(Tier::Hour) || !self.side.has_own_calendar {
            *self.counters.counts.entry(key).or_default() += count;
        }
        if key.tier == tier_number(Tier::Hour) && self.side.has_own_calendar {
            let buckets = self.counters.buckets.of(&self.side.rule.calendar, key.bucket);
            for tier in COARSER.map(tier_number) {
                let key = CountKey { tier, bucket: at(buckets, tier), ..key };
                // Users of hours are no users of days.
                self.counters.counts.entry(key).or_default().sums += count.sums;
            }
        }
    }

    /// Adds what follows from a row of live visits.
    pub(crate) fn add_visits(&mut self, key: VisitKey, users: i64) {
        let is_source = key.tier == tier_number(Tier::Hour) && self.side.has_own_calendar;
        if !is_source || !self.has_taken(key.scope, key.bucket) {
            return;
        }
        let calendar = &self.side.rule.calendar;
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

    /// What it comes to.
    pub(crate) fn finish(self) -> Counters {
        self.counters
    }

    fn has_taken(&self, scope: i64, bucket: i64) -> bool {
        Place { scope, bucket } < self.end
    }
}

/// The bucket of a tier, by its number.
fn at(buckets: [i64; Tier::ALL.len()], tier: i64) -> i64 {
    usize::try_from(tier).ok().and_then(|tier| buckets.get(tier)).copied().unwrap_or(NEVER)
}
