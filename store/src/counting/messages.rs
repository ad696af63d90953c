//! The counters that reports read: sums per bucket, and visits by previous bucket. They only add, so a batch, a late
//! message and a recount all come out as one kind of change.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use analytics::calendar::Calendar;
use analytics::instant::Instant;
use analytics::visits::{Tier, VisitChange, link_all};

use crate::StoreError;
use crate::counting::rows::Rows;
use crate::counting::sums::{SumTable, sum_table};
use crate::engine::{Row, Transaction, values};
use crate::rules::counter_set::CounterSet;
use crate::rules::rule::Revisions;
use crate::table_keys::{BotKey, NEVER, tier_number};

/// Messages and sessions per bucket, and its users.
pub(crate) const COUNTS: SumTable<4, 5> = sum_table!(
    "counts",
    ["revision", "scope", "tier", "bucket"],
    ["messages", "bot_messages", "sessions", "users", "new_users"],
    empty: "messages = 0 and bot_messages = 0 and sessions = 0 and users = 0",
    load: "((revision = $2 and tier > 0) or (revision = $3 and tier = 0 and $4 = 1))"
);

/// Users per bucket by the one before it.
pub(crate) const VISITS: SumTable<5, 1> = sum_table!(
    "visits",
    ["revision", "scope", "tier", "bucket", "previous"],
    ["users"],
    empty: "users = 0",
    load: "((revision = $2 and tier = 1 and $3 = 1) or (revision = $4 and tier > 1 and $5 = 1))"
);

/// The counts of a set that are its own.
pub(crate) async fn load_counts(
    transaction: &mut Transaction,
    bot: BotKey,
    set: &CounterSet,
) -> Result<Rows<4, 5>, StoreError> {
    let Revisions { local, sessions, .. } = set.revisions;
    COUNTS.load(transaction, values![bot, local, sessions, set.owns_sessions()]).await
}

/// The visits of a set that are its own.
pub(crate) async fn load_visits(
    transaction: &mut Transaction,
    bot: BotKey,
    set: &CounterSet,
) -> Result<Rows<5, 1>, StoreError> {
    let Revisions { calendar, hours, .. } = set.revisions;
    VISITS.load(transaction, values![bot, hours, set.owns_hours(), calendar, set.owns_calendar()]).await
}

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

    /// Adds everything to the stored counters of a set. Pairs of buckets that nobody has any more are removed.
    pub(crate) async fn save(
        &self,
        transaction: &mut Transaction,
        bot: BotKey,
        set: &CounterSet,
    ) -> Result<(), StoreError> {
        COUNTS.add(transaction, bot, self.count_rows(set)).await?;
        VISITS.add(transaction, bot, self.visit_rows(set)).await?;
        VISITS.delete_empty(transaction, bot, self.visit_rows(set)).await
    }

    /// Deletes those of the counts just saved in which nothing is left.
    pub(crate) async fn delete_empty(
        &self,
        transaction: &mut Transaction,
        bot: BotKey,
        set: &CounterSet,
    ) -> Result<(), StoreError> {
        COUNTS.delete_empty(transaction, bot, self.count_rows(set)).await
    }

    /// As rows of [`COUNTS`], without those that belong to the live set.
    pub(crate) fn count_rows(&self, set: &CounterSet) -> impl Iterator<Item = ([i64; 4], [i64; 5])> {
        self.counts.iter().filter(|(key, _)| set.owns_counts(key.tier)).map(|(key, count)| {
            let CountKey { scope, tier, bucket } = *key;
            ([set.revisions.of_counts(tier), scope, tier, bucket], (*count).into())
        })
    }

    /// As rows of [`VISITS`], without those that belong to the live set.
    pub(crate) fn visit_rows(&self, set: &CounterSet) -> impl Iterator<Item = ([i64; 5], [i64; 1])> {
        self.visits.iter().filter(|(key, _)| set.owns_visits(key.tier)).map(|(key, users)| {
            let VisitKey { scope, tier, bucket, previous } = *key;
            ([set.revisions.of_visits(tier), scope, tier, bucket, previous], [*users])
        })
    }
}
