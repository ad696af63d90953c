//! From messages and sessions to counters: which quarters of an hour a batch touches, and what that changes.

use std::collections::{BTreeMap, BTreeSet};

use analytics::instant::Instant;
use analytics::visits::link;

use super::batch::{BotState, NewFact, SessionChange};
use crate::StoreError;
use crate::counters::{Counters, EVERYTHING, Sums};
use crate::engine::{Bulk, Transaction, values};
use crate::rows::Kind;

/// One user in one scope.
pub(super) type Line = (i64, i64);

/// What a batch adds to the derived rows.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// By line and quarter.
    pub(super) activity: BTreeMap<(Line, i64), Sums>,
    pub(super) counters: Counters,
}

/// Counts new messages and changed sessions, for everything and for their channels.
pub(super) async fn count_activity(
    transaction: &mut Transaction,
    state: &BotState,
    first_new_user: i64,
    new: &[NewFact<'_>],
    sessions: &[SessionChange],
) -> Result<Counted, StoreError> {
    let mut counted = Counted { activity: sum_up(new, sessions), ..Counted::default() };
    for (((scope, _), quarter), sums) in &counted.activity {
        counted.counters.add_sums(&state.calendar, *scope, *quarter, *sums);
    }
    let active = counted.activity.iter().filter(|(_, sums)| sums.messages > 0);
    let active: Vec<(Line, i64)> = active.map(|(place, _)| *place).collect();
    let mut known = load_neighbours(transaction, state.bot, first_new_user, &active).await?;
    for (line, quarter) in active {
        visit(state, &mut counted.counters, line.0, known.entry(line).or_default(), quarter);
    }
    Ok(counted)
}

/// Makes a user active in a quarter; nothing changes if they were.
fn visit(state: &BotState, counters: &mut Counters, scope: i64, known: &mut BTreeSet<i64>, quarter: i64) {
    if !known.insert(quarter) {
        return;
    }
    let previous = known.range(..quarter).next_back().copied().map(Instant::from_ms);
    let next = known.range(quarter + 1..).next().copied().map(Instant::from_ms);
    let quarter = Instant::from_ms(quarter);
    link(&state.calendar, quarter, previous, next, |change| counters.add_visit(scope, change));
}

fn sum_up(new: &[NewFact<'_>], sessions: &[SessionChange]) -> BTreeMap<(Line, i64), Sums> {
    let mut activity: BTreeMap<(Line, i64), Sums> = BTreeMap::new();
    let mut add = |user: i64, channel: i64, at: i64, sums: Sums| {
        let quarter = Instant::from_ms(at).quarter().as_ms();
        for scope in [EVERYTHING, channel] {
            *activity.entry(((scope, user), quarter)).or_default() += sums;
        }
    };
    for fact in new {
        match fact.kind {
            Kind::Incoming => add(fact.user, fact.channel, fact.at, Sums { messages: 1, ..Sums::default() }),
            Kind::Outgoing => {
                add(fact.user, fact.channel, fact.at, Sums { bot_messages: 1, ..Sums::default() })
            }
            Kind::Event => {}
        }
    }
    for change in sessions {
        add(change.user, change.channel, change.at, Sums { sessions: change.sessions, ..Sums::default() });
    }
    activity
}

/// The active quarters that are nearest to those of the batch, and those of the batch that are active already.
async fn load_neighbours(
    transaction: &mut Transaction,
    bot: i64,
    first_new_user: i64,
    active: &[(Line, i64)],
) -> Result<BTreeMap<Line, BTreeSet<i64>>, StoreError> {
    // Who was unknown before the batch has no stored activity.
    let known: Vec<&(Line, i64)> = active.iter().filter(|((_, user), _)| *user < first_new_user).collect();
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(known.len()))
        .ints("scope", known.iter().map(|((scope, _), _)| *scope))
        .ints("user_key", known.iter().map(|((_, user), _)| *user))
        .ints("quarter", known.iter().map(|(_, quarter)| *quarter));
    let sql = "select input.place,
            (select a.quarter from activity as a where a.bot_key = $1 and a.scope = input.scope
                and a.user_key = input.user_key and a.quarter = input.quarter and a.messages > 0),
            (select a.quarter from activity as a where a.bot_key = $1 and a.scope = input.scope
                and a.user_key = input.user_key and a.quarter < input.quarter and a.messages > 0
                order by a.quarter desc limit 1),
            (select a.quarter from activity as a where a.bot_key = $1 and a.scope = input.scope
                and a.user_key = input.user_key and a.quarter > input.quarter and a.messages > 0
                order by a.quarter limit 1)
        from input";
    let mut neighbours: BTreeMap<Line, BTreeSet<i64>> = BTreeMap::new();
    for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
        let quarters = neighbours.entry(known[row.place(0)?].0).or_default();
        for column in 1..=3 {
            quarters.extend(row.optional_int(column)?);
        }
    }
    Ok(neighbours)
}
