//! What a batch begins with, and what it decides.

use std::collections::HashMap;

use analytics::fact::Fact;
use analytics::ids::BotId;

use crate::StoreError;
use crate::bots::take_turn;
use crate::engine::{Transaction, values};
use crate::rows::{Kind, Span};
use crate::rules::counter_set::CounterSet;
use crate::rules::{Rules, rule_columns};
use crate::table_keys::{BotKey, ChatLine};

/// What intake knows of a bot while it has the turn.
#[derive(Debug)]
pub(super) struct BotState {
    /// Its key.
    pub(super) bot: BotKey,
    /// The live set of counters, and the one that a rebuild is making.
    pub(super) sets: Vec<CounterSet>,
    /// The bits by which `facts.opens` says that a message opens a session by the live rule.
    pub(super) live_opens_bits: i64,
    /// What lies before it is rejected.
    pub(super) horizon: i64,
    pub(super) next_user_key: i64,
    pub(super) next_session_key: i64,
    /// First and last message.
    pub(super) span: Span,
}

/// An accepted fact with its names replaced by keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewFact<'a> {
    pub(super) fact: &'a Fact,
    pub(super) key: i64,
    pub(super) user: i64,
    pub(super) channel: i64,
    pub(super) session: Option<i64>,
    pub(super) kind: Kind,
    pub(super) at: i64,
}

impl NewFact<'_> {
    /// Its user and channel.
    pub(super) fn line(&self) -> ChatLine {
        ChatLine { user: self.user, channel: self.channel }
    }

    /// Whether it is a message in no named session.
    pub(super) fn is_idle(&self) -> bool {
        self.session.is_none() && self.kind.is_message()
    }
}

/// A session that begins to count (+1) or ceases to (−1), where its opening message is or was.
#[derive(Clone, Copy, Debug)]
pub(super) struct SessionChange {
    /// For which set of counters: its place in [`BotState::sets`].
    pub(super) set: usize,
    pub(super) user: i64,
    pub(super) channel: i64,
    pub(super) at: i64,
    pub(super) sessions: i64,
}

/// Which messages open sessions, as far as the batch decides it.
#[derive(Debug, Default)]
pub(super) struct Openings {
    /// By fact key, new and stored ones: the bits of the revisions in which the message opens a session now.
    pub(super) opens: HashMap<i64, i64>,
    pub(super) changes: Vec<SessionChange>,
    /// The opening of named sessions by session key, where it is new or has moved.
    pub(super) of_sessions: HashMap<i64, i64>,
}

impl BotState {
    /// The first statements of every batch: from here on the bot's other writers wait.
    pub(super) async fn load(transaction: &mut Transaction, bot: BotId) -> Result<Self, StoreError> {
        let key = take_turn(transaction, bot).await?.ok_or(StoreError::UnknownBot)?;
        // A statement of its own: PostgreSQL would read `rebuilds` as it was when the wait for the turn began.
        let sql = concat!(
            "select bot_state.next_user_key, next_session_key, first_message_at, last_message_at, ",
            rule_columns!(),
            " from bot_state left join rebuilds on rebuilds.bot_key = $1 where bot_state.bot_key = $1"
        );
        let row = transaction.fetch_one(sql, values![key]).await?;
        let rules = Rules::read(&row)?;
        Ok(Self {
            bot: key,
            next_user_key: row.int("next_user_key")?,
            next_session_key: row.int("next_session_key")?,
            span: Span::from_columns(
                row.optional_int("first_message_at")?,
                row.optional_int("last_message_at")?,
            ),
            sets: rules.sets().collect(),
            live_opens_bits: rules.live_opens_bits(),
            horizon: rules.horizon,
        })
    }

    /// The sets that count a user, with their places.
    pub(super) fn sets_of(&self, user: i64) -> impl Iterator<Item = (usize, &CounterSet)> {
        self.sets.iter().enumerate().filter(move |(_, set)| set.counts(user))
    }

    /// The bits by which `facts.opens` says that a message opens a session for the set at a place.
    pub(super) fn opens_bits(&self, place: usize) -> i64 {
        match place {
            0 => self.live_opens_bits,
            _ => self.sets[place].revisions.opens_bit(),
        }
    }

    /// Takes new messages into the first and the last message.
    pub(super) fn widen(&mut self, new: &[NewFact<'_>]) {
        for fact in new.iter().filter(|fact| fact.kind.is_message()) {
            self.span.widen(fact.at);
        }
    }
}
