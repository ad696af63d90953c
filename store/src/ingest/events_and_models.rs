//! From new facts to the counters of events and of model use. A batch without any costs nothing.

use std::collections::{BTreeMap, BTreeSet};

use analytics::fact::FactKind;
use analytics::instant::Instant;
use analytics::nano::Nano;

use super::activity::visit;
use super::dictionary::model_name;
use super::names::Names;
use super::state::{BotState, NewFact};
use crate::StoreError;
use crate::counting::events::{EVENT_ACTIVITY, EventCounters, EventRows};
use crate::counting::models::{MODEL_ACTIVITY, ModelCounters, ModelRows, count_call};
use crate::counting::rows::{add_row, pairs};
use crate::engine::{Bulk, Transaction, values};
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{BotKey, EVERYTHING};

/// One user's events of one name, on a channel or on all: user, channel and event.
type NamedBy = [i64; 3];
/// Quarters in which the users of the batch have such events, as far as they are near its own.
type Known = BTreeMap<NamedBy, BTreeSet<i64>>;

/// What a batch adds to the derived rows of events and of model use.
#[derive(Debug, Default)]
pub(super) struct CountedEventsAndModels {
    events: EventRows,
    event_counters: Vec<EventCounters>,
    models: ModelRows,
    model_counters: Vec<ModelCounters>,
}

impl CountedEventsAndModels {
    /// Counts what is new.
    pub(super) async fn count(
        transaction: &mut Transaction,
        state: &BotState,
        names: &Names,
        new: &[NewFact<'_>],
    ) -> Result<Self, StoreError> {
        let mut counted = Self::default();
        for fact in new {
            counted.add_event(names, fact);
            counted.add_call(names, fact);
        }
        let known = load_neighbours(transaction, state.bot, names.first_new_user(), &counted.events).await?;
        for set in state.sets.iter().filter(|set| set.owns_calendar()) {
            counted.event_counters.push(count_events(set, &counted.events, &known));
            let covered = counted.models.iter().filter(|([user, ..], _)| set.counts(*user));
            let covered: ModelRows = covered.map(|(key, sums)| (*key, *sums)).collect();
            counted.model_counters.push(ModelCounters::count(set, &covered, 1));
        }
        Ok(counted)
    }

    fn add_event(&mut self, names: &Names, fact: &NewFact<'_>) {
        let FactKind::Event(event) = &fact.fact.kind else { return };
        let Some(key) = names.events.key(event.name.as_str()) else { return };
        let (whole, nano) = Nano::split(event.value_nano.unwrap_or(0));
        for channel in [EVERYTHING, fact.channel] {
            add_row(&mut self.events, [fact.user, channel, key, quarter_of(fact)], [1, whole, nano]);
        }
    }

    fn add_call(&mut self, names: &Names, fact: &NewFact<'_>) {
        let Some(used) = fact.fact.kind.model_use() else { return };
        let Some(key) = names.models.key(model_name(used)) else { return };
        let (bin, sums) = count_call(used);
        add_row(&mut self.models, [fact.user, fact.channel, key, quarter_of(fact), bin], sums);
    }

    /// Writes everything, one statement per table.
    pub(super) async fn save(&self, transaction: &mut Transaction, bot: BotKey) -> Result<(), StoreError> {
        EVENT_ACTIVITY.add(transaction, bot, pairs(&self.events)).await?;
        for counters in &self.event_counters {
            counters.save(transaction, bot).await?;
        }
        MODEL_ACTIVITY.add(transaction, bot, pairs(&self.models)).await?;
        for counters in &self.model_counters {
            counters.save(transaction, bot).await?;
        }
        Ok(())
    }
}

fn quarter_of(fact: &NewFact<'_>) -> i64 {
    Instant::from_ms(fact.at).quarter().as_ms()
}

fn count_events(set: &CounterSet, events: &EventRows, known: &Known) -> EventCounters {
    let mut counters = EventCounters::new(set);
    let covered: Vec<_> = events.iter().filter(|([user, ..], _)| set.counts(*user)).collect();
    for line in covered.chunk_by(|(one, _), (next, _)| one[..3] == next[..3]) {
        let Some(([user, channel, event, _], _)) = line.first() else { continue };
        let mut known = known.get(&[*user, *channel, *event]).cloned().unwrap_or_default();
        for ([.., quarter], sums) in line {
            counters.add(*channel, *event, *quarter, **sums);
            visit(&set.rule.calendar, &mut known, *quarter, |change| {
                counters.visit(*channel, *event, change)
            });
        }
    }
    counters
}

/// Of each row of the batch that it is stored already, or else the stored quarters of its line that are nearest to it.
async fn load_neighbours(
    transaction: &mut Transaction,
    bot: BotKey,
    first_new_user: i64,
    events: &EventRows,
) -> Result<Known, StoreError> {
    // Who was unknown before the batch has nothing stored.
    let known: Vec<&[i64; 4]> = events.keys().filter(|[user, ..]| *user < first_new_user).collect();
    let bulk = Bulk::new()
        .ints("place", (0_i64..).take(known.len()))
        .ints("user_key", known.iter().map(|[user, ..]| *user))
        .ints("channel_key", known.iter().map(|[_, channel, ..]| *channel))
        .ints("event_key", known.iter().map(|[_, _, event, _]| *event))
        .ints("quarter", known.iter().map(|[.., quarter]| *quarter));
    let sql = ", near as materialized (select input.*,
            (select a.quarter from event_activity as a where a.bot_key = $1 and a.user_key = input.user_key
                and a.channel_key = input.channel_key and a.event_key = input.event_key
                and a.quarter <= input.quarter order by a.quarter desc limit 1) as before
            from input)
        select place, before, case when before = quarter then null else
            (select a.quarter from event_activity as a where a.bot_key = $1 and a.user_key = near.user_key
                and a.channel_key = near.channel_key and a.event_key = near.event_key
                and a.quarter > near.quarter order by a.quarter limit 1) end as after
        from near";
    let mut neighbours = Known::new();
    for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
        let [user, channel, event, _] = *known[row.place("place")?];
        let quarters = neighbours.entry([user, channel, event]).or_default();
        quarters.extend(row.optional_int("before")?);
        quarters.extend(row.optional_int("after")?);
    }
    Ok(neighbours)
}
