//! Events and model use recounted: from raw facts what users did, and from that the counters.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use analytics::calendar::Calendar;
use analytics::instant::Instant;
use analytics::latency::LatencyBin;
use analytics::model_use::MOST_OF_A_CALL;
use analytics::visits::Tier;

use super::comparison::Comparison;
use super::sessions::Source;
use crate::StoreError;
use crate::counting::events::{EVENT_ACTIVITY, EVENT_COUNTS, EVENT_VISITS, EventRows, load_event_activity};
use crate::counting::models::{MODEL_ACTIVITY, MODEL_COUNTS, ModelRows, NO_LATENCY, load_model_activity};
use crate::counting::rows::{Rows, add_row};
use crate::engine::{Bulk, Row, Transaction, values};
use crate::raw_facts::RawFact;
use crate::rows::Kind;
use crate::table_keys::{BotKey, EVERYTHING, NEVER, tier_number};

/// Billionths in one.
const BILLION: i64 = 1_000_000_000;

/// The counters of events and model use as far as they are recounted.
#[derive(Debug, Default)]
pub(super) struct EventAndModelCounters {
    event_counts: Rows<5, 3>,
    event_visits: Rows<6, 1>,
    model_counts: Rows<6, 7>,
}

impl EventAndModelCounters {
    /// Recounts what the users with these keys did from their raw facts, and compares.
    pub(super) async fn check_users(
        &mut self,
        transaction: &mut Transaction,
        source: &Source,
        buckets: &mut RecountedBuckets,
        comparison: &mut Comparison,
        facts: &[RawFact],
        users: Range<i64>,
    ) -> Result<(), StoreError> {
        let Range { start: first, end } = users;
        let (bot, horizon, revision) = (source.bot, source.horizon, source.set.revisions.calendar);
        let stored = load_event_activity(transaction, bot, first, end).await?;
        let mut events = derive_events(transaction, bot, facts).await?;
        // What lies before the horizon cannot be recounted, and stands.
        events.extend(stored.iter().filter(|([.., quarter], _)| *quarter < horizon));
        self.count_events(&events, revision, buckets);
        comparison.compare_and_repair(transaction, &EVENT_ACTIVITY.table, stored, events).await?;
        let stored = load_model_activity(transaction, bot, first, end).await?;
        let mut models = derive_models(transaction, bot, facts).await?;
        models.extend(stored.iter().filter(|([.., quarter, _], _)| *quarter < horizon));
        self.count_models(&models, revision, buckets);
        comparison.compare_and_repair(transaction, &MODEL_ACTIVITY.table, stored, models).await
    }

    /// Counts what users did as it is stored.
    pub(super) async fn count_stored(
        &mut self,
        transaction: &mut Transaction,
        source: &Source,
        buckets: &mut RecountedBuckets,
        first: i64,
        end: i64,
    ) -> Result<(), StoreError> {
        let (bot, revision) = (source.bot, source.set.revisions.calendar);
        let events = load_event_activity(transaction, bot, first, end).await?;
        self.count_events(&events, revision, buckets);
        let models = load_model_activity(transaction, bot, first, end).await?;
        self.count_models(&models, revision, buckets);
        Ok(())
    }

    /// Compares the counters, which sum over all users.
    pub(super) async fn check_counters(
        &mut self,
        transaction: &mut Transaction,
        source: &Source,
        comparison: &mut Comparison,
    ) -> Result<(), StoreError> {
        let (bot, revision) = (source.bot, source.set.revisions.calendar);
        let Self { event_counts, event_visits, model_counts } = std::mem::take(self);
        let stored = EVENT_COUNTS.load(transaction, values![bot, revision]).await?;
        comparison.compare_and_repair(transaction, &EVENT_COUNTS.table, stored, event_counts).await?;
        let stored = EVENT_VISITS.load(transaction, values![bot, revision]).await?;
        comparison.compare_and_repair(transaction, &EVENT_VISITS.table, stored, event_visits).await?;
        let stored = MODEL_COUNTS.load(transaction, values![bot, revision]).await?;
        comparison.compare_and_repair(transaction, &MODEL_COUNTS.table, stored, model_counts).await
    }

    fn count_events(&mut self, events: &EventRows, revision: i64, buckets: &mut RecountedBuckets) {
        let mut line = None;
        let mut last = [NEVER; Tier::ALL.len()];
        for ([user, channel, event, quarter], sums) in events {
            if line.replace((user, channel, event)) != Some((user, channel, event)) {
                last = [NEVER; Tier::ALL.len()];
            }
            for (last, (tier, bucket)) in last.iter_mut().zip(Tier::ALL.into_iter().zip(buckets.of(*quarter)))
            {
                let tier = tier_number(tier);
                add_row(&mut self.event_counts, [revision, *channel, tier, bucket, *event], *sums);
                if *last != bucket {
                    let key = [revision, *channel, tier, bucket, *last, *event];
                    add_row(&mut self.event_visits, key, [1]);
                    *last = bucket;
                }
            }
        }
    }

    fn count_models(&mut self, models: &ModelRows, revision: i64, buckets: &mut RecountedBuckets) {
        for ([_, channel, model, quarter, bin], sums) in models {
            for (tier, bucket) in Tier::ALL.into_iter().zip(buckets.of(*quarter)) {
                for channel in [EVERYTHING, *channel] {
                    let key = [revision, channel, tier_number(tier), bucket, *model, *bin];
                    add_row(&mut self.model_counts, key, *sums);
                }
            }
        }
    }
}

/// The buckets that contain a quarter, by zone arithmetic of its own: intake has [`Buckets`].
///
/// [`Buckets`]: crate::counting::messages::Buckets
#[derive(Debug)]
pub(super) struct RecountedBuckets {
    calendar: Calendar,
    by_quarter: BTreeMap<i64, [i64; Tier::ALL.len()]>,
}

impl RecountedBuckets {
    pub(super) fn new(calendar: Calendar) -> Self {
        Self { calendar, by_quarter: BTreeMap::new() }
    }

    /// The starts of the buckets of every tier that contain a quarter.
    pub(super) fn of(&mut self, quarter: i64) -> [i64; Tier::ALL.len()] {
        let calendar = self.calendar;
        *self.by_quarter.entry(quarter).or_insert_with(|| {
            Tier::ALL.map(|tier| tier.bucket_start(&calendar, Instant::from_ms(quarter)).as_ms())
        })
    }
}

/// What raw events give.
async fn derive_events(
    transaction: &mut Transaction,
    bot: BotKey,
    facts: &[RawFact],
) -> Result<EventRows, StoreError> {
    let facts: Vec<&RawFact> = facts.iter().filter(|fact| fact.kind == Kind::Event).collect();
    let sql = "select input.place, e.event_key, e.value_nano from input
        left join event_details as e on e.bot_key = $1 and e.fact_key between input.fact_key and input.fact_key";
    let mut events = EventRows::new();
    for row in transaction.bulk_fetch(sql, values![bot], &keys_of(&facts)).await? {
        let fact = facts[row.place("place")?];
        let value = row.optional_int("value_nano")?.unwrap_or(0);
        let sums = [1, value.div_euclid(BILLION), value.rem_euclid(BILLION)];
        for channel in [EVERYTHING, fact.channel] {
            add_row(&mut events, [fact.user, channel, row.int("event_key")?, quarter_of(fact)], sums);
        }
    }
    Ok(events)
}

/// What raw messages and model calls give.
async fn derive_models(
    transaction: &mut Transaction,
    bot: BotKey,
    facts: &[RawFact],
) -> Result<ModelRows, StoreError> {
    let mut keys: HashMap<String, i64> = HashMap::new();
    let sql = "select name, model_key from models where bot_key = $1";
    for row in transaction.fetch_all(sql, values![bot]).await? {
        keys.insert(row.text("name")?, row.int("model_key")?);
    }
    let mut models = ModelRows::new();
    if keys.is_empty() {
        return Ok(models);
    }
    let is_call = |fact: &&RawFact| matches!(fact.kind, Kind::Outgoing | Kind::ModelCall);
    let facts: Vec<&RawFact> = facts.iter().filter(is_call).collect();
    let sql = "select input.place, m.input_tokens, m.output_tokens, m.cost_nano_usd, m.latency_ms, m.model_failed, m.model
        from input
        left join message_details as m on m.bot_key = $1 and m.fact_key between input.fact_key and input.fact_key";
    for row in transaction.bulk_fetch(sql, values![bot], &keys_of(&facts)).await? {
        let (fact, call) = (facts[row.place("place")?], RawCall::read(&row)?);
        if fact.kind == Kind::ModelCall || call.says_anything {
            // A name that has no key is no row of what is stored, and so a difference.
            let model = keys.get(call.model.as_deref().unwrap_or_default()).copied().unwrap_or_default();
            add_row(&mut models, [fact.user, fact.channel, model, quarter_of(fact), call.bin], call.sums);
        }
    }
    Ok(models)
}

/// What the details of a message or model call say.
struct RawCall {
    model: Option<String>,
    says_anything: bool,
    bin: i64,
    sums: [i64; 7],
}

impl RawCall {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let (input, output) = (row.optional_int("input_tokens")?, row.optional_int("output_tokens")?);
        let (cost, latency) = (row.optional_int("cost_nano_usd")?, row.optional_int("latency_ms")?);
        let (failed, model) = (row.optional_int("model_failed")?, row.optional_text("model")?);
        let says_anything =
            model.is_some() || [input, output, cost, latency, failed].iter().any(Option::is_some);
        let most = i64::try_from(MOST_OF_A_CALL).unwrap_or(i64::MAX);
        let number = |number: Option<i64>| number.unwrap_or(0).min(most);
        let cost = cost.unwrap_or(0);
        let bin = latency.and_then(|latency| u64::try_from(latency).ok()).map(LatencyBin::of);
        Ok(Self {
            model,
            says_anything,
            bin: bin.map_or(NO_LATENCY, LatencyBin::place),
            sums: [
                1,
                i64::from(failed.is_some_and(|failed| failed != 0)),
                number(input),
                number(output),
                cost.div_euclid(BILLION),
                cost.rem_euclid(BILLION),
                number(latency),
            ],
        })
    }
}

fn keys_of(facts: &[&RawFact]) -> Bulk<'static> {
    Bulk::new().ints("place", (0_i64..).take(facts.len())).ints("fact_key", facts.iter().map(|fact| fact.key))
}

fn quarter_of(fact: &RawFact) -> i64 {
    Instant::from_ms(fact.at).quarter().as_ms()
}
