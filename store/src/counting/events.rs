//! Custom events by name: how many, whose, and the sum of their values. Distinct users follow from pairs of buckets, as
//! those of messages do. The tables begin with the channel and end with the name: a report reads all names at once.

use analytics::calendar::Calendar;
use analytics::instant::Instant;
use analytics::visits::{Tier, VisitChange, link_all};

use crate::StoreError;
use crate::counting::messages::Buckets;
use crate::counting::rows::{Rows, add_row, pairs};
use crate::counting::sums::{SumTable, sum_table};
use crate::engine::{Transaction, values};
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{BotKey, NEVER, tier_number};

/// What users did: user, channel (0 is all), name and quarter of an hour; events, and their values in two parts.
pub(crate) type EventRows = Rows<4, 3>;

/// One row per user, channel, name and quarter of an hour with events.
pub(crate) const EVENT_ACTIVITY: SumTable<4, 3> = sum_table!(
    "event_activity",
    ["user_key", "channel_key", "event_key", "quarter"],
    ["events", "value_whole", "value_nano"],
    empty: "events = 0",
    load: "user_key >= $2 and user_key < $3"
);

/// Events per bucket.
pub(crate) const EVENT_COUNTS: SumTable<5, 3> = sum_table!(
    "event_counts",
    ["revision", "channel_key", "tier", "bucket", "event_key"],
    ["events", "value_whole", "value_nano"],
    empty: "events = 0",
    load: "revision = $2"
);

/// Users per bucket by the one before it.
pub(crate) const EVENT_VISITS: SumTable<6, 1> = sum_table!(
    "event_visits",
    ["revision", "channel_key", "tier", "bucket", "previous", "event_key"],
    ["users"],
    empty: "users = 0",
    load: "revision = $2"
);

/// The events of the users with keys from `first` up to `end`.
pub(crate) async fn load_event_activity(
    transaction: &mut Transaction,
    bot: BotKey,
    first: i64,
    end: i64,
) -> Result<EventRows, StoreError> {
    EVENT_ACTIVITY.load(transaction, values![bot, first, end]).await
}

/// Counters of events of one set, or changes of them.
#[derive(Debug)]
pub(crate) struct EventCounters {
    calendar: Calendar,
    revision: i64,
    counts: Rows<5, 3>,
    visits: Rows<6, 1>,
    buckets: Buckets,
}

impl EventCounters {
    /// No counters yet, of a set.
    pub(crate) fn new(set: &CounterSet) -> Self {
        Self {
            calendar: set.rule.calendar,
            revision: set.revisions.calendar,
            counts: Rows::new(),
            visits: Rows::new(),
            buckets: Buckets::default(),
        }
    }

    /// What users did, added to the counters of a set, or with `sign` −1 taken out.
    pub(crate) fn count(set: &CounterSet, activity: &EventRows, sign: i64) -> Self {
        let mut counters = Self::new(set);
        let rows: Vec<_> = activity.iter().collect();
        for line in rows.chunk_by(|(one, _), (next, _)| one[..3] == next[..3]) {
            for ([_, channel, event, quarter], sums) in line {
                counters.add(*channel, *event, *quarter, sums.map(|sum| sum * sign));
            }
            let Some(([_, channel, event, _], _)) = line.first() else { continue };
            let calendar = counters.calendar;
            let quarters = line.iter().map(|([.., quarter], _)| Instant::from_ms(*quarter));
            link_all(&calendar, quarters, |change| {
                counters.visit(*channel, *event, VisitChange { users: change.users * sign, ..change });
            });
        }
        counters
    }

    /// Adds what one user did in a quarter to the buckets of every tier.
    pub(crate) fn add(&mut self, channel: i64, event: i64, quarter: i64, sums: [i64; 3]) {
        for (tier, bucket) in Tier::ALL.into_iter().zip(self.buckets.of(&self.calendar, quarter)) {
            add_row(&mut self.counts, [self.revision, channel, tier_number(tier), bucket, event], sums);
        }
    }

    /// Adds a change of who visits a bucket, and after which.
    pub(crate) fn visit(&mut self, channel: i64, event: i64, change: VisitChange) {
        let (tier, bucket) = (tier_number(change.tier), change.bucket.as_ms());
        let previous = change.previous.map_or(NEVER, Instant::as_ms);
        add_row(&mut self.visits, [self.revision, channel, tier, bucket, previous, event], [change.users]);
    }

    /// Adds everything to the stored counters. What nobody has any more is removed.
    pub(crate) async fn save(&self, transaction: &mut Transaction, bot: BotKey) -> Result<(), StoreError> {
        EVENT_COUNTS.add(transaction, bot, pairs(&self.counts)).await?;
        EVENT_COUNTS.delete_empty(transaction, bot, pairs(&self.counts)).await?;
        EVENT_VISITS.add(transaction, bot, pairs(&self.visits)).await?;
        EVENT_VISITS.delete_empty(transaction, bot, pairs(&self.visits)).await
    }
}
