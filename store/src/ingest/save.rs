//! Writes what a batch changes, one statement per table.

use analytics::fact::{FactKind, Message, ModelUse};

use super::activity::Counted;
use super::events_and_models::CountedEventsAndModels;
use super::lines::Links;
use super::names::{Names, SessionNames};
use super::state::{BotState, NewFact, Openings};
use crate::StoreError;
use crate::engine::{Bulk, Transaction, values};
use crate::table_keys::BotKey;

/// All that a batch adds and changes.
#[derive(Debug)]
pub(super) struct Decided<'a> {
    pub(super) names: Names,
    pub(super) sessions: SessionNames,
    pub(super) new: Vec<NewFact<'a>>,
    pub(super) openings: Openings,
    pub(super) links: Links,
    pub(super) counted: Counted,
    pub(super) events_and_models: CountedEventsAndModels,
}

/// Writes everything that a batch adds and changes.
pub(super) async fn save(
    transaction: &mut Transaction,
    state: &BotState,
    decided: &Decided<'_>,
) -> Result<(), StoreError> {
    let Decided { names, sessions, new, openings, links, counted, events_and_models } = decided;
    save_state(transaction, state).await?;
    save_names(transaction, state.bot, names).await?;
    save_sessions(transaction, state.bot, sessions, openings).await?;
    save_facts(transaction, state.bot, new, openings, links).await?;
    save_message_details(transaction, state.bot, new).await?;
    save_event_details(transaction, state.bot, names, new).await?;
    save_moved_openings(transaction, state.bot, new, openings).await?;
    save_moved_links(transaction, state.bot, links).await?;
    save_activity(transaction, state.bot, counted).await?;
    for (counters, set) in counted.counters.iter().zip(&state.sets) {
        counters.save(transaction, state.bot, set).await?;
    }
    events_and_models.save(transaction, state.bot).await
}

async fn save_state(transaction: &mut Transaction, state: &BotState) -> Result<(), StoreError> {
    let sql = "update bot_state set next_user_key = $2, next_session_key = $3, first_message_at = $4,
        last_message_at = $5 where bot_key = $1";
    let (users, sessions) = (state.next_user_key, state.next_session_key);
    let values = values![state.bot, users, sessions, state.span.first(), state.span.last()];
    transaction.execute(sql, values).await?;
    Ok(())
}

async fn save_names(transaction: &mut Transaction, bot: BotKey, names: &Names) -> Result<(), StoreError> {
    let users = names.new_users();
    let bulk = Bulk::new()
        .ints("user_key", users.iter().map(|(key, _)| *key))
        .texts("user_id", users.iter().map(|(_, id)| *id));
    let sql = "insert into users (bot_key, user_key, user_id) select $1, user_key, user_id from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await?;

    let channels: Vec<_> = names.channels.iter().filter(|(_, channel)| channel.is_changed).collect();
    let bulk = Bulk::new()
        .ints("channel_key", channels.iter().map(|(_, channel)| channel.key))
        .texts("name", channels.iter().map(|(name, _)| name.as_str()))
        .ints("first_message_at", channels.iter().map(|(_, channel)| channel.span.first()))
        .ints("last_message_at", channels.iter().map(|(_, channel)| channel.span.last()));
    let sql = "insert into channels (bot_key, channel_key, name, first_message_at, last_message_at)
        select $1, channel_key, name, first_message_at, last_message_at from input where true
        on conflict (bot_key, channel_key) do update set
            first_message_at = excluded.first_message_at, last_message_at = excluded.last_message_at";
    transaction.bulk_execute(sql, values![bot], &bulk).await?;

    let events = &names.events.new;
    let bulk = Bulk::new()
        .ints("event_key", events.iter().map(|(key, _)| *key))
        .texts("name", events.iter().map(|(_, name)| name.as_str()));
    let sql = "insert into event_names (bot_key, event_key, name) select $1, event_key, name from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await?;

    let models = &names.models.new;
    let bulk = Bulk::new()
        .ints("model_key", models.iter().map(|(key, _)| *key))
        .texts("name", models.iter().map(|(_, name)| name.as_str()));
    let sql = "insert into models (bot_key, model_key, name) select $1, model_key, name from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

async fn save_sessions(
    transaction: &mut Transaction,
    bot: BotKey,
    sessions: &SessionNames,
    openings: &Openings,
) -> Result<(), StoreError> {
    let new = sessions.new_sessions();
    let bulk = Bulk::new()
        .ints("session_key", new.iter().map(|(key, _, _)| *key))
        .ints("user_key", new.iter().map(|(_, user, _)| *user))
        .texts("session_id", new.iter().map(|(_, _, id)| *id))
        .ints("opening_key", new.iter().map(|(key, _, _)| openings.of_sessions.get(key).copied()));
    let sql = "insert into sessions (bot_key, session_key, user_key, session_id, opening_key)
        select $1, session_key, user_key, session_id, opening_key from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await?;

    let moved = || openings.of_sessions.iter().filter(|(session, _)| !sessions.is_new(**session));
    let bulk = Bulk::new()
        .ints("session_key", moved().map(|(session, _)| *session))
        .ints("opening_key", moved().map(|(_, opening)| *opening));
    let sql = "update sessions set opening_key = input.opening_key from input
        where sessions.bot_key = $1 and sessions.session_key = input.session_key";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

async fn save_facts(
    transaction: &mut Transaction,
    bot: BotKey,
    new: &[NewFact<'_>],
    openings: &Openings,
    links: &Links,
) -> Result<(), StoreError> {
    let opens = |fact: &NewFact<'_>| openings.opens.get(&fact.key).copied().unwrap_or(0);
    let bulk = Bulk::new()
        .ints("fact_key", new.iter().map(|fact| fact.key))
        .ints("at", new.iter().map(|fact| fact.at))
        .ints("user_key", new.iter().map(|fact| fact.user))
        .ints("channel_key", new.iter().map(|fact| fact.channel))
        .ints("session_key", new.iter().map(|fact| fact.session))
        .ints("kind", new.iter().map(|fact| fact.kind.as_i64()))
        .ints("opens", new.iter().map(opens))
        .texts("id", new.iter().map(|fact| fact.fact.id.as_str()))
        .ints("before_key", new.iter().map(|fact| links.before.get(&fact.key).copied().unwrap_or(0)));
    let sql = "insert into facts
            (fact_key, bot_key, at, user_key, channel_key, session_key, kind, opens, id, before_key)
        select fact_key, $1, at, user_key, channel_key, session_key, kind, opens, id, before_key from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

/// What a message or a model call has beyond what every fact has.
#[derive(Clone, Copy)]
struct Details<'a> {
    key: i64,
    message: Option<&'a Message>,
    used: Option<&'a ModelUse>,
}

impl<'a> Details<'a> {
    /// Most messages have no details, and no row for them.
    fn find(fact: &NewFact<'a>) -> Option<Self> {
        let key = fact.key;
        match &fact.fact.kind {
            FactKind::Message(message) if *message != Message::new(message.direction) => {
                Some(Self { key, message: Some(message), used: message.model_use.as_ref() })
            }
            FactKind::ModelCall(used) if *used != ModelUse::default() => {
                Some(Self { key, message: None, used: Some(used) })
            }
            FactKind::Message(_) | FactKind::Event(_) | FactKind::ModelCall(_) => None,
        }
    }

    /// The columns of `message_details`; what does not fit into one is as much as does.
    fn rows(details: &[Self]) -> Bulk<'a> {
        let message = || details.iter().map(|row| row.message);
        let used = || details.iter().map(|row| row.used);
        let number = |value: Option<u64>| value.map(|value| i64::try_from(value).unwrap_or(i64::MAX));
        Bulk::new()
            .ints("fact_key", details.iter().map(|row| row.key))
            .texts("text", message().map(|message| message.and_then(|message| message.text.as_deref())))
            .texts("intent", message().map(|message| message.and_then(|message| message.intent.as_deref())))
            .ints(
                "handled",
                message().map(|message| message.and_then(|message| message.handled.map(i64::from))),
            )
            .texts("model", used().map(|used| used.and_then(|used| used.model.as_deref())))
            .ints("input_tokens", used().map(|used| used.and_then(|used| number(used.input_tokens))))
            .ints("output_tokens", used().map(|used| used.and_then(|used| number(used.output_tokens))))
            .ints("cost_nano_usd", used().map(|used| used.and_then(|used| used.cost_nano_usd)))
            .ints("latency_ms", used().map(|used| used.and_then(|used| number(used.latency_ms))))
            .ints("model_failed", used().map(|used| used.and_then(|used| used.failed.then_some(1))))
    }
}

async fn save_message_details(
    transaction: &mut Transaction,
    bot: BotKey,
    new: &[NewFact<'_>],
) -> Result<(), StoreError> {
    let details: Vec<Details<'_>> = new.iter().filter_map(Details::find).collect();
    let sql = "insert into message_details (fact_key, bot_key, text, intent, handled, model, input_tokens,
            output_tokens, cost_nano_usd, latency_ms, model_failed)
        select fact_key, $1, text, intent, handled, model, input_tokens, output_tokens, cost_nano_usd, latency_ms,
            model_failed
        from input";
    transaction.bulk_execute(sql, values![bot], &Details::rows(&details)).await
}

async fn save_event_details(
    transaction: &mut Transaction,
    bot: BotKey,
    names: &Names,
    new: &[NewFact<'_>],
) -> Result<(), StoreError> {
    let events = new.iter().filter_map(|fact| match &fact.fact.kind {
        FactKind::Event(event) => Some((fact.key, names.events.key(event.name.as_str()), event)),
        FactKind::Message(_) | FactKind::ModelCall(_) => None,
    });
    let events: Vec<_> = events.collect();
    let bulk = Bulk::new()
        .ints("fact_key", events.iter().map(|(key, _, _)| *key))
        .ints("event_key", events.iter().map(|(_, name, _)| *name))
        .ints("value_nano", events.iter().map(|(_, _, event)| event.value_nano))
        .texts("properties", events.iter().map(|(_, _, event)| event.properties.as_deref()));
    let sql = "insert into event_details (fact_key, bot_key, event_key, value_nano, properties)
        select fact_key, $1, event_key, value_nano, properties from input";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

/// Messages that were stored before the batch and open a session now, or no longer do.
async fn save_moved_openings(
    transaction: &mut Transaction,
    bot: BotKey,
    new: &[NewFact<'_>],
    openings: &Openings,
) -> Result<(), StoreError> {
    let first_new = new.first().map_or(i64::MAX, |fact| fact.key);
    let moved = || openings.opens.iter().filter(|(key, _)| **key < first_new);
    let bulk = Bulk::new()
        .ints("fact_key", moved().map(|(key, _)| *key))
        .ints("opens", moved().map(|(_, opens)| *opens));
    let sql = "update facts set opens = input.opens from input
        where facts.bot_key = $1 and facts.fact_key = input.fact_key";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

/// Facts that were stored before the batch, and come behind one of the batch now.
async fn save_moved_links(
    transaction: &mut Transaction,
    bot: BotKey,
    links: &Links,
) -> Result<(), StoreError> {
    let bulk = Bulk::new()
        .ints("fact_key", links.moved.iter().map(|(key, _)| *key))
        .ints("before_key", links.moved.iter().map(|(_, before)| *before));
    let sql = "update facts set before_key = input.before_key from input
        where facts.bot_key = $1 and facts.fact_key = input.fact_key";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}

async fn save_activity(
    transaction: &mut Transaction,
    bot: BotKey,
    counted: &Counted,
) -> Result<(), StoreError> {
    let rows = &counted.activity;
    let bulk = Bulk::new()
        .ints("scope", rows.keys().map(|key| key.person.scope))
        .ints("user_key", rows.keys().map(|key| key.person.user))
        .ints("quarter", rows.keys().map(|key| key.quarter))
        .ints("messages", rows.values().map(|sums| sums.messages))
        .ints("bot_messages", rows.values().map(|sums| sums.bot_messages))
        .ints("sessions_0", rows.values().map(|sums| sums.sessions[0]))
        .ints("sessions_1", rows.values().map(|sums| sums.sessions[1]))
        .ints("last_key", rows.values().map(|sums| sums.last_key));
    let sql = "insert into activity
            (bot_key, user_key, scope, quarter, messages, bot_messages, sessions_0, sessions_1, last_key)
        select $1, user_key, scope, quarter, messages, bot_messages, sessions_0, sessions_1, last_key
        from input where true
        on conflict (bot_key, user_key, scope, quarter) do update set
            messages = activity.messages + excluded.messages,
            bot_messages = activity.bot_messages + excluded.bot_messages,
            sessions_0 = activity.sessions_0 + excluded.sessions_0,
            sessions_1 = activity.sessions_1 + excluded.sessions_1,
            last_key = coalesce(excluded.last_key, activity.last_key)";
    transaction.bulk_execute(sql, values![bot], &bulk).await
}
