//! The counters that reports read: sums per bucket, and visits by previous bucket. They only add, so a batch, a late
//! message and a recount all come out as one kind of change.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use analytics::calendar::Calendar;
use analytics::instant::Instant;
use analytics::visits::{Tier, VisitChange};

use crate::StoreError;
use crate::engine::{Bulk, Transaction, values};

/// The scope of counters over all channels; another scope is a channel's key.
pub(crate) const EVERYTHING: i64 = 0;
/// Stored for "never before": less than every instant that a fact may have.
pub(crate) const NEVER: i64 = -1;

/// What one user does in a quarter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) messages: i64,
    pub(crate) bot_messages: i64,
    pub(crate) sessions: i64,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.bot_messages += other.bot_messages;
        self.sessions += other.sessions;
    }
}

/// What all users do in a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) sums: Sums,
    pub(crate) users: i64,
    pub(crate) new_users: i64,
}

/// A row of `counts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CountKey {
    pub(crate) scope: i64,
    pub(crate) tier: i64,
    pub(crate) bucket: i64,
}

/// A row of `visits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VisitKey {
    pub(crate) scope: i64,
    pub(crate) tier: i64,
    pub(crate) bucket: i64,
    pub(crate) previous: i64,
}

/// Counters, or changes of counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) counts: BTreeMap<CountKey, Count>,
    pub(crate) visits: BTreeMap<VisitKey, i64>,
    /// The buckets of quarters that came up: zone arithmetic once per quarter and not per message.
    buckets: BTreeMap<i64, [i64; Tier::ALL.len()]>,
}

impl Counters {
    /// The starts of the buckets of every tier that contain a quarter.
    pub(crate) fn buckets(&mut self, calendar: &Calendar, quarter: i64) -> [i64; Tier::ALL.len()] {
        *self.buckets.entry(quarter).or_insert_with(|| {
            Tier::ALL.map(|tier| tier.bucket_start(calendar, Instant::from_ms(quarter)).as_ms())
        })
    }

    /// Adds what one user did in a quarter to the buckets of every tier.
    pub(crate) fn add_sums(&mut self, calendar: &Calendar, scope: i64, quarter: i64, sums: Sums) {
        for (tier, bucket) in Tier::ALL.into_iter().zip(self.buckets(calendar, quarter)) {
            let key = CountKey { scope, tier: tier_number(tier), bucket };
            self.counts.entry(key).or_default().sums += sums;
        }
    }

    /// Adds a change of who visits a bucket, and after which. Of quarters only the bucket is counted.
    pub(crate) fn add_visit(&mut self, scope: i64, change: VisitChange) {
        let (tier, bucket) = (tier_number(change.tier), change.bucket.as_ms());
        let previous = change.previous.map_or(NEVER, Instant::as_ms);
        if change.tier != Tier::Quarter {
            *self.visits.entry(VisitKey { scope, tier, bucket, previous }).or_default() += change.users;
        }
        let count = self.counts.entry(CountKey { scope, tier, bucket }).or_default();
        count.users += change.users;
        count.new_users += if change.previous.is_none() { change.users } else { 0 };
    }

    /// Adds everything to the stored counters.
    pub(crate) async fn save(&self, transaction: &mut Transaction, bot: i64) -> Result<(), StoreError> {
        self.save_counts(transaction, bot).await?;
        self.save_visits(transaction, bot).await
    }

    async fn save_counts(&self, transaction: &mut Transaction, bot: i64) -> Result<(), StoreError> {
        let counts = || self.counts.iter().filter(|(_, count)| **count != Count::default());
        let bulk = Bulk::new()
            .ints("scope", counts().map(|(key, _)| key.scope))
            .ints("tier", counts().map(|(key, _)| key.tier))
            .ints("bucket", counts().map(|(key, _)| key.bucket))
            .ints("messages", counts().map(|(_, count)| count.sums.messages))
            .ints("bot_messages", counts().map(|(_, count)| count.sums.bot_messages))
            .ints("sessions", counts().map(|(_, count)| count.sums.sessions))
            .ints("users", counts().map(|(_, count)| count.users))
            .ints("new_users", counts().map(|(_, count)| count.new_users));
        let sql = "insert into counts
                (bot_key, scope, tier, bucket, messages, bot_messages, sessions, users, new_users)
            select $1, scope, tier, bucket, messages, bot_messages, sessions, users, new_users from input where true
            on conflict (bot_key, scope, tier, bucket) do update set
                messages = counts.messages + excluded.messages,
                bot_messages = counts.bot_messages + excluded.bot_messages,
                sessions = counts.sessions + excluded.sessions,
                users = counts.users + excluded.users,
                new_users = counts.new_users + excluded.new_users";
        transaction.bulk_execute(sql, values![bot], &bulk).await
    }

    /// Pairs of buckets that nobody has any more are removed.
    async fn save_visits(&self, transaction: &mut Transaction, bot: i64) -> Result<(), StoreError> {
        let visits: Vec<(VisitKey, i64)> =
            self.visits.iter().filter(|(_, users)| **users != 0).map(|(key, users)| (*key, *users)).collect();
        let sql = "insert into visits (bot_key, scope, tier, bucket, previous, users)
            select $1, scope, tier, bucket, previous, users from input where true
            on conflict (bot_key, scope, tier, bucket, previous) do update set
                users = visits.users + excluded.users";
        transaction.bulk_execute(sql, values![bot], &visit_rows(&visits)).await?;
        let fewer: Vec<(VisitKey, i64)> = visits.into_iter().filter(|(_, users)| *users < 0).collect();
        let sql = "delete from visits where bot_key = $1 and users = 0 and (scope, tier, bucket, previous) in
            (select scope, tier, bucket, previous from input)";
        transaction.bulk_execute(sql, values![bot], &visit_rows(&fewer)).await
    }
}

fn visit_rows(visits: &[(VisitKey, i64)]) -> Bulk<'static> {
    Bulk::new()
        .ints("scope", visits.iter().map(|(key, _)| key.scope))
        .ints("tier", visits.iter().map(|(key, _)| key.tier))
        .ints("bucket", visits.iter().map(|(key, _)| key.bucket))
        .ints("previous", visits.iter().map(|(key, _)| key.previous))
        .ints("users", visits.iter().map(|(_, users)| *users))
}

/// A tier as `counts` and `visits` hold it.
pub(crate) fn tier_number(tier: Tier) -> i64 {
    match tier {
        Tier::Quarter => 0,
        Tier::Hour => 1,
        Tier::Day => 2,
        Tier::Week => 3,
        Tier::Month => 4,
    }
}
