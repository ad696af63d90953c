//! Model use by model from counters: all models of a range at once, at a cost in proportion to buckets, models and bins of
//! latency.

use std::collections::BTreeMap;

use analytics::assembly::ReportPlan;
use analytics::fact::ModelUse;
use analytics::instant::Instant;
use analytics::latency::LatencyBin;
use analytics::model_use::{ModelFigures, ModelTally};
use analytics::nano::Nano;

use super::ranges::{COMPARISON, Ranges, TOTALS};
use crate::StoreError;
use crate::counting::models::{count_call, read_model_use};
use crate::engine::{Row, Transaction, values};
use crate::rows::Kind;
use crate::table_keys::tier_number;

/// What was counted, by place of the range and model.
type Tallies = BTreeMap<(usize, i64), ModelTally>;

/// The figures of every model that a bot has.
pub(super) async fn read_figures(
    transaction: &mut Transaction,
    ranges: &Ranges,
    plan: &ReportPlan,
) -> Result<Vec<ModelFigures>, StoreError> {
    let sql = "select name, model_key from models where bot_key = $1";
    let rows = transaction.fetch_all(sql, values![ranges.scope.bot]).await?;
    let names = rows.iter().map(|row| Ok((row.text("name")?, row.int("model_key")?)));
    let names: BTreeMap<String, i64> = names.collect::<Result<_, StoreError>>()?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    plan.check_cells(names.len())?;
    let mut tallies = Tallies::new();
    add_counts(transaction, ranges, &mut tallies).await?;
    add_edges(transaction, ranges, &names, &mut tallies).await?;
    let whole = load_series(transaction, ranges).await?;
    let tally = |place: usize, model: i64| tallies.get(&(place, model)).cloned().unwrap_or_default();
    let figures = names.into_iter().map(|(name, model)| ModelFigures {
        model: name,
        totals: tally(TOTALS, model),
        comparison: tally(COMPARISON, model),
        timeseries: ranges.series(
            |start| whole.get(&(model, start)).cloned().unwrap_or_default(),
            |place| tally(place, model),
        ),
    });
    Ok(figures.collect())
}

/// Calls in the whole quarters of each range.
async fn add_counts(
    transaction: &mut Transaction,
    ranges: &Ranges,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let sql = "select input.place, c.model_key, c.bin, cast(sum(c.calls) as bigint) as calls, cast(sum(c.errors) as bigint) as errors,
            cast(sum(c.input_tokens) as bigint) as input_tokens, cast(sum(c.output_tokens) as bigint) as output_tokens,
            cast(sum(c.cost_whole) as bigint) as cost_whole, cast(sum(c.cost_nano) as bigint) as cost_nano, cast(sum(c.latency_ms) as bigint) as latency_ms
        from input
        left join model_counts as c on c.bot_key = $1 and c.revision = input.revision
            and c.channel_key = input.channel_key and c.tier = input.tier
            and c.bucket >= input.bucket_from and c.bucket < input.bucket_end
        group by input.place, c.model_key, c.bin";
    for row in transaction.bulk_fetch(sql, values![ranges.scope.bot], &ranges.tiles()).await? {
        let Some(model) = row.optional_int("model_key")? else { continue };
        let tally = tallies.entry((row.place("place")?, model)).or_default();
        add_row(tally, &row)?;
    }
    Ok(())
}

/// Adds the sums of one row, which is of one bin of latency.
fn add_row(tally: &mut ModelTally, row: &Row) -> Result<(), StoreError> {
    let calls = row.count("calls")?;
    tally.calls += calls;
    tally.errors += row.count("errors")?;
    tally.input_tokens += row.count("input_tokens")?;
    tally.output_tokens += row.count("output_tokens")?;
    tally.cost_usd += Nano::from_parts(row.int("cost_whole")?, row.int("cost_nano")?);
    tally.latency_ms += row.count("latency_ms")?;
    if let Some(bin) = LatencyBin::from_place(row.int("bin")?) {
        tally.latencies.add(bin, calls);
    }
    Ok(())
}

/// Calls at edges off the quarter, from raw rows.
async fn add_edges(
    transaction: &mut Transaction,
    ranges: &Ranges,
    names: &BTreeMap<String, i64>,
    tallies: &mut Tallies,
) -> Result<(), StoreError> {
    let sql = "select input.place, facts.kind, m.model, m.input_tokens, m.output_tokens, m.cost_nano_usd, m.latency_ms,
            m.model_failed
        from input
        left join facts on facts.bot_key = $1 and facts.at >= input.at_from and facts.at < input.at_end
            and facts.kind in (1, 3) and ($2 = 0 or facts.channel_key = $2)
        left join message_details as m on m.bot_key = $1 and m.fact_key between facts.fact_key and facts.fact_key";
    let values = values![ranges.scope.bot, ranges.channel];
    for row in transaction.bulk_fetch(sql, values, &ranges.edges()).await? {
        let Some(kind) = row.optional_int("kind")? else { continue };
        let used = read_model_use(&row)?;
        if kind == Kind::Outgoing.as_i64() && used == ModelUse::default() {
            continue;
        }
        let Some(model) = names.get(used.model.as_deref().unwrap_or_default()) else { continue };
        add_call(tallies.entry((row.place("place")?, *model)).or_default(), &used);
    }
    Ok(())
}

fn add_call(tally: &mut ModelTally, used: &ModelUse) {
    let (_, [calls, errors, input, output, whole, nano, latency]) = count_call(used);
    let number = |number: i64| u64::try_from(number).unwrap_or(0);
    tally.calls += number(calls);
    tally.errors += number(errors);
    tally.input_tokens += number(input);
    tally.output_tokens += number(output);
    tally.cost_usd += Nano::from_parts(whole, nano);
    tally.latency_ms += number(latency);
    if let Some(latency) = used.latency_ms {
        tally.latencies.add(LatencyBin::of(latency), 1);
    }
}

/// Calls in whole buckets of the series, by model and start.
async fn load_series(
    transaction: &mut Transaction,
    ranges: &Ranges,
) -> Result<BTreeMap<(i64, Instant), ModelTally>, StoreError> {
    let Some((tier, range)) = ranges.whole else { return Ok(BTreeMap::new()) };
    let sql = "select model_key, bucket, bin, calls, errors, input_tokens, output_tokens, cost_whole, cost_nano, latency_ms
        from model_counts where bot_key = $1 and revision = $2 and channel_key = $3 and tier = $4
            and bucket >= $5 and bucket < $6";
    let (bot, revision) = (ranges.scope.bot, ranges.scope.revisions.calendar);
    let (from, end) = (range.start.as_ms(), range.end.as_ms());
    let values = values![bot, revision, ranges.channel, tier_number(tier), from, end];
    let mut series = BTreeMap::<_, ModelTally>::new();
    for row in transaction.fetch_all(sql, values).await? {
        let tally = series.entry((row.int("model_key")?, row.instant("bucket")?)).or_default();
        add_row(tally, &row)?;
    }
    Ok(series)
}
