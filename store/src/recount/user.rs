//! All that follows from one user's facts, as a pure function.

use std::collections::BTreeMap;

use analytics::fact::Direction;
use analytics::instant::{Instant, TimeRange};
use analytics::session::{IdleFold, Turn, find_opener, openings};
use analytics::settings::IdleTimeout;

use super::sessions::Before;
use crate::StoreError;
use crate::counters::{EVERYTHING, Sums};
use crate::engine::{Row, Transaction, values};
use crate::rows::Kind;
use crate::rules::Side;

/// What a user did, by scope and quarter.
pub(super) type Activity = BTreeMap<(i64, i64), Sums>;

/// A stored fact.
#[derive(Clone, Debug)]
pub(crate) struct RawFact {
    pub(crate) key: i64,
    pub(super) user: i64,
    pub(super) channel: i64,
    pub(super) at: i64,
    pub(crate) kind: Kind,
    pub(super) session: Option<i64>,
    /// The bits of the revisions in which it is stored as one that opens a session.
    pub(super) opens: i64,
    pub(super) id: String,
    /// The fact before it on the same channel, which may be gone; 0 is none.
    pub(super) before_key: i64,
}

/// What follows from one user's facts.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// Keys of the messages that open a session.
    pub(super) opens: Vec<i64>,
    /// The opening message of each named session that has one.
    pub(super) openings: BTreeMap<i64, i64>,
    pub(super) activity: Activity,
}

/// The facts behind the horizon of the users with keys from `first` up to `end`, user by user, each channel in order:
/// every quarter's from its last one backwards.
pub(crate) async fn load_facts(
    transaction: &mut Transaction,
    bot: i64,
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
    bot: i64,
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

/// Messages by user and channel, as the session rule takes them.
pub(crate) fn group_by_line(facts: &[RawFact]) -> BTreeMap<(i64, i64), Vec<(Turn<'_>, &RawFact)>> {
    let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for fact in facts {
        let Some(direction) = fact.kind.direction() else { continue };
        let turn = Turn { at: Instant::from_ms(fact.at), direction, id: &fact.id };
        lines.entry((fact.user, fact.channel)).or_default().push((turn, fact));
    }
    lines
}

/// A fact from the columns that [`load_facts`] selects.
fn read_fact(row: &Row) -> Result<RawFact, StoreError> {
    Ok(RawFact {
        key: row.int(0)?,
        user: row.int(1)?,
        channel: row.int(2)?,
        at: row.int(3)?,
        kind: Kind::from_i64(row.int(4)?)?,
        session: row.optional_int(5)?,
        opens: row.int(6)?,
        id: row.text(7)?,
        before_key: row.int(8)?,
    })
}

/// Recounts one user.
pub(super) fn derive(facts: &[RawFact], before: &Before, timeout: IdleTimeout) -> Derived {
    let mut derived = Derived::default();
    let mut idle: BTreeMap<i64, Vec<(Turn<'_>, &RawFact)>> = BTreeMap::new();
    let mut named: BTreeMap<i64, Vec<(Turn<'_>, &RawFact)>> = BTreeMap::new();
    for fact in facts {
        let Some(direction) = fact.kind.direction() else { continue };
        let turn = Turn { at: Instant::from_ms(fact.at), direction, id: &fact.id };
        match fact.session {
            Some(session) if before.named.contains_key(&session) => {}
            Some(session) => named.entry(session).or_default().push((turn, fact)),
            None => idle.entry(fact.channel).or_default().push((turn, fact)),
        }
        derived.add(fact, direction);
    }
    let user = facts.first().map_or(0, |fact| fact.user);
    for (channel, turns) in &mut idle {
        for fact in find_idle_openings(before.fold(user, *channel), turns, timeout) {
            derived.open(fact);
        }
    }
    for (session, turns) in &named {
        let opener = find_opener(turns.iter().map(|(turn, _)| turn));
        if let Some((_, fact)) = turns.iter().find(|(turn, _)| Some(turn) == opener) {
            derived.open(fact);
            derived.openings.insert(*session, fact.key);
        }
    }
    derived
}

/// The messages of one user on one channel that open an idle session, continuing where `fold` stands; sorts them.
pub(super) fn find_idle_openings<'a>(
    fold: IdleFold,
    turns: &mut [(Turn<'a>, &'a RawFact)],
    timeout: IdleTimeout,
) -> Vec<&'a RawFact> {
    turns.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    let opened = openings(fold, turns.iter().map(|(turn, _)| turn), timeout);
    turns.iter().zip(opened).filter(|(_, opens)| *opens).map(|((_, fact), _)| *fact).collect()
}

impl Derived {
    /// As rows of [`super::tables::OPENS`].
    pub(super) fn opens_rows(&self, side: &Side) -> impl Iterator<Item = ([i64; 2], [i64; 1])> {
        let bit = side.revisions.opens_bit();
        self.opens.iter().map(move |key| ([*key, bit], [1]))
    }

    /// As rows of [`super::tables::ACTIVITY`] of the user whose facts these are.
    pub(super) fn activity_rows(&self, facts: &[RawFact]) -> impl Iterator<Item = ([i64; 3], [i64; 3])> {
        let user = facts.first().map_or(0, |fact| fact.user);
        let rows = self.activity.iter();
        rows.map(move |((scope, quarter), sums)| {
            ([*scope, user, *quarter], [sums.messages, sums.bot_messages, sums.sessions])
        })
    }

    fn add(&mut self, fact: &RawFact, direction: Direction) {
        let one = match direction {
            Direction::Incoming => Sums { messages: 1, ..Sums::default() },
            Direction::Outgoing => Sums { bot_messages: 1, ..Sums::default() },
        };
        self.add_sums(fact, one);
    }

    fn open(&mut self, fact: &RawFact) {
        self.opens.push(fact.key);
        self.add_sums(fact, Sums { sessions: 1, ..Sums::default() });
    }

    fn add_sums(&mut self, fact: &RawFact, sums: Sums) {
        let quarter = Instant::from_ms(fact.at).quarter().as_ms();
        for scope in [EVERYTHING, fact.channel] {
            *self.activity.entry((scope, quarter)).or_default() += sums;
        }
    }
}
