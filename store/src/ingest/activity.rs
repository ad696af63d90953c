//! From messages and sessions to counters: which quarters of an hour a batch touches, and what that changes.

use std::collections::{BTreeMap, BTreeSet};

use analytics::calendar::Calendar;
use analytics::instant::Instant;
use analytics::visits::{VisitChange, link};

use super::lines::Links;
use super::state::{BotState, NewFact, SessionChange};
use crate::StoreError;
use crate::counting::hourly_copy::copy_change;
use crate::counting::messages::{Counters, Sums};
use crate::engine::{Bulk, Transaction, values};
use crate::rows::Kind;
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{BotKey, ChatLine, EVERYTHING};

/// A user in a scope, and a quarter: the key of a row of `activity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ActivityKey {
    pub(super) person: Person,
    pub(super) quarter: i64,
}

/// A user in a scope: who is counted once in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    pub(super) scope: i64,
    pub(super) user: i64,
}

/// What a batch adds to the derived rows.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) activity: BTreeMap<ActivityKey, ActivityChange>,
    /// For each set of counters, in the order of [`BotState::sets`].
    pub(super) counters: Vec<Counters>,
}

/// What a batch adds to a row of `activity`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ActivityChange {
    pub(super) messages: i64,
    pub(super) bot_messages: i64,
    /// By revision.
    pub(super) sessions: [i64; 2],
    /// The last fact of the quarter on this channel, if it is a new one.
    pub(super) last_key: Option<i64>,
}

/// What one set counts.
type Activity = BTreeMap<ActivityKey, Sums>;
/// Quarters in which the users of the batch are active, as far as they are near its own.
type Known = BTreeMap<Person, BTreeSet<i64>>;

/// Counts new messages and changed sessions, for everything and for their channels.
pub(super) async fn count_activity(
    transaction: &mut Transaction,
    state: &BotState,
    first_new_user: i64,
    new: &[NewFact<'_>],
    sessions: &[SessionChange],
) -> Result<Counted, StoreError> {
    let sums: Vec<Activity> = (0..state.sets.len()).map(|set| sum_up(state, set, new, sessions)).collect();
    let active = sums.first().into_iter().flatten().filter(|(_, sums)| sums.messages > 0);
    let active: Vec<ActivityKey> = active.map(|(key, _)| *key).collect();
    let known = load_neighbours(transaction, state.bot, first_new_user, &active).await?;
    let mut counted = Counted::default();
    for (place, (set, sums)) in state.sets.iter().zip(&sums).enumerate() {
        counted.add_activity(state, place, sums);
        let copied = counted.counters.first().and_then(|live| copy_change(set, live));
        let counters = match copied {
            Some(copied) => move_sessions(set, place, copied, sessions),
            None => count_set(&set.rule.calendar, sums, &known),
        };
        counted.counters.push(counters);
    }
    Ok(counted)
}

impl Counted {
    /// Lets new facts that are the last of their quarter be found.
    pub(super) fn note_last(&mut self, links: &Links) {
        for ((ChatLine { user, channel }, quarter), last) in &links.last {
            let person = Person { scope: *channel, user: *user };
            let key = ActivityKey { person, quarter: *quarter };
            self.activity.entry(key).or_default().last_key = Some(*last);
        }
    }

    /// The live set brings the messages; each set that has sessions of its own brings those.
    fn add_activity(&mut self, state: &BotState, set: usize, sums: &Activity) {
        for (key, sums) in sums {
            let row = self.activity.entry(*key).or_default();
            if set == 0 {
                row.messages = sums.messages;
                row.bot_messages = sums.bot_messages;
            }
            if state.sets[set].owns_sessions() {
                let bits = state.opens_bits(set);
                let written =
                    (0..).zip(&mut row.sessions).filter(|(revision, _)| bits & (1 << revision) != 0);
                written.for_each(|(_, sessions)| *sessions = sums.sessions);
            }
        }
    }
}

/// Replaces, in copied counters, the sessions of the live set by those of this set, of the users that it counts.
fn move_sessions(
    set: &CounterSet,
    place: usize,
    mut counters: Counters,
    sessions: &[SessionChange],
) -> Counters {
    let moved = sessions.iter().filter(|change| set.owns_sessions() && set.counts(change.user));
    for change in moved {
        let sign = if change.set == place { 1 } else { -1 };
        let sums = Sums { sessions: change.sessions * sign, ..Sums::default() };
        let quarter = Instant::from_ms(change.at).quarter().as_ms();
        for scope in [EVERYTHING, change.channel] {
            counters.add_sums(&set.rule.calendar, scope, quarter, sums);
        }
    }
    counters
}

fn count_set(calendar: &Calendar, activity: &Activity, known: &Known) -> Counters {
    let mut counters = Counters::default();
    let mut known_of: Option<(Person, BTreeSet<i64>)> = None;
    for (ActivityKey { person, quarter }, sums) in activity {
        counters.add_sums(calendar, person.scope, *quarter, *sums);
        if sums.messages > 0 {
            let known = match &mut known_of {
                Some((of, known)) if of == person => known,
                other => &mut other.insert((*person, known.get(person).cloned().unwrap_or_default())).1,
            };
            visit(calendar, known, *quarter, |change| counters.add_visit(person.scope, change));
        }
    }
    counters
}

/// Makes a user active in a quarter; nothing changes if they were.
pub(super) fn visit(
    calendar: &Calendar,
    known: &mut BTreeSet<i64>,
    quarter: i64,
    change: impl FnMut(VisitChange),
) {
    if !known.insert(quarter) {
        return;
    }
    let previous = known.range(..quarter).next_back().copied().map(Instant::from_ms);
    let next = known.range(quarter + 1..).next().copied().map(Instant::from_ms);
    let quarter = Instant::from_ms(quarter);
    link(calendar, quarter, previous, next, change);
}

/// What a set counts of new messages and changed sessions.
fn sum_up(state: &BotState, set: usize, new: &[NewFact<'_>], sessions: &[SessionChange]) -> Activity {
    let mut activity = Activity::new();
    let mut add = |user: i64, channel: i64, at: i64, sums: Sums| {
        let quarter = Instant::from_ms(at).quarter().as_ms();
        for scope in [EVERYTHING, channel] {
            let key = ActivityKey { person: Person { scope, user }, quarter };
            *activity.entry(key).or_default() += sums;
        }
    };
    for fact in new.iter().filter(|fact| state.sets[set].counts(fact.user)) {
        match fact.kind {
            Kind::Incoming => add(fact.user, fact.channel, fact.at, Sums { messages: 1, ..Sums::default() }),
            Kind::Outgoing => {
                add(fact.user, fact.channel, fact.at, Sums { bot_messages: 1, ..Sums::default() })
            }
            Kind::Event | Kind::ModelCall => {}
        }
    }
    for change in sessions.iter().filter(|change| change.set == set) {
        add(change.user, change.channel, change.at, Sums { sessions: change.sessions, ..Sums::default() });
    }
    activity
}

/// Of each quarter of the batch that it is active already, or else the active quarters nearest to it.
async fn load_neighbours(
    transaction: &mut Transaction,
    bot: BotKey,
    first_new_user: i64,
    active: &[ActivityKey],
) -> Result<Known, StoreError> {
    // Who was unknown before the batch has no stored activity.
    let known: Vec<&ActivityKey> = active.iter().filter(|key| key.person.user < first_new_user).collect();
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(known.len()))
        .ints("scope", known.iter().map(|key| key.person.scope))
        .ints("user_key", known.iter().map(|key| key.person.user))
        .ints("quarter", known.iter().map(|key| key.quarter));
    let sql = ", near as materialized (select input.*,
            (select a.quarter from activity as a where a.bot_key = $1 and a.scope = input.scope
                and a.user_key = input.user_key and a.quarter <= input.quarter and a.messages > 0
                order by a.quarter desc limit 1) as before
            from input)
        select place, before, case when before = quarter then null else
            (select a.quarter from activity as a where a.bot_key = $1 and a.scope = near.scope
                and a.user_key = near.user_key and a.quarter > near.quarter and a.messages > 0
                order by a.quarter limit 1) end as after
        from near";
    let mut neighbours = Known::new();
    for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
        let quarters = neighbours.entry(known[row.place("place")?].person).or_default();
        quarters.extend(row.optional_int("before")?);
        quarters.extend(row.optional_int("after")?);
    }
    Ok(neighbours)
}
