//! Per-bot dictionaries: users, channels, names of events and of sessions become small integers.

use std::collections::{HashMap, HashSet};

use analytics::error::RejectionCode;
use analytics::fact::{Fact, FactKind};

use super::dictionary::{Dictionary, model_name, next_key};
use super::state::{BotState, NewFact};
use crate::StoreError;
use crate::engine::{Bulk, Transaction, values};
use crate::rows::Span;
use crate::table_keys::BotKey;

/// Most channels of a bot.
pub(crate) const MAX_CHANNELS: usize = 100;
/// Most names of custom events of a bot.
pub(crate) const MAX_EVENT_NAMES: usize = 500;

/// Most names of language models of a bot.
pub(crate) const MAX_MODELS: usize = 500;

/// What a bot calls its users, channels, events and language models, as far as a batch needs it.
#[derive(Debug, Default)]
pub(super) struct Names {
    users: HashMap<String, i64>,
    first_new_user: i64,
    pub(super) channels: HashMap<String, ChannelRow>,
    pub(super) events: Dictionary,
    pub(super) models: Dictionary,
}

/// A channel with its first and last message.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChannelRow {
    pub(super) key: i64,
    pub(super) span: Span,
    pub(super) is_changed: bool,
}

impl Names {
    /// All channels of the bot, and the names of its events and models when the batch has any.
    pub(super) async fn load(
        transaction: &mut Transaction,
        state: &BotState,
        facts: &[&Fact],
    ) -> Result<Self, StoreError> {
        let mut names = Self::default();
        let sql =
            "select name, channel_key, first_message_at, last_message_at from channels where bot_key = $1";
        for row in transaction.fetch_all(sql, values![state.bot]).await? {
            let span = Span::from_columns(
                row.optional_int("first_message_at")?,
                row.optional_int("last_message_at")?,
            );
            names.channels.insert(
                row.text("name")?,
                ChannelRow { key: row.int("channel_key")?, span, is_changed: false },
            );
        }
        if facts.iter().any(|fact| matches!(fact.kind, FactKind::Event(_))) {
            let sql = "select name, event_key as key from event_names where bot_key = $1";
            names.events = Dictionary::load(transaction, state.bot, sql).await?;
        }
        if facts.iter().any(|fact| fact.kind.model_use().is_some()) {
            let sql = "select name, model_key as key from models where bot_key = $1";
            names.models = Dictionary::load(transaction, state.bot, sql).await?;
        }
        Ok(names)
    }

    /// Makes room for a fact's channel and its name of an event or of a model.
    ///
    /// # Errors
    /// The code of the limit that it would break; nothing is taken up then.
    pub(super) fn admit(&mut self, fact: &Fact) -> Result<(), RejectionCode> {
        let channel = fact.channel.as_str();
        let is_new_channel = !self.channels.contains_key(channel);
        if is_new_channel && self.channels.len() >= MAX_CHANNELS {
            return Err(RejectionCode::TooManyChannels);
        }
        if let FactKind::Event(event) = &fact.kind {
            let name = event.name.as_str();
            if !self.events.has_room(name, MAX_EVENT_NAMES) {
                return Err(RejectionCode::TooManyEvents);
            }
            self.events.add(name);
        }
        if let Some(name) = fact.kind.model_use().map(model_name) {
            if !self.models.has_room(name, MAX_MODELS) {
                return Err(RejectionCode::TooManyModels);
            }
            self.models.add(name);
        }
        if is_new_channel {
            let row = ChannelRow { key: next_key(self.channels.len()), span: Span::EMPTY, is_changed: true };
            self.channels.insert(channel.to_owned(), row);
        }
        Ok(())
    }

    /// The keys of the batch's users, known or newly given.
    pub(super) async fn load_users(
        &mut self,
        transaction: &mut Transaction,
        state: &mut BotState,
        accepted: &[&Fact],
    ) -> Result<(), StoreError> {
        let mut seen = HashSet::new();
        let ids: Vec<&str> =
            accepted.iter().map(|fact| fact.user_id.as_str()).filter(|id| seen.insert(*id)).collect();
        let bulk = Bulk::new().ints("place", (0_i64..).take(ids.len())).texts("user_id", ids.iter().copied());
        let sql = "select input.place, users.user_key from input
            left join users on users.bot_key = $1 and users.user_id = input.user_id";
        for row in transaction.bulk_fetch(sql, values![state.bot], &bulk).await? {
            if let Some(key) = row.optional_int("user_key")? {
                self.users.insert(ids[row.place("place")?].to_owned(), key);
            }
        }
        self.first_new_user = state.next_user_key;
        for id in ids {
            self.users.entry(id.to_owned()).or_insert_with(|| {
                state.next_user_key += 1;
                state.next_user_key - 1
            });
        }
        Ok(())
    }

    /// The least key of a user who was unknown before the batch.
    pub(super) fn first_new_user(&self) -> i64 {
        self.first_new_user
    }

    /// Users who were unknown before the batch, in order of their keys.
    pub(super) fn new_users(&self) -> Vec<(i64, &str)> {
        let new = self.users.iter().filter(|(_, key)| **key >= self.first_new_user);
        let mut new: Vec<_> = new.map(|(id, key)| (*key, id.as_str())).collect();
        new.sort_unstable();
        new
    }

    pub(super) fn user_key(&self, id: &str) -> Option<i64> {
        self.users.get(id).copied()
    }

    pub(super) fn channel_key(&self, name: &str) -> Option<i64> {
        self.channels.get(name).map(|channel| channel.key)
    }

    /// Takes the batch's messages into the first and last message of their channels.
    pub(super) fn widen(&mut self, new: &[NewFact<'_>]) {
        for fact in new.iter().filter(|fact| fact.kind.is_message()) {
            if let Some(channel) = self.channels.get_mut(fact.fact.channel.as_str()) {
                channel.is_changed |= channel.span.widen(fact.at);
            }
        }
    }
}

/// The batch's named sessions.
#[derive(Debug, Default)]
pub(super) struct SessionNames {
    keys: HashMap<(i64, String), i64>,
    first_new: i64,
    /// The stored opening by session key.
    pub(super) openings: HashMap<i64, StoredOpening>,
}

/// The message that opened a named session before the batch.
#[derive(Clone, Debug)]
pub(super) struct StoredOpening {
    pub(super) key: i64,
    pub(super) at: i64,
    pub(super) id: String,
    pub(super) channel: i64,
}

impl SessionNames {
    /// The keys of the batch's sessions, known or newly given, and the openings of the known ones.
    pub(super) async fn load(
        transaction: &mut Transaction,
        state: &mut BotState,
        names: &Names,
        accepted: &[&Fact],
    ) -> Result<Self, StoreError> {
        let mut sessions = Self { first_new: state.next_session_key, ..Self::default() };
        let mut wanted = Vec::new();
        for fact in accepted {
            let user = names.user_key(fact.user_id.as_str());
            wanted.extend(user.zip(fact.session_id.as_ref().map(|id| id.as_str())));
        }
        let mut seen = HashSet::new();
        wanted.retain(|session| seen.insert(*session));
        sessions.load_known(transaction, state.bot, &wanted).await?;
        for (user, id) in wanted {
            sessions.keys.entry((user, id.to_owned())).or_insert_with(|| {
                state.next_session_key += 1;
                state.next_session_key - 1
            });
        }
        Ok(sessions)
    }

    async fn load_known(
        &mut self,
        transaction: &mut Transaction,
        bot: BotKey,
        wanted: &[(i64, &str)],
    ) -> Result<(), StoreError> {
        let bulk = Bulk::new()
            .ints("place", (0_i64..).take(wanted.len()))
            .ints("user_key", wanted.iter().map(|(user, _)| *user))
            .texts("session_id", wanted.iter().map(|(_, id)| *id));
        let sql =
            "select input.place, sessions.session_key, sessions.opening_key, facts.at, facts.id, facts.channel_key
            from input
            left join sessions on sessions.bot_key = $1 and sessions.user_key = input.user_key
                and sessions.session_id = input.session_id
            left join facts on facts.bot_key = $1 and facts.fact_key = sessions.opening_key";
        for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
            let Some(session) = row.optional_int("session_key")? else { continue };
            let (user, id) = wanted[row.place("place")?];
            self.keys.insert((user, id.to_owned()), session);
            if let Some(key) = row.optional_int("opening_key")? {
                // A message that is gone lay before the horizon, and so before everything that may come.
                let opening = StoredOpening {
                    key,
                    at: row.optional_int("at")?.unwrap_or(i64::MIN),
                    id: row.optional_text("id")?.unwrap_or_default(),
                    channel: row.optional_int("channel_key")?.unwrap_or_default(),
                };
                self.openings.insert(session, opening);
            }
        }
        Ok(())
    }

    pub(super) fn key(&self, user: i64, id: &str) -> Option<i64> {
        self.keys.get(&(user, id.to_owned())).copied()
    }

    /// Whether a session was unknown before the batch.
    pub(super) fn is_new(&self, session: i64) -> bool {
        session >= self.first_new
    }

    /// Sessions that were unknown before the batch, as (key, user, id), in order of their keys.
    pub(super) fn new_sessions(&self) -> Vec<(i64, i64, &str)> {
        let new = self.keys.iter().filter(|(_, key)| self.is_new(**key));
        let mut new: Vec<_> = new.map(|((user, id), key)| (*key, *user, id.as_str())).collect();
        new.sort_unstable();
        new
    }
}
