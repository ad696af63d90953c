//! Named sessions: one opens at its earliest incoming message by (at, id), and moves when an earlier one comes.

use std::collections::BTreeMap;

use super::batch::{NewFact, Openings, SessionChange};
use super::names::SessionNames;
use crate::rows::Kind;

/// Decides which new messages open a named session, and which stored openings they take the place of.
pub(super) fn decide(new: &[NewFact<'_>], sessions: &mut SessionNames, openings: &mut Openings) {
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
        if let Some(old) = stored {
            openings.opens.insert(old.key, false);
            openings.changes.push(SessionChange {
                user: fact.user,
                channel: old.channel,
                at: old.at,
                sessions: -1,
            });
        }
        openings.opens.insert(fact.key, true);
        openings.of_sessions.insert(session, fact.key);
        let (user, channel) = (fact.user, fact.channel);
        openings.changes.push(SessionChange { user, channel, at: fact.at, sessions: 1 });
    }
}

fn order<'a>(fact: &NewFact<'a>) -> (i64, &'a str) {
    (fact.at, fact.fact.id.as_str())
}
