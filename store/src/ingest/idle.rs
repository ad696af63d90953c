//! Idle sessions: a message without session id can change only itself and the next incoming one of its user and
//! channel. So each new message is decided in a window from the incoming message before it to the one after it.

use std::collections::{BTreeMap, BTreeSet};

use analytics::instant::Instant;
use analytics::session::IdleFold;

use super::lines::{Lines, StoredFact};
use super::state::{BotState, NewFact, Openings, SessionChange};
use crate::StoreError;
use crate::engine::Transaction;
use crate::retention::horizon;
use crate::rows::Kind;
use crate::table_keys::ChatLine;

/// The part of a line that is decided anew: behind `after`, up to and with `until`.
#[derive(Clone, Copy, Debug)]
struct Window {
    line: ChatLine,
    after: i64,
    until: i64,
    /// The latest message of the session that is open where the window begins, if one is.
    open: Option<i64>,
}

/// A message in a window. In this order the session rule takes them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn<'a> {
    at: i64,
    kind: Kind,
    id: &'a str,
    key: i64,
    /// The bits of the revisions in which it opened a session before the batch.
    opened: i64,
}

impl<'a> Turn<'a> {
    fn of_new(fact: &NewFact<'a>) -> Self {
        Self { at: fact.at, kind: fact.kind, id: fact.fact.id.as_str(), key: fact.key, opened: 0 }
    }

    fn of_stored(fact: &'a StoredFact) -> Self {
        Self { at: fact.at, kind: fact.kind, id: &fact.id, key: fact.key, opened: fact.opens }
    }
}

/// Decides which idle messages open a session, new ones and stored ones that follow them.
pub(super) async fn decide(
    transaction: &mut Transaction,
    state: &BotState,
    lines: &Lines,
    new: &[NewFact<'_>],
    openings: &mut Openings,
) -> Result<(), StoreError> {
    let mut turns: BTreeMap<ChatLine, Vec<Turn<'_>>> = BTreeMap::new();
    for fact in new.iter().filter(|fact| fact.is_idle()) {
        turns.entry(fact.line()).or_default().push(Turn::of_new(fact));
    }
    let known: BTreeSet<ChatLine> = turns.keys().copied().collect();
    let ends = horizon::load_ends(transaction, state.bot, state.horizon, &known).await?;
    for (line, mut turns) in turns {
        let at: Vec<(i64, Kind)> = turns.iter().map(|turn| (turn.at, turn.kind)).collect();
        let is_known =
            |fact: &&StoredFact| fact.is_idle && fact.kind.is_message() && fact.at >= state.horizon;
        turns.extend(lines.of(line).filter(is_known).map(Turn::of_stored));
        turns.sort_unstable();
        for window in find_windows(state, line, &at, &turns, ends.get(&line).copied()) {
            let behind = turns.partition_point(|turn| turn.at <= window.after);
            let until = turns.partition_point(|turn| turn.at <= window.until);
            fold_window(state, window, &turns[behind..until], openings);
        }
    }
    Ok(())
}

fn fold_window(state: &BotState, window: Window, turns: &[Turn<'_>], openings: &mut Openings) {
    let ChatLine { user, channel } = window.line;
    for (set, counted) in state.sets_of(user) {
        let bit = counted.revisions.opens_bit();
        let open = window.open.map(|last| IdleFold::behind(Instant::from_ms(last)));
        let mut fold = open.unwrap_or_default();
        for turn in turns {
            let Some(direction) = turn.kind.direction() else { continue };
            let opens = fold.step(Instant::from_ms(turn.at), direction, counted.rule.idle_timeout);
            if opens != (turn.opened & bit != 0) {
                let bits = openings.opens.entry(turn.key).or_insert(turn.opened);
                let written = state.opens_bits(set);
                *bits = if opens { *bits | written } else { *bits & !written };
                let sessions = if opens { 1 } else { -1 };
                openings.changes.push(SessionChange { set, user, channel, at: turn.at, sessions });
            }
        }
    }
}

/// The windows of a line's new messages, merged where they overlap, in order of time.
fn find_windows(
    state: &BotState,
    line: ChatLine,
    new: &[(i64, Kind)],
    turns: &[Turn<'_>],
    end: Option<i64>,
) -> Vec<Window> {
    let incoming: Vec<i64> =
        turns.iter().filter(|turn| turn.kind == Kind::Incoming).map(|turn| turn.at).collect();
    let window = |&(at, kind): &(i64, Kind)| {
        let before = incoming[..incoming.partition_point(|other| *other < at)].last().copied();
        let next = incoming.get(incoming.partition_point(|other| *other <= at)).copied();
        // A session that was open at the horizon goes on from there.
        let end = end.filter(|_| before.is_none());
        // An outgoing message without a later incoming one decides nothing.
        (kind == Kind::Incoming || next.is_some()).then(|| Window {
            line,
            after: before.or(end.map(|_| state.horizon - 1)).unwrap_or(at - 1),
            until: next.unwrap_or(at),
            open: before.or(end),
        })
    };
    merge(new.iter().filter_map(window).collect())
}

fn merge(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable_by_key(|window| (window.after, window.until));
    let mut merged: Vec<Window> = Vec::new();
    for window in windows {
        match merged.last_mut() {
            Some(last) if window.after < last.until => {
                last.until = last.until.max(window.until);
            }
            _ => merged.push(window),
        }
    }
    merged
}
