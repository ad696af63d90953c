//! Some users recounted from their raw messages by one rule, joined to what is known of the time before the horizon.

use std::collections::BTreeSet;

use super::tables::{self, OPENS};
use super::user::{Before, derive};
use crate::StoreError;
use crate::counting::activity::{ACTIVITY, load_activity};
use crate::counting::rows::Rows;
use crate::engine::Transaction;
use crate::raw_facts::{RawFact, load_facts};
use crate::retention::horizon;
use crate::rules::Rules;
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{BotKey, ChatLine};

/// The raw facts that are recounted, and for which set of counters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// The bot's key.
    pub(super) bot: BotKey,
    pub(super) set: CounterSet,
    /// Before it the sessions of the live revision are those of all revisions.
    pub(super) horizon: i64,
    pub(super) live: CounterSet,
}

/// The recount of some users.
#[derive(Debug, Default)]
pub(super) struct Recounted {
    pub(super) facts: Vec<RawFact>,
    pub(super) opens: Rows<2, 1>,
    pub(super) openings: Rows<1, 1>,
    pub(super) activity: Rows<3, 3>,
}

impl Source {
    pub(crate) fn new(bot: BotKey, rules: &Rules, set: CounterSet) -> Self {
        Self { bot, set, horizon: rules.horizon, live: rules.live }
    }

    /// Recounts the users with keys from `first` up to `end`.
    pub(super) async fn recount(
        self,
        transaction: &mut Transaction,
        first: i64,
        end: i64,
    ) -> Result<Recounted, StoreError> {
        let facts = load_facts(transaction, self.bot, self.horizon, first, end).await?;
        let before = self.load_before(transaction, &facts, first, end).await?;
        let mut recounted = Recounted::default();
        recounted.openings.extend(before.named.iter().map(|(session, key)| ([*session], [*key])));
        recounted.activity = self.load_past_activity(transaction, first, end).await?;
        for facts in facts.chunk_by(|one, next| one.user == next.user) {
            let derived = derive(facts, &before, self.set.rule.idle_timeout);
            recounted.opens.extend(derived.opens_rows(&self.set));
            recounted.openings.extend(derived.openings.iter().map(|(session, key)| ([*session], [*key])));
            recounted.activity.extend(derived.activity_rows(facts));
        }
        Ok(Recounted { facts, ..recounted })
    }

    /// Puts the sessions of a recount in the place of the stored ones; the answer is the users' activity.
    pub(crate) async fn replace(
        self,
        transaction: &mut Transaction,
        first: i64,
        end: i64,
    ) -> Result<Rows<3, 3>, StoreError> {
        let recounted = self.recount(transaction, first, end).await?;
        let changes = OPENS.changes(&stored_opens(&recounted.facts, &self.set), &recounted.opens);
        OPENS.replace(transaction, self.bot, &changes).await?;
        let revision = self.set.revisions.sessions;
        let stored = load_activity(transaction, self.bot, revision, first, end).await?;
        let table = &ACTIVITY[usize::from(revision == 1)];
        table.replace(transaction, self.bot, &table.changes(&stored, &recounted.activity)).await?;
        Ok(recounted.activity)
    }

    async fn load_before(
        self,
        transaction: &mut Transaction,
        facts: &[RawFact],
        first: i64,
        end: i64,
    ) -> Result<Before, StoreError> {
        if self.horizon == 0 {
            return Ok(Before::default());
        }
        let lines: BTreeSet<ChatLine> = facts.iter().map(RawFact::line).collect();
        let openings = tables::load_openings(transaction, self.bot, self.horizon, first, end).await?;
        let named = openings.into_iter().filter(|(_, [_, is_behind])| *is_behind == 0);
        Ok(Before {
            idle_ends: horizon::load_ends(transaction, self.bot, self.horizon, &lines).await?,
            named: named.map(|([session], [key, _])| (session, key)).collect(),
        })
    }

    /// The users' activity as it is live.
    pub(crate) async fn load_live_activity(
        self,
        transaction: &mut Transaction,
        first: i64,
        end: i64,
    ) -> Result<Rows<3, 3>, StoreError> {
        load_activity(transaction, self.bot, self.live.revisions.sessions, first, end).await
    }

    async fn load_past_activity(
        self,
        transaction: &mut Transaction,
        first: i64,
        end: i64,
    ) -> Result<Rows<3, 3>, StoreError> {
        if self.horizon == 0 {
            return Ok(Rows::new());
        }
        let mut rows = self.load_live_activity(transaction, first, end).await?;
        rows.retain(|[.., quarter], _| *quarter < self.horizon);
        Ok(rows)
    }
}

/// Which facts are stored as ones that open a session.
pub(super) fn stored_opens(facts: &[RawFact], set: &CounterSet) -> Rows<2, 1> {
    let bit = set.revisions.opens_bit();
    facts.iter().filter(|fact| fact.opens & bit != 0).map(|fact| ([fact.key, bit], [1])).collect()
}
