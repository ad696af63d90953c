//! Raw facts as they are stored, found through their links.

use std::collections::BTreeMap;

use analytics::instant::{Instant, TimeRange};
use analytics::session::Turn;

use crate::StoreError;
use crate::engine::{Row, Transaction, values};
use crate::rows::Kind;
use crate::table_keys::{BotKey, ChatLine};

/// A stored fact.
#[derive(Clone, Debug)]
pub(crate) struct RawFact {
    pub(crate) key: i64,
    pub(crate) user: i64,
    pub(crate) channel: i64,
    pub(crate) at: i64,
    pub(crate) kind: Kind,
    pub(crate) session: Option<i64>,
    /// The bits of the revisions in which it is stored as one that opens a session.
    pub(crate) opens: i64,
    pub(crate) id: String,
    /// The fact before it on the same channel, which may be gone; 0 is none.
    pub(crate) before_key: i64,
}

impl RawFact {
    /// Its user and channel.
    pub(crate) fn line(&self) -> ChatLine {
        ChatLine { user: self.user, channel: self.channel }
    }
}

/// The facts behind the horizon of the users with keys from `first` up to `end`, user by user, each channel in order:
/// every quarter's from its last one backwards.
pub(crate) async fn load_facts(
    transaction: &mut Transaction,
    bot: BotKey,
    horizon: i64,
    first: i64,
    end: i64,
) -> Result<Vec<RawFact>, StoreError> {
    let sql = "
        with recursive walk as (
            select facts.*, activity.quarter from activity
            left join facts on facts.bot_key = $1 and facts.fact_key = activity.last_key
            where activity.bot_key = $1 and activity.user_key >= $2 and activity.user_key < $3
            union all
            select facts.*, walk.quarter from walk
            left join facts on facts.bot_key = $1 and facts.fact_key = walk.before_key
                and facts.at >= walk.quarter and (facts.at, facts.fact_key) < (walk.at, walk.fact_key)
            where walk.before_key > 0
        )
        select fact_key, user_key, channel_key, at, kind, session_key, opens, id, before_key from walk
        where at >= $4 order by user_key, channel_key, at, fact_key";
    let rows = transaction.fetch_all(sql, values![bot, first, end, horizon]).await?;
    rows.iter().map(read_fact).collect()
}

/// Every message without session id of whoever has one in `range` on the same channel: from their last incoming message
/// before the range on, or from the horizon, to the range's end, which is a quarter's. Behind an incoming message nothing
/// earlier matters.
pub(crate) async fn load_lines(
    transaction: &mut Transaction,
    bot: BotKey,
    range: TimeRange,
    horizon: i64,
) -> Result<Vec<RawFact>, StoreError> {
    let sql = "
        with recursive lines as materialized (
            select distinct +user_key as user_key, +channel_key as channel_key from facts
            where bot_key = $1 and at >= $2 and at < $3 and kind < 2 and session_key is null
        ),
        walk as (
            select facts.* from lines
            left join facts on facts.bot_key = $1 and facts.fact_key = (
                select a.last_key from activity as a where a.bot_key = $1 and a.user_key = lines.user_key
                    and a.scope = lines.channel_key and a.quarter < $3 order by a.quarter desc limit 1)
            union all
            select facts.* from walk
            left join facts on facts.bot_key = $1 and facts.fact_key = walk.before_key
                and facts.at >= $4 and (facts.at, facts.fact_key) < (walk.at, walk.fact_key)
            where walk.before_key > 0
                and not (walk.at < $2 and walk.kind = 0 and walk.session_key is null)
        )
        select fact_key, user_key, channel_key, at, kind, session_key, opens, id, before_key from walk
        where kind < 2 and session_key is null";
    let values = values![bot, range.start.as_ms(), range.end.as_ms(), horizon];
    transaction.fetch_all(sql, values).await?.iter().map(read_fact).collect()
}

/// Messages by line, as the session rule takes them.
pub(crate) fn group_by_line(facts: &[RawFact]) -> BTreeMap<ChatLine, Vec<(Turn<'_>, &RawFact)>> {
    let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for fact in facts {
        let Some(direction) = fact.kind.direction() else { continue };
        let turn = Turn { at: Instant::from_ms(fact.at), direction, id: &fact.id };
        lines.entry(fact.line()).or_default().push((turn, fact));
    }
    lines
}

/// A fact from the columns that [`load_facts`] selects.
fn read_fact(row: &Row) -> Result<RawFact, StoreError> {
    Ok(RawFact {
        key: row.int("fact_key")?,
        user: row.int("user_key")?,
        channel: row.int("channel_key")?,
        at: row.int("at")?,
        kind: row.kind("kind")?,
        session: row.optional_int("session_key")?,
        opens: row.int("opens")?,
        id: row.text("id")?,
        before_key: row.int("before_key")?,
    })
}
