//! Derived rows recounted from raw messages, user by user, in one transaction: what `verify` compares and what a
//! change of zone, week start or timeout of a small bot replaces. It shares no code with intake but the session rule
//! itself. [`building`] is how a big bot changes.

pub(crate) mod building;
pub(crate) mod preview;
mod sessions;
mod table;
mod tables;
mod user;

use std::collections::BTreeMap;

use analytics::ids::BotId;
use analytics::instant::Instant;
use analytics::visits::Tier;

use crate::StoreError;
use crate::bots::{StoredBot, load_bot};
use crate::counters::{EVERYTHING, NEVER, Sums, tier_number};
use crate::engine::{Transaction, values};
use crate::rows::Span;
use crate::rules::Side;
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

/// Recounts a bot: what is live, and what a recomputation has built so far beside it. The answer lists what differed.
/// Without such a bot nothing does.
pub(crate) async fn recount(
    transaction: &mut Transaction,
    bot: BotId,
    extent: Extent,
    action: Action,
) -> Result<Vec<Difference>, StoreError> {
    let Some(StoredBot { key, rules, .. }) = load_bot(transaction, bot).await? else {
        return Ok(Vec::new());
    };
    let sql = "select next_user_key from bot_state where bot_key = $1";
    let users_end = transaction.fetch_one(sql, values![key]).await?.int(0)?;
    let mut recount = Recount::new(bot, key, rules.live, action);
    recount.check_side(transaction, extent, users_end).await?;
    if extent == Extent::Everything {
        recount.check_spans(transaction).await?;
    }
    let mut differences = recount.differences;
    if let Some(side) = rules.building() {
        let extent = if side.has_own_sessions { Extent::Sessions } else { Extent::Buckets };
        let mut recount = Recount::new(bot, key, side, action);
        recount.check_side(transaction, extent, users_end.min(side.users_end)).await?;
        differences.append(&mut recount.differences);
    }
    if action == Action::Repair && !differences.is_empty() {
        let sql = "update bot_state set version = version + 1 where bot_key = $1";
        transaction.execute(sql, values![key]).await?;
    }
    Ok(differences)
}

/// The recount of one side so far.
struct Recount {
    bot: BotId,
    key: i64,
    side: Side,
    action: Action,
    /// The buckets of every tier by quarter.
    buckets: BTreeMap<i64, [i64; 4]>,
    counts: Rows<4, 5>,
    visits: Rows<5, 1>,
    /// First and last message by scope.
    spans: BTreeMap<i64, Span>,
    differences: Vec<Difference>,
}

impl Recount {
    fn new(bot: BotId, key: i64, side: Side, action: Action) -> Self {
        Self {
            bot,
            key,
            side,
            action,
            buckets: BTreeMap::new(),
            counts: Rows::new(),
            visits: Rows::new(),
            spans: BTreeMap::new(),
            differences: Vec::new(),
        }
    }

    /// Recounts the users with keys up to `users_end`, and then the counters, which sum over them.
    async fn check_side(
        &mut self,
        transaction: &mut Transaction,
        extent: Extent,
        users_end: i64,
    ) -> Result<(), StoreError> {
        let mut first = 1;
        while first < users_end {
            let next = users_end.min(first + USERS_AT_ONCE);
            match extent {
                Extent::Everything | Extent::Sessions => {
                    self.check_users(transaction, extent, first, next).await?
                }
                Extent::Buckets => self.count_stored(transaction, first, next).await?,
            }
            first = next;
        }
        self.check_counters(transaction).await
    }

    /// Recounts the users with keys from `first` up to `end`.
    async fn check_users(
        &mut self,
        transaction: &mut Transaction,
        extent: Extent,
        first: i64,
        end: i64,
    ) -> Result<(), StoreError> {
        let (bot, Side { rule, revisions, .. }) = (self.key, self.side);
        let facts = user::load_facts(transaction, bot, first, end).await?;
        let (mut opens, mut openings, mut activity) = (Rows::new(), Rows::new(), Rows::new());
        for facts in facts.chunk_by(|one, next| one.user == next.user) {
            let derived = derive(facts, rule.idle_timeout);
            opens.extend(derived.opens_rows(&self.side));
            openings.extend(derived.openings.iter().map(|(session, key)| ([*session], [*key])));
            self.count(&derived.activity);
            facts.iter().for_each(|fact| self.widen(fact));
            activity.extend(derived.activity_rows(facts));
        }
        let stored = sessions::stored_opens(&facts, &self.side);
        self.settle(transaction, &tables::OPENS, stored, opens).await?;
        let stored = tables::load_openings(transaction, bot, first, end).await?;
        self.settle(transaction, &tables::OPENINGS, stored, openings).await?;
        let stored = tables::load_activity(transaction, bot, revisions.sessions, first, end).await?;
        let table = &tables::ACTIVITY[usize::from(revisions.sessions == 1)];
        self.settle(transaction, table, stored, activity).await?;
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
            tables::load_activity(transaction, self.key, self.side.revisions.sessions, first, end).await?
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
        let stored = tables::load_counts(transaction, bot, &self.side).await?;
        self.settle(transaction, &tables::COUNTS, stored, recounted).await?;
        let recounted = std::mem::take(&mut self.visits);
        let stored = tables::load_visits(transaction, bot, &self.side).await?;
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
        let mut last = [(EVERYTHING, NEVER); 4];
        for ((scope, quarter), sums) in activity {
            let buckets = *self.buckets.entry(*quarter).or_insert_with(|| {
                Tier::ALL.map(|tier| {
                    tier.bucket_start(&self.side.rule.calendar, Instant::from_ms(*quarter)).as_ms()
                })
            });
            for (place, (tier, bucket)) in Tier::ALL.into_iter().zip(buckets).enumerate() {
                if tier == Tier::Quarter && !self.side.has_own_sessions {
                    continue;
                }
                let (number, revisions) = (tier_number(tier), self.side.revisions);
                let count =
                    self.counts.entry([revisions.of_counts(number), *scope, number, bucket]).or_default();
                count[0] += sums.messages;
                count[1] += sums.bot_messages;
                count[2] += sums.sessions;
                let previous = if last[place].0 == *scope { last[place].1 } else { NEVER };
                if sums.messages > 0 && previous != bucket {
                    count[3] += 1;
                    count[4] += i64::from(previous == NEVER);
                    if tier != Tier::Quarter {
                        let key = [revisions.local, *scope, number, bucket, previous];
                        self.visits.entry(key).or_default()[0] += 1;
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
