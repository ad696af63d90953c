//! From messages and sessions to counters: which quarters of an hour a batch touches, and what that changes.

use std::collections::{BTreeMap, BTreeSet};

use analytics::calendar::Calendar;
use analytics::instant::Instant;
use analytics::visits::{VisitChange, link};

use super::lines::Links;
use super::state::{BotState, NewFact, SessionChange};
use crate::StoreError;
use crate::counting::hourly_copy::Following;
use crate::counting::messages::{Counters, Sums};
use crate::engine::{Bulk, Transaction, values};
use crate::rows::Kind;
use crate::rules::{Place, Side};
use crate::table_keys::EVERYTHING;

/// One user in one scope.
pub(super) type Line = (i64, i64);

/// What a batch adds to the derived rows.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// By line and quarter.
    pub(super) activity: BTreeMap<(Line, i64), ActivityChange>,
    /// For each of the bot's sides.
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

/// What one side counts, by line and quarter.
type Activity = BTreeMap<(Line, i64), Sums>;
/// Quarters in which the users of the batch are active, as far as they are near its own.
type Known = BTreeMap<Line, BTreeSet<i64>>;

/// Counts new messages and changed sessions, for everything and for their channels.
pub(super) async fn count_activity(
    transaction: &mut Transaction,
    state: &BotState,
    first_new_user: i64,
    new: &[NewFact<'_>],
    sessions: &[SessionChange],
) -> Result<Counted, StoreError> {
    let sums: Vec<Activity> = (0..state.sides.len()).map(|side| sum_up(state, side, new, sessions)).collect();
    let active = sums.first().into_iter().flatten().filter(|(_, sums)| sums.messages > 0);
    let active: Vec<(Line, i64)> = active.map(|(place, _)| *place).collect();
    let known = load_neighbours(transaction, state.bot, first_new_user, &active).await?;
    let mut counted = Counted::default();
    for (place, (side, sums)) in state.sides.iter().zip(&sums).enumerate() {
        counted.add_activity(state, place, sums);
        let counters = match (side.follows_to, counted.counters.first()) {
            (Some(end), Some(live)) => follow(side, end, live, place, sessions),
            _ => count_side(&side.rule.calendar, sums, &known),
        };
        counted.counters.push(counters);
    }
    Ok(counted)
}

impl Counted {
    /// Lets new facts that are the last of their quarter be found.
    pub(super) fn note_last(&mut self, links: &Links) {
        for (((user, channel), quarter), key) in &links.last {
            self.activity.entry(((*channel, *user), *quarter)).or_default().last_key = Some(*key);
        }
    }

    /// The live side brings the messages; each side that has sessions of its own brings those.
    fn add_activity(&mut self, state: &BotState, side: usize, sums: &Activity) {
        for (place, sums) in sums {
            let row = self.activity.entry(*place).or_default();
            if side == 0 {
                row.messages = sums.messages;
                row.bot_messages = sums.bot_messages;
            }
            if state.sides[side].has_own_sessions {
                let bits = state.opens_bits(side);
                let written =
                    (0..).zip(&mut row.sessions).filter(|(revision, _)| bits & (1 << revision) != 0);
                written.for_each(|(_, sessions)| *sessions = sums.sessions);
            }
        }
    }
}

/// What the changes of the live counters are for a side that follows them, up to `end`. Of the users that it counts, its own
/// sessions take the place of the live ones.
fn follow(side: &Side, end: Place, live: &Counters, place: usize, sessions: &[SessionChange]) -> Counters {
    let mut following = Following::new(side, end);
    following.add(live);
    let mut counters = following.finish();
    let moved = sessions.iter().filter(|change| side.has_own_sessions && side.covers(change.user));
    for change in moved {
        let sign = if change.side == place { 1 } else { -1 };
        let sums = Sums { sessions: change.sessions * sign, ..Sums::default() };
        let quarter = Instant::from_ms(change.at).quarter().as_ms();
        for scope in [EVERYTHING, change.channel] {
            counters.add_sums(&side.rule.calendar, scope, quarter, sums);
        }
    }
    counters
}

fn count_side(calendar: &Calendar, activity: &Activity, known: &Known) -> Counters {
    let mut counters = Counters::default();
    let mut line_known: Option<(Line, BTreeSet<i64>)> = None;
    for ((line, quarter), sums) in activity {
        counters.add_sums(calendar, line.0, *quarter, *sums);
        if sums.messages > 0 {
            let known = match &mut line_known {
                Some((of, known)) if of == line => known,
                other => &mut other.insert((*line, known.get(line).cloned().unwrap_or_default())).1,
            };
            visit(calendar, known, *quarter, |change| counters.add_visit(line.0, change));
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

/// What a side counts of new messages and changed sessions.
fn sum_up(state: &BotState, side: usize, new: &[NewFact<'_>], sessions: &[SessionChange]) -> Activity {
    let mut activity = Activity::new();
    let mut add = |user: i64, channel: i64, at: i64, sums: Sums| {
        let quarter = Instant::from_ms(at).quarter().as_ms();
        for scope in [EVERYTHING, channel] {
            *activity.entry(((scope, user), quarter)).or_default() += sums;
        }
    };
    for fact in new.iter().filter(|fact| state.sides[side].covers(fact.user)) {
        match fact.kind {
            Kind::Incoming => add(fact.user, fact.channel, fact.at, Sums { messages: 1, ..Sums::default() }),
            Kind::Outgoing => {
                add(fact.user, fact.channel, fact.at, Sums { bot_messages: 1, ..Sums::default() })
            }
            Kind::Event | Kind::ModelCall => {}
        }
    }
    for change in sessions.iter().filter(|change| change.side == side) {
        add(change.user, change.channel, change.at, Sums { sessions: change.sessions, ..Sums::default() });
    }
    activity
}

/// Of each quarter of the batch that it is active already, or else the active quarters nearest to it.
async fn load_neighbours(
    transaction: &mut Transaction,
    bot: i64,
    first_new_user: i64,
    active: &[(Line, i64)],
) -> Result<Known, StoreError> {
    // Who was unknown before the batch has no stored activity.
    let known: Vec<&(Line, i64)> = active.iter().filter(|((_, user), _)| *user < first_new_user).collect();
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(known.len()))
        .ints("scope", known.iter().map(|((scope, _), _)| *scope))
        .ints("user_key", known.iter().map(|((_, user), _)| *user))
        .ints("quarter", known.iter().map(|(_, quarter)| *quarter));
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
        let quarters = neighbours.entry(known[row.place("place")?].0).or_default();
        quarters.extend(row.optional_int("before")?);
        quarters.extend(row.optional_int("after")?);
    }
    Ok(neighbours)
}
