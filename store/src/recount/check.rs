//! The recount of a bot, compared with what is stored.

use std::collections::BTreeMap;

use analytics::ids::BotId;
use analytics::visits::Tier;

use super::comparison::{Action, Comparison};
use super::events_and_models::{EventAndModelCounters, RecountedBuckets};
use super::sessions::{self, Source};

use super::{links, tables};
use crate::StoreError;
use crate::bots::{StoredBot, load_bot};
use crate::counting::activity::{ACTIVITY, count_moved_sessions, load_activity};
use crate::counting::hourly_copy::HourlyCopy;
use crate::counting::messages::{
    COUNTS, Count, CountKey, Counters, VISITS, VisitKey, load_counts, load_visits,
};
use crate::counting::rows::{Rows, add_row};
use crate::difference::Difference;
use crate::engine::{Transaction, values};
use crate::raw_facts::RawFact;
use crate::rows::Span;
use crate::table_keys::{EVERYTHING, NEVER, tier_number};

/// How many users are in memory at once.
const USERS_AT_ONCE: i64 = 256;

/// What a recount begins with and how far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// From the raw messages, everything that is derived.
    Everything,
    /// The same but for what depends on no setting: how facts are found by their user.
    Sessions,
    /// From the activity as it is stored, what depends on the calendar: a tenth of the work.
    Buckets,
}

/// Recounts a bot: the live counters, and as much as a rebuild has made of the new ones. The answer lists what differed.
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
    let users_end = transaction.fetch_one(sql, values![key]).await?.int("next_user_key")?;
    let mut recount = Recount::new(bot, Source::new(key, &rules, rules.live), action);
    recount.check_set(transaction, extent, users_end).await?;
    if extent == Extent::Everything {
        recount.check_spans(transaction).await?;
        recount.check_links(transaction).await?;
    }
    let mut differences = recount.comparison.differences;
    if let Some(set) = rules.being_built() {
        let extent = if set.owns_sessions() { Extent::Sessions } else { Extent::Buckets };
        let mut recount = Recount::new(bot, Source::new(key, &rules, set), action);
        recount.check_set(transaction, extent, users_end.min(set.built.users_end())).await?;
        differences.append(&mut recount.comparison.differences);
    }
    Ok(differences)
}

/// The recount of one set so far.
struct Recount {
    source: Source,
    comparison: Comparison,
    buckets: RecountedBuckets,
    counts: Rows<4, 5>,
    visits: Rows<5, 1>,
    events_and_models: EventAndModelCounters,
    /// First and last message by scope.
    spans: BTreeMap<i64, Span>,
    /// How many facts are linked to those around them.
    linked: i64,
}

impl Recount {
    fn new(bot: BotId, source: Source, action: Action) -> Self {
        Self {
            comparison: Comparison::new(bot, source.bot, action),
            source,
            buckets: RecountedBuckets::new(source.set.rule.calendar),
            counts: Rows::new(),
            visits: Rows::new(),
            events_and_models: EventAndModelCounters::default(),
            spans: BTreeMap::new(),
            linked: 0,
        }
    }

    /// Recounts the users with keys up to `users_end`, and then the counters, which sum over them.
    async fn check_set(
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
                Extent::Buckets if self.source.set.built.copied_to().is_none() => {
                    self.count_stored(transaction, first, next).await?
                }
                Extent::Buckets => {}
            }
            // Otherwise the users' facts were there to recount them.
            if extent != Extent::Everything && self.source.set.owns_calendar() {
                self.events_and_models
                    .count_stored(transaction, &self.source, &mut self.buckets, first, next)
                    .await?;
            }
            first = next;
        }
        self.copy_live(transaction).await?;
        self.check_counters(transaction).await?;
        if self.source.set.owns_calendar() {
            self.events_and_models.check_counters(transaction, &self.source, &mut self.comparison).await?;
        }
        Ok(())
    }

    /// Recounts the users with keys from `first` up to `end`.
    async fn check_users(
        &mut self,
        transaction: &mut Transaction,
        extent: Extent,
        first: i64,
        end: i64,
    ) -> Result<(), StoreError> {
        let bot = self.source.bot;
        let recounted = self.source.recount(transaction, first, end).await?;
        let set = self.source.set;
        let (facts, revision) = (recounted.facts, set.revisions.sessions);
        facts.iter().for_each(|fact| self.widen(fact));
        match set.built.copied_to() {
            None => self.count(&recounted.activity),
            Some(_) => {
                let live = self.source.load_live_activity(transaction, first, end).await?;
                self.add(count_moved_sessions(&set, &live, &recounted.activity, 1));
            }
        }
        let stored = sessions::stored_opens(&facts, &set);
        self.comparison.compare_and_repair(transaction, &tables::OPENS, stored, recounted.opens).await?;
        let stored = tables::load_openings(transaction, bot, self.source.horizon, first, end).await?;
        let stored = stored.into_iter().map(|(session, [key, _])| (session, [key])).collect();
        self.comparison
            .compare_and_repair(transaction, &tables::OPENINGS, stored, recounted.openings)
            .await?;
        let stored = load_activity(transaction, bot, revision, first, end).await?;
        let table = &ACTIVITY[usize::from(revision == 1)];
        self.comparison.compare_and_repair(transaction, table, stored, recounted.activity).await?;
        if extent == Extent::Everything {
            self.linked += links::count_linked(&facts);
            self.check_events_and_models(transaction, &facts, first, end).await?;
        }
        Ok(())
    }

    /// Recounts events and model use from raw facts, and compares.
    async fn check_events_and_models(
        &mut self,
        transaction: &mut Transaction,
        facts: &[RawFact],
        first: i64,
        end: i64,
    ) -> Result<(), StoreError> {
        let Self { events_and_models, source, buckets, comparison, .. } = self;
        events_and_models.check_users(transaction, source, buckets, comparison, facts, first..end).await
    }

    /// Compares how many facts are found through their links with how many there are.
    async fn check_links(&mut self, transaction: &mut Transaction) -> Result<(), StoreError> {
        let Source { bot, horizon, .. } = self.source;
        let sql = "select count(*) as facts from facts where bot_key = $1 and at >= $2";
        let recounted = transaction.fetch_one(sql, values![bot, horizon]).await?.int("facts")?;
        self.comparison.compare_number("facts.before_key of all", self.linked, recounted);
        Ok(())
    }

    /// Takes the stored activity of users as it is.
    async fn count_stored(
        &mut self,
        transaction: &mut Transaction,
        first: i64,
        end: i64,
    ) -> Result<(), StoreError> {
        let Source { bot, set, .. } = self.source;
        let activity = load_activity(transaction, bot, set.revisions.sessions, first, end).await?;
        self.count(&activity);
        Ok(())
    }

    /// Adds the counters that were copied from the live ones, if any were.
    async fn copy_live(&mut self, transaction: &mut Transaction) -> Result<(), StoreError> {
        let Source { bot, set, live, .. } = self.source;
        let Some(end) = set.built.copied_to() else { return Ok(()) };
        let mut copy = HourlyCopy::new(&set, end);
        for ([_, scope, tier, bucket], values) in load_counts(transaction, bot, &live).await? {
            copy.add_count(CountKey { scope, tier, bucket }, Count::from(values));
        }
        for ([_, scope, tier, bucket, previous], [users]) in load_visits(transaction, bot, &live).await? {
            copy.add_visits(VisitKey { scope, tier, bucket, previous }, users);
        }
        self.add(copy.finish());
        Ok(())
    }

    /// Adds counters to what this set has of its own.
    fn add(&mut self, counters: Counters) {
        let set = self.source.set;
        counters.count_rows(&set).for_each(|(key, count)| add_row(&mut self.counts, key, count));
        counters.visit_rows(&set).for_each(|(key, users)| add_row(&mut self.visits, key, users));
    }

    /// Compares the counters, which sum over all users.
    async fn check_counters(&mut self, transaction: &mut Transaction) -> Result<(), StoreError> {
        let Source { bot, set, .. } = self.source;
        let recounted = std::mem::take(&mut self.counts);
        let stored = load_counts(transaction, bot, &set).await?;
        self.comparison.compare_and_repair(transaction, &COUNTS.table, stored, recounted).await?;
        let recounted = std::mem::take(&mut self.visits);
        let stored = load_visits(transaction, bot, &set).await?;
        self.comparison.compare_and_repair(transaction, &VISITS.table, stored, recounted).await
    }

    /// Compares the first and last messages.
    async fn check_spans(&mut self, transaction: &mut Transaction) -> Result<(), StoreError> {
        let bot = self.source.bot;
        let ends =
            |(scope, span): (i64, Span)| ([scope], [span.first().unwrap_or(0), span.last().unwrap_or(0)]);
        let state = tables::load_state_span(transaction, bot).await?;
        let stored = tables::load_channel_spans(transaction, bot).await?;
        // What lies before the horizon cannot be recounted, and stands.
        for ([scope], ends) in state.iter().chain(&stored) {
            for at in ends.iter().filter(|at| **at < self.source.horizon) {
                self.spans.entry(*scope).or_insert(Span::EMPTY).widen(*at);
            }
        }
        let (whole, channels): (Rows<1, 2>, Rows<1, 2>) = std::mem::take(&mut self.spans)
            .into_iter()
            .map(ends)
            .partition(|([scope], _)| *scope == EVERYTHING);
        self.comparison.compare_and_repair(transaction, &tables::STATE_SPAN, state, whole).await?;
        self.comparison.compare_and_repair(transaction, &tables::CHANNEL_SPANS, stored, channels).await
    }

    /// Adds the activity of users to the sums of every bucket.
    fn count(&mut self, activity: &Rows<3, 3>) {
        let set = self.source.set;
        let revisions = set.revisions;
        let mut line = None;
        let mut last = [NEVER; Tier::ALL.len()];
        for ([scope, user, quarter], sums) in activity {
            if line.replace((scope, user)) != Some((scope, user)) {
                last = [NEVER; Tier::ALL.len()];
            }
            let buckets = self.buckets.of(*quarter);
            for (last, (tier, bucket)) in last.iter_mut().zip(Tier::ALL.into_iter().zip(buckets)) {
                let number = tier_number(tier);
                if !set.owns_counts(number) {
                    continue;
                }
                let key = [revisions.of_counts(number), *scope, number, bucket];
                let count = self.counts.entry(key).or_default();
                (0..3).for_each(|column| count[column] += sums[column]);
                if sums[0] > 0 && *last != bucket {
                    count[3] += 1;
                    count[4] += i64::from(*last == NEVER);
                    if tier != Tier::Quarter && set.owns_visits(number) {
                        let key = [revisions.of_visits(number), *scope, number, bucket, *last];
                        self.visits.entry(key).or_default()[0] += 1;
                    }
                    *last = bucket;
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
