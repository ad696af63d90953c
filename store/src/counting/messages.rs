//! The counters that reports read: sums per bucket, and visits by previous bucket. They only add, so a batch, a late
//! message and a recount all come out as one kind of change.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use analytics::calendar::Calendar;
use analytics::instant::Instant;
use analytics::visits::{Tier, VisitChange, link_all};

use crate::StoreError;
use crate::engine::{Bulk, Row, Transaction, values};
use crate::rules::Side;
use crate::table_keys::{NEVER, tier_number};

/// What one user does in a quarter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) messages: i64,
    pub(crate) bot_messages: i64,
    pub(crate) sessions: i64,
}

impl Sums {
    fn times(self, factor: i64) -> Self {
        Self {
            messages: self.messages * factor,
            bot_messages: self.bot_messages * factor,
            sessions: self.sessions * factor,
        }
    }
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

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.sums += other.sums;
        self.users += other.users;
        self.new_users += other.new_users;
    }
}

impl Count {
    /// The sums of a row of `counts`.
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            sums: Sums {
                messages: row.int("messages")?,
                bot_messages: row.int("bot_messages")?,
                sessions: row.int("sessions")?,
            },
            users: row.int("users")?,
            new_users: row.int("new_users")?,
        })
    }
}

impl From<[i64; 5]> for Count {
    fn from([messages, bot_messages, sessions, users, new_users]: [i64; 5]) -> Self {
        Self { sums: Sums { messages, bot_messages, sessions }, users, new_users }
    }
}

impl From<Count> for [i64; 5] {
    fn from(Count { sums, users, new_users }: Count) -> Self {
        [sums.messages, sums.bot_messages, sums.sessions, users, new_users]
    }
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
    pub(crate) buckets: Buckets,
}

/// The buckets of quarters that came up, of one calendar: zone arithmetic once per quarter and not per message.
#[derive(Debug, Default)]
pub(crate) struct Buckets(BTreeMap<i64, [i64; Tier::ALL.len()]>);

impl Buckets {
    /// The starts of the buckets of every tier that contain a quarter.
    pub(crate) fn of(&mut self, calendar: &Calendar, quarter: i64) -> [i64; Tier::ALL.len()] {
        *self.0.entry(quarter).or_insert_with(|| {
            Tier::ALL.map(|tier| tier.bucket_start(calendar, Instant::from_ms(quarter)).as_ms())
        })
    }
}

impl Counters {
    /// Adds what one user did in a quarter to the buckets of every tier.
    pub(crate) fn add_sums(&mut self, calendar: &Calendar, scope: i64, quarter: i64, sums: Sums) {
        for (tier, bucket) in Tier::ALL.into_iter().zip(self.buckets.of(calendar, quarter)) {
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

    /// Adds everything that one user did in a scope: the quarters with a message, or with events alone, in order. With `sign` −1 takes it out.
    pub(crate) fn add_user(&mut self, calendar: &Calendar, scope: i64, activity: &[(i64, Sums)], sign: i64) {
        for (quarter, sums) in activity {
            self.add_sums(calendar, scope, *quarter, sums.times(sign));
        }
        let active = activity.iter().filter(|(_, sums)| sums.messages > 0);
        link_all(calendar, active.map(|(quarter, _)| Instant::from_ms(*quarter)), |change| {
            self.add_visit(scope, VisitChange { users: change.users * sign, ..change });
        });
    }

    /// Adds everything to the stored counters of a side.
    pub(crate) async fn save(
        &self,
        transaction: &mut Transaction,
        bot: i64,
        side: &Side,
    ) -> Result<(), StoreError> {
        self.save_counts(transaction, bot, side).await?;
        self.save_visits(transaction, bot, side).await
    }

    async fn save_counts(
        &self,
        transaction: &mut Transaction,
        bot: i64,
        side: &Side,
    ) -> Result<(), StoreError> {
        let is_kept =
            |(key, count): &(&CountKey, &Count)| **count != Count::default() && side.has_own_counts(key.tier);
        let counts = || self.counts.iter().filter(is_kept);
        let bulk = Bulk::new()
            .ints("revision", counts().map(|(key, _)| side.revisions.of_counts(key.tier)))
            .ints("scope", counts().map(|(key, _)| key.scope))
            .ints("tier", counts().map(|(key, _)| key.tier))
            .ints("bucket", counts().map(|(key, _)| key.bucket))
            .ints("messages", counts().map(|(_, count)| count.sums.messages))
            .ints("bot_messages", counts().map(|(_, count)| count.sums.bot_messages))
            .ints("sessions", counts().map(|(_, count)| count.sums.sessions))
            .ints("users", counts().map(|(_, count)| count.users))
            .ints("new_users", counts().map(|(_, count)| count.new_users));
        let sql = "insert into counts
                (bot_key, revision, scope, tier, bucket, messages, bot_messages, sessions, users, new_users)
            select $1, revision, scope, tier, bucket, messages, bot_messages, sessions, users, new_users
            from input where true
            on conflict (bot_key, revision, scope, tier, bucket) do update set
                messages = counts.messages + excluded.messages,
                bot_messages = counts.bot_messages + excluded.bot_messages,
                sessions = counts.sessions + excluded.sessions,
                users = counts.users + excluded.users,
                new_users = counts.new_users + excluded.new_users";
        transaction.bulk_execute(sql, values![bot], &bulk).await
    }

    /// Deletes those of the counts just saved in which nothing is left.
    pub(crate) async fn delete_empty(
        &self,
        transaction: &mut Transaction,
        bot: i64,
        side: &Side,
    ) -> Result<(), StoreError> {
        let counts = || self.counts.keys().filter(|key| side.has_own_counts(key.tier));
        let bulk = Bulk::new()
            .ints("revision", counts().map(|key| side.revisions.of_counts(key.tier)))
            .ints("scope", counts().map(|key| key.scope))
            .ints("tier", counts().map(|key| key.tier))
            .ints("bucket", counts().map(|key| key.bucket));
        let sql = "delete from counts where bot_key = $1 and messages = 0 and bot_messages = 0 and sessions = 0
            and users = 0 and (revision, scope, tier, bucket) in (select revision, scope, tier, bucket from input)";
        transaction.bulk_execute(sql, values![bot], &bulk).await
    }

    /// Pairs of buckets that nobody has any more are removed.
    async fn save_visits(
        &self,
        transaction: &mut Transaction,
        bot: i64,
        side: &Side,
    ) -> Result<(), StoreError> {
        let is_kept = |(key, users): &(&VisitKey, &i64)| **users != 0 && side.has_own_visits(key.tier);
        let visits = self.visits.iter().filter(is_kept).map(|(key, users)| (*key, *users));
        let visits: Vec<(VisitKey, i64)> = visits.collect();
        let sql = "insert into visits (bot_key, revision, scope, tier, bucket, previous, users)
            select $1, revision, scope, tier, bucket, previous, users from input where true
            on conflict (bot_key, revision, scope, tier, bucket, previous) do update set
                users = visits.users + excluded.users";
        transaction.bulk_execute(sql, values![bot], &visit_rows(side, &visits)).await?;
        let fewer: Vec<(VisitKey, i64)> = visits.into_iter().filter(|(_, users)| *users < 0).collect();
        let sql = "delete from visits where bot_key = $1 and users = 0
            and (revision, scope, tier, bucket, previous) in
                (select revision, scope, tier, bucket, previous from input)";
        transaction.bulk_execute(sql, values![bot], &visit_rows(side, &fewer)).await
    }
}

fn visit_rows(side: &Side, visits: &[(VisitKey, i64)]) -> Bulk<'static> {
    Bulk::new()
        .ints("revision", visits.iter().map(|(key, _)| side.revisions.of_visits(key.tier)))
        .ints("scope", visits.iter().map(|(key, _)| key.scope))
        .ints("tier", visits.iter().map(|(key, _)| key.tier))
        .ints("bucket", visits.iter().map(|(key, _)| key.bucket))
        .ints("previous", visits.iter().map(|(key, _)| key.previous))
        .ints("users", visits.iter().map(|(_, users)| *users))
}
