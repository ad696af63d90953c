//! Idle sessions: a message without session id can change only itself and the next incoming one of its user and
//! channel. So each new message is decided in a window from the incoming message before it to the one after it.

use std::collections::{BTreeMap, BTreeSet};

use analytics::instant::Instant;
use analytics::session::IdleFold;

use super::batch::{BotState, NewFact, Openings, SessionChange};
use crate::StoreError;
use crate::engine::{Bulk, Transaction, values};
use crate::retention::horizon;
use crate::rows::Kind;

/// One user on one channel.
type Line = (i64, i64);

/// The stretch of a line that is decided anew: behind `after`, up to and with `until`.
#[derive(Clone, Copy, Debug)]
struct Window {
    line: Line,
    after: i64,
    until: i64,
    /// The latest message of the session that is open where the stretch begins, if one is.
    open: Option<i64>,
}

/// A message in a window. In this order the session rule takes them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    at: i64,
    kind: Kind,
    id: String,
    key: i64,
    /// The bits of the revisions in which it opened a session before the batch.
    opened: i64,
}

/// Decides which idle messages open a session, new ones and stored ones that follow them.
pub(super) async fn decide(
    transaction: &mut Transaction,
    state: &BotState,
    first_new_user: i64,
    new: &[NewFact<'_>],
    openings: &mut Openings,
) -> Result<(), StoreError> {
    let new: Vec<&NewFact<'_>> =
        new.iter().filter(|fact| fact.session.is_none() && fact.kind.is_message()).collect();
    let windows = find_windows(transaction, state, first_new_user, &new).await?;
    let mut turns = load_turns(transaction, state.bot, &windows).await?;
    let mut by_line: BTreeMap<Line, Vec<usize>> = BTreeMap::new();
    for (place, window) in windows.iter().enumerate() {
        by_line.entry(window.line).or_default().push(place);
    }
    for fact in new {
        let places = by_line.get(&(fact.user, fact.channel)).map_or(&[][..], Vec::as_slice);
        let holds = |place: &&usize| windows[**place].after < fact.at && fact.at <= windows[**place].until;
        if let Some(&place) = places.iter().find(holds) {
            turns[place].push(Turn {
                at: fact.at,
                kind: fact.kind,
                id: fact.fact.id.as_str().to_owned(),
                key: fact.key,
                opened: 0,
            });
        }
    }
    for (window, mut turns) in windows.into_iter().zip(turns) {
        turns.sort_unstable();
        fold_window(state, window, &turns, openings);
    }
    Ok(())
}

fn fold_window(state: &BotState, window: Window, turns: &[Turn], openings: &mut Openings) {
    let (user, channel) = window.line;
    for (side, counted) in state.sides_of(user) {
        let bit = counted.revisions.opens_bit();
        let open = window.open.map(|last| IdleFold::behind(Instant::from_ms(last)));
        let mut fold = open.unwrap_or_default();
        for turn in turns {
            let Some(direction) = turn.kind.direction() else { continue };
            let opens = fold.step(Instant::from_ms(turn.at), direction, counted.rule.idle_timeout);
            if opens != (turn.opened & bit != 0) {
                let bits = openings.opens.entry(turn.key).or_insert(turn.opened);
                *bits = if opens { *bits | bit } else { *bits & !bit };
                let sessions = if opens { 1 } else { -1 };
                openings.changes.push(SessionChange { side, user, channel, at: turn.at, sessions });
            }
        }
    }
}

/// The windows of new messages, merged where they overlap, in order of line and time.
async fn find_windows(
    transaction: &mut Transaction,
    state: &BotState,
    first_new_user: i64,
    new: &[&NewFact<'_>],
) -> Result<Vec<Window>, StoreError> {
    let incoming = load_incoming(transaction, state, first_new_user, new).await?;
    let lines: BTreeSet<Line> = new.iter().map(|fact| (fact.user, fact.channel)).collect();
    let ends = horizon::load_ends(transaction, state.bot, state.horizon, &lines).await?;
    let window = |fact: &&NewFact<'_>| {
        let line = (fact.user, fact.channel);
        let incoming = incoming.get(&line)?;
        let before = incoming.range(..fact.at).next_back().copied();
        let next = incoming.range(fact.at + 1..).next().copied();
        // A session that was open at the horizon goes on from there.
        let end = ends.get(&line).copied().filter(|_| before.is_none());
        // An outgoing message without a later incoming one decides nothing.
        (fact.kind == Kind::Incoming || next.is_some()).then(|| Window {
            line,
            after: before.or(end.map(|_| state.horizon - 1)).unwrap_or(fact.at - 1),
            until: next.unwrap_or(fact.at),
            open: before.or(end),
        })
    };
    Ok(merge(new.iter().filter_map(window).collect()))
}

/// The instants of incoming messages: of all new ones, and of the stored ones next to each new message.
async fn load_incoming(
    transaction: &mut Transaction,
    state: &BotState,
    first_new_user: i64,
    new: &[&NewFact<'_>],
) -> Result<BTreeMap<Line, BTreeSet<i64>>, StoreError> {
    let mut incoming: BTreeMap<Line, BTreeSet<i64>> = BTreeMap::new();
    for fact in new.iter().filter(|fact| fact.kind == Kind::Incoming) {
        incoming.entry((fact.user, fact.channel)).or_default().insert(fact.at);
    }
    let known: Vec<&&NewFact<'_>> = new.iter().filter(|fact| fact.user < first_new_user).collect();
    let is_followed = |fact: &NewFact<'_>| {
        let later = |instants: &BTreeSet<i64>| instants.range(fact.at + 1..).next().is_some();
        incoming.get(&(fact.user, fact.channel)).is_some_and(later)
    };
    let decides = |fact: &NewFact<'_>| fact.kind == Kind::Incoming || is_followed(fact);
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(known.len()))
        .ints("user_key", known.iter().map(|fact| fact.user))
        .ints("channel_key", known.iter().map(|fact| fact.channel))
        .ints("at", known.iter().map(|fact| fact.at))
        .ints("decides", known.iter().map(|fact| i64::from(decides(fact))));
    // The one before an outgoing message matters only if one follows: a bot that talks to nobody is not read over and
    // over again.
    let sql = "select place, next, case when decides = 1 or next is not null then
            (select facts.at from facts where facts.bot_key = $1 and facts.user_key = near.user_key
                and facts.channel_key = near.channel_key and facts.at < near.at
                and facts.at >= $2 and facts.kind = 0 and facts.session_key is null order by facts.at desc limit 1) end
        from (select input.*,
            (select facts.at from facts where facts.bot_key = $1 and facts.user_key = input.user_key
                and facts.channel_key = input.channel_key and facts.at > input.at
                and facts.kind = 0 and facts.session_key is null order by facts.at limit 1) as next
            from input) as near";
    for row in transaction.bulk_fetch(sql, values![state.bot, state.horizon], &bulk).await? {
        let fact = known[row.place(0)?];
        let instants = incoming.entry((fact.user, fact.channel)).or_default();
        instants.extend(row.optional_int(1)?);
        instants.extend(row.optional_int(2)?);
    }
    Ok(incoming)
}

fn merge(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable_by_key(|window| (window.line, window.after, window.until));
    let mut merged: Vec<Window> = Vec::new();
    for window in windows {
        match merged.last_mut() {
            Some(last) if last.line == window.line && window.after < last.until => {
                last.until = last.until.max(window.until);
            }
            _ => merged.push(window),
        }
    }
    merged
}

async fn load_turns(
    transaction: &mut Transaction,
    bot: i64,
    windows: &[Window],
) -> Result<Vec<Vec<Turn>>, StoreError> {
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(windows.len()))
        .ints("user_key", windows.iter().map(|window| window.line.0))
        .ints("channel_key", windows.iter().map(|window| window.line.1))
        .ints("after", windows.iter().map(|window| window.after))
        .ints("until", windows.iter().map(|window| window.until));
    let sql = "select input.place, facts.fact_key, facts.at, facts.kind, facts.opens, facts.id
        from input
        left join facts on facts.bot_key = $1 and facts.user_key = input.user_key
            and facts.channel_key = input.channel_key and facts.at > input.after and facts.at <= input.until
            and facts.kind < 2 and facts.session_key is null";
    let mut turns: Vec<Vec<Turn>> = windows.iter().map(|_| Vec::new()).collect();
    for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
        let Some(key) = row.optional_int(1)? else { continue };
        turns[row.place(0)?].push(Turn {
            key,
            at: row.int(2)?,
            kind: Kind::from_i64(row.int(3)?)?,
            opened: row.int(4)?,
            id: row.text(5)?,
        });
    }
    Ok(turns)
}
