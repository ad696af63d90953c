//! Named sessions: one opens at its earliest incoming message by (at, id), and moves when an earlier one comes.

use std::collections::BTreeMap;

use super::names::SessionNames;
use super::state::{BotState, NewFact, Openings, SessionChange};
use crate::rows::Kind;

/// Decides which new messages open a named session, and which stored openings they take the place of.
pub(super) fn decide(
    state: &BotState,
    new: &[NewFact<'_>],
    sessions: &mut SessionNames,
    openings: &mut Openings,
) {
    let mut earliest: BTreeMap<i64, &NewFact<'_>> = BTreeMap::new();
    for fact in new.iter().filter(|fact| fact.kind == Kind::Incoming) {
        let Some(session) = fact.session else { continue };
        let first = earliest.entry(session).or_insert(fact);
        if order(fact) < order(first) {
            *first = fact;
        }
    }
    for (session, fact) in earliest {
        let stored = sessions.openings.remove(&session);
        if stored.as_ref().is_some_and(|stored| (stored.at, stored.id.as_str()) < order(fact)) {
            continue;
        }
        // In a revision that does not count the user yet nothing is known, and nothing read.
        openings.opens.extend(stored.iter().map(|old| (old.key, 0)));
        let bits = state.sets_of(fact.user).fold(0, |bits, (set, _)| bits | state.opens_bits(set));
        openings.opens.insert(fact.key, bits);
        openings.of_sessions.insert(session, fact.key);
        for (set, _) in state.sets_of(fact.user) {
            let change =
                |channel, at, sessions| SessionChange { set, user: fact.user, channel, at, sessions };
            openings.changes.extend(stored.iter().map(|old| change(old.channel, old.at, -1)));
            openings.changes.push(change(fact.channel, fact.at, 1));
        }
    }
}

fn order<'a>(fact: &NewFact<'a>) -> (i64, &'a str) {
    (fact.at, fact.fact.id.as_str())
}
