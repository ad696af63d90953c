//! Derived rows beside the counters, and how to load them: which facts open sessions, and first and last messages.

use crate::StoreError;
use crate::counting::rows::{Rows, read_rows};
use crate::counting::table::Table;
use crate::engine::{Transaction, values};
use crate::table_keys::BotKey;

pub(super) const OPENS: Table<2, 1> = Table {
    name: "facts",
    keys: ["fact_key", "bit"],
    values: ["opens"],
    upsert: "update facts
        set opens = case when input.opens = 1 then facts.opens | input.bit else facts.opens & ~input.bit end
        from input where facts.bot_key = $1 and facts.fact_key = input.fact_key",
    delete: None,
};

pub(super) const OPENINGS: Table<1, 1> = Table {
    name: "sessions",
    keys: ["session_key"],
    values: ["opening_key"],
    upsert: "update sessions set opening_key = nullif(input.opening_key, 0) from input
        where sessions.bot_key = $1 and sessions.session_key = input.session_key",
    delete: None,
};

pub(super) const STATE_SPAN: Table<1, 2> = Table {
    name: "bot_state",
    keys: ["scope"],
    values: ["first_message_at", "last_message_at"],
    upsert: "update bot_state set first_message_at = nullif(input.first_message_at, 0),
            last_message_at = nullif(input.last_message_at, 0)
        from input where bot_state.bot_key = $1 and input.scope = 0",
    delete: None,
};

pub(super) const CHANNEL_SPANS: Table<1, 2> = Table {
    name: "channels",
    keys: ["channel_key"],
    values: ["first_message_at", "last_message_at"],
    upsert: "update channels set first_message_at = nullif(input.first_message_at, 0),
            last_message_at = nullif(input.last_message_at, 0)
        from input where channels.bot_key = $1 and channels.channel_key = input.channel_key",
    delete: None,
};

/// The openings of named sessions of the users from `first` up to `end`; with each, whether it lies behind the horizon.
pub(super) async fn load_openings(
    transaction: &mut Transaction,
    bot: BotKey,
    horizon: i64,
    first: i64,
    end: i64,
) -> Result<Rows<1, 2>, StoreError> {
    let sql = "select sessions.session_key, sessions.opening_key,
            case when $2 = 0 or facts.at >= $2 then 1 else 0 end as is_behind
        from sessions left join facts on facts.bot_key = $1 and facts.fact_key = sessions.opening_key
        where sessions.bot_key = $1 and sessions.user_key >= $3 and sessions.user_key < $4
            and sessions.opening_key is not null";
    let rows = transaction.fetch_all(sql, values![bot, horizon, first, end]).await?;
    read_rows(&rows, OPENINGS.keys, ["opening_key", "is_behind"])
}

pub(super) async fn load_state_span(
    transaction: &mut Transaction,
    bot: BotKey,
) -> Result<Rows<1, 2>, StoreError> {
    let sql = "select 0 as scope, first_message_at, last_message_at from bot_state
        where bot_key = $1 and first_message_at is not null";
    let rows = transaction.fetch_all(sql, values![bot]).await?;
    read_rows(&rows, STATE_SPAN.keys, STATE_SPAN.values)
}

pub(super) async fn load_channel_spans(
    transaction: &mut Transaction,
    bot: BotKey,
) -> Result<Rows<1, 2>, StoreError> {
    let sql = "select channel_key, first_message_at, last_message_at from channels
        where bot_key = $1 and first_message_at is not null";
    let rows = transaction.fetch_all(sql, values![bot]).await?;
    read_rows(&rows, CHANNEL_SPANS.keys, CHANNEL_SPANS.values)
}
