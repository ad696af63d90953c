//! All that follows from one user's facts, as a pure function.

use std::collections::BTreeMap;

use analytics::fact::Direction;
use analytics::instant::Instant;
use analytics::session::{IdleFold, Turn, find_opener, openings};
use analytics::settings::IdleTimeout;

use crate::counting::messages::Sums;
use crate::raw_facts::RawFact;
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{ChatLine, EVERYTHING};

/// What a user did, by scope and quarter.
pub(super) type Activity = BTreeMap<(i64, i64), Sums>;

/// What follows from one user's facts.
#[derive(Debug, Default)]
pub(super) struct Derived {
    /// Keys of the messages that open a session.
    pub(super) opens: Vec<i64>,
    /// The opening message of each named session that has one.
    pub(super) openings: BTreeMap<i64, i64>,
    pub(super) activity: Activity,
}

/// What is known of sessions that began before the horizon.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// The last message of idle sessions, by line.
    pub(super) idle_ends: BTreeMap<ChatLine, i64>,
    /// Named sessions that are open already, with what opened them.
    pub(super) named: BTreeMap<i64, i64>,
}

impl Before {
    /// Where the session rule begins on a line.
    pub(super) fn fold(&self, line: ChatLine) -> IdleFold {
        let last = self.idle_ends.get(&line);
        last.map_or_else(IdleFold::default, |last| IdleFold::behind(Instant::from_ms(*last)))
    }
}

/// Recounts one user.
pub(super) fn derive(facts: &[RawFact], before: &Before, timeout: IdleTimeout) -> Derived {
    let mut derived = Derived::default();
    let mut idle: BTreeMap<ChatLine, Vec<(Turn<'_>, &RawFact)>> = BTreeMap::new();
    let mut named: BTreeMap<i64, Vec<(Turn<'_>, &RawFact)>> = BTreeMap::new();
    for fact in facts {
        let Some(direction) = fact.kind.direction() else { continue };
        let turn = Turn { at: Instant::from_ms(fact.at), direction, id: &fact.id };
        match fact.session {
            Some(session) if before.named.contains_key(&session) => {}
            Some(session) => named.entry(session).or_default().push((turn, fact)),
            None => idle.entry(fact.line()).or_default().push((turn, fact)),
        }
        derived.add(fact, direction);
    }
    for (line, turns) in &mut idle {
        for fact in find_idle_openings(before.fold(*line), turns, timeout) {
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
    pub(super) fn opens_rows(&self, set: &CounterSet) -> impl Iterator<Item = ([i64; 2], [i64; 1])> {
        let bit = set.revisions.opens_bit();
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
