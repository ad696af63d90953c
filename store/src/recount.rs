//! Derived rows recounted from raw messages, user by user, in one transaction: what `verify` compares and what a
//! change of zone, week start or timeout replaces. It shares no code with intake but the session rule itself.

pub(crate) mod preview;
mod table;
mod tables;
mod user;

use std::collections::BTreeMap;

use analytics::calendar::Calendar;
use analytics::ids::BotId;
use analytics::instant::Instant;
use analytics::settings::IdleTimeout;
use analytics::visits::Tier;

use crate::StoreError;
use crate::bots::{find_bot_key, lock_bot};
use crate::counters::{EVERYTHING, NEVER, Sums, tier_number};
use crate::engine::{Transaction, values};
use crate::rows::Span;
use crate::verify::Difference;
use table::{Rows, Table};
use user::{RawFact, derive};

/// How many users are in memory at once.
const USERS_AT_ONCE: i64 = 256;

/// What to do where stored rows differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Only say so.
    Compare,
    /// Replace them.
    Repair,
}

/// What a recount begins with and how far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// From the raw messages, everything that is derived.
    Everything,
    /// The same but for what depends on no setting: how facts are found by their ids.
    Sessions,
    /// From the activity as it is stored, what depends on the calendar: a tenth of the work.
    Buckets,
}

/// Recounts a bot; the answer lists what differed. Without such a bot nothing does.
pub(crate) async fn recount(
    transaction: &mut Transaction,
    bot: BotId,
    extent: Extent,
    action: Action,
) -> Result<Vec<Difference>, StoreError> {
    let key = match action {
        Action::Compare => find_bot_key(transaction, bot).await?,
        Action::Repair => lock_bot(transaction, bot).await?,
    };
    let Some(key) = key else { return Ok(Vec::new()) };
    let sql =
        "select time_zone, week_start, idle_timeout_ms, next_user_key from bot_state where bot_key = $1";
    let row = transaction.fetch_one(sql, values![key]).await?;
    let mut recount = Recount {
        bot,
        key,
        calendar: row.calendar(0, 1)?,
        idle_timeout: row.idle_timeout(2)?,
        action,
        buckets: BTreeMap::new(),
        counts: Rows::new(),
        visits: Rows::new(),
        spans: BTreeMap::new(),
        differences: Vec::new(),
    };
    let end = row.int(3)?;
    let mut first = 1;
    while first < end {
        let next = end.min(first + USERS_AT_ONCE);
        match extent {
            Extent::Everything | Extent::Sessions => {
                recount.check_users(transaction, extent, first, next).await?
            }
            Extent::Buckets => recount.count_stored(transaction, first, next).await?,
        }
        first = next;
    }
    recount.check_counters(transaction).await?;
    if extent == Extent::Everything {
        recount.check_spans(transaction).await?;
    }
    if action == Action::Repair && !recount.differences.is_empty() {
        let sql = "update bot_state set version = version + 1 where bot_key = $1";
        transaction.execute(sql, values![recount.key]).await?;
    }
    Ok(recount.differences)
}

/// The recount so far.
struct Recount {
    bot: BotId,
    key: i64,
    calendar: Calendar,
    idle_timeout: IdleTimeout,
    action: Action,
    /// The buckets of every tier by quarter.
    buckets: BTreeMap<i64, [i64; Tier::ALL.len()]>,
    counts: Rows<3, 5>,
    visits: Rows<4, 1>,
    /// First and last message by scope.
    spans: BTreeMap<i64, Span>,
    differences: Vec<Difference>,
}

impl Recount {
    /// Recounts the users with keys from `first` up to `end`.
    async fn check_users(
        &mut self,
        transaction: &mut Transaction,
        extent: Extent,
        first: i64,
        end: i64,
    ) -> Result<(), StoreError> {
        let bot = self.key;
        let facts = user::load_facts(transaction, bot, first, end).await?;
        let (mut opens, mut openings, mut activity) = (Rows::new(), Rows::new(), Rows::new());
        for facts in facts.chunk_by(|one, next| one.user == next.user) {
            let derived = derive(facts, self.idle_timeout);
            opens.extend(derived.opens.iter().map(|key| ([*key], [1])));
            openings.extend(derived.openings.iter().map(|(session, key)| ([*session], [*key])));
            self.count(&derived.activity);
            facts.iter().for_each(|fact| self.widen(fact));
            let user = facts.first().map_or(0, |fact| fact.user);
            let rows = derived.activity.iter();
            activity.extend(rows.map(|((scope, quarter), sums)| {
                ([*scope, user, *quarter], [sums.messages, sums.bot_messages, sums.sessions])
            }));
        }
        let stored = facts.iter().filter(|fact| fact.opens).map(|fact| ([fact.key], [1])).collect();
        self.settle(transaction, &tables::OPENS, stored, opens).await?;
        let stored = tables::load_openings(transaction, bot, first, end).await?;
        self.settle(transaction, &tables::OPENINGS, stored, openings).await?;
        let stored = tables::load_activity(transaction, bot, first, end).await?;
        self.settle(transaction, &tables::ACTIVITY, stored, activity).await?;
        if extent == Extent::Sessions {
            return Ok(());
        }
        let (stored, recounted) = tables::load_ids(transaction, bot, &facts).await?;
        self.settle(transaction, &tables::FACT_IDS, stored, recounted).await
    }

    /// Takes the stored activity of users as it is.
    async fn count_stored(
        &mut self,
        transaction: &mut Transaction,
        first: i64,
        end: i64,
    ) -> Result<(), StoreError> {
        let mut users: BTreeMap<i64, user::Activity> = BTreeMap::new();
        for ([scope, user, quarter], [messages, bot_messages, sessions]) in
            tables::load_activity(transaction, self.key, first, end).await?
        {
            let sums = Sums { messages, bot_messages, sessions };
            users.entry(user).or_default().insert((scope, quarter), sums);
        }
        users.values().for_each(|activity| self.count(activity));
        Ok(())
    }

    /// Compares the counters, which sum over all users.
    async fn check_counters(&mut self, transaction: &mut Transaction) -> Result<(), StoreError> {
        let bot = self.key;
        let recounted = std::mem::take(&mut self.counts);
        let stored = tables::load_counts(transaction, bot).await?;
        self.settle(transaction, &tables::COUNTS, stored, recounted).await?;
        let recounted = std::mem::take(&mut self.visits);
        let stored = tables::load_visits(transaction, bot).await?;
        self.settle(transaction, &tables::VISITS, stored, recounted).await
    }

    /// Compares the first and last messages.
    async fn check_spans(&mut self, transaction: &mut Transaction) -> Result<(), StoreError> {
        let bot = self.key;
        let ends =
            |(scope, span): (i64, Span)| ([scope], [span.first().unwrap_or(0), span.last().unwrap_or(0)]);
        let (whole, channels): (Rows<1, 2>, Rows<1, 2>) = std::mem::take(&mut self.spans)
            .into_iter()
            .map(ends)
            .partition(|([scope], _)| *scope == EVERYTHING);
        let stored = tables::load_state_span(transaction, bot).await?;
        self.settle(transaction, &tables::STATE_SPAN, stored, whole).await?;
        let stored = tables::load_channel_spans(transaction, bot).await?;
        self.settle(transaction, &tables::CHANNEL_SPANS, stored, channels).await
    }

    /// Notes where a table differs, and replaces that if asked to.
    async fn settle<const K: usize, const V: usize>(
        &mut self,
        transaction: &mut Transaction,
        table: &Table<K, V>,
        stored: Rows<K, V>,
        recounted: Rows<K, V>,
    ) -> Result<(), StoreError> {
        let wrong = table.compare(self.bot, &stored, &recounted, &mut self.differences);
        if self.action == Action::Repair {
            table.replace(transaction, self.key, &wrong).await?;
        }
        Ok(())
    }

    /// Adds one user's activity to the sums of every bucket.
    fn count(&mut self, activity: &user::Activity) {
        let mut last = [(EVERYTHING, NEVER); Tier::ALL.len()];
        for ((scope, quarter), sums) in activity {
            let buckets = *self.buckets.entry(*quarter).or_insert_with(|| {
                Tier::ALL.map(|tier| tier.bucket_start(&self.calendar, Instant::from_ms(*quarter)).as_ms())
            });
            for (place, (tier, bucket)) in Tier::ALL.into_iter().zip(buckets).enumerate() {
                let count = self.counts.entry([*scope, tier_number(tier), bucket]).or_default();
                count[0] += sums.messages;
                count[1] += sums.bot_messages;
                count[2] += sums.sessions;
                let previous = if last[place].0 == *scope { last[place].1 } else { NEVER };
                if sums.messages > 0 && previous != bucket {
                    count[3] += 1;
                    count[4] += i64::from(previous == NEVER);
                    if tier != Tier::Quarter {
                        self.visits.entry([*scope, tier_number(tier), bucket, previous]).or_default()[0] += 1;
                    }
                    last[place] = (*scope, bucket);
                }
            }
        }
    }

    fn widen(&mut self, fact: &RawFact) {
        if fact.kind.is_message() {
            for scope in [EVERYTHING, fact.channel] {
                self.spans.entry(scope).or_insert(Span::EMPTY).widen(fact.at);
            }
        }
    }
}
