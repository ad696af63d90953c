//! The use of language models by model: calls, errors, tokens, cost and latency. All of it only adds, so a user's part is
//! known by quarters of an hour and bins of latency, and what reports read is sums of that.

use analytics::calendar::Calendar;
use analytics::fact::ModelUse;
use analytics::latency::LatencyBin;
use analytics::model_use::MOST_OF_A_CALL;
use analytics::nano::Nano;
use analytics::visits::Tier;

use crate::StoreError;
use crate::counting::messages::Buckets;
use crate::counting::rows::{Rows, add_row, pairs};
use crate::counting::sums::{SumTable, sum_table};
use crate::engine::{Row, Transaction, values};
use crate::rules::counter_set::CounterSet;
use crate::table_keys::{BotKey, EVERYTHING, tier_number};

/// The bin of calls that tell no latency.
pub(crate) const NO_LATENCY: i64 = -1;

/// What users' calls used: user, channel, model, quarter of an hour and bin; calls, errors, tokens in and out, cost in two
/// parts, and latency.
pub(crate) type ModelRows = Rows<5, 7>;

/// One row per user, channel, model, quarter of an hour and bin with calls.
pub(crate) const MODEL_ACTIVITY: SumTable<5, 7> = sum_table!(
    "model_activity",
    ["user_key", "channel_key", "model_key", "quarter", "bin"],
    ["calls", "errors", "input_tokens", "output_tokens", "cost_whole", "cost_nano", "latency_ms"],
    empty: "calls = 0",
    load: "user_key >= $2 and user_key < $3"
);

/// Calls per bucket; channel 0 is all.
pub(crate) const MODEL_COUNTS: SumTable<6, 7> = sum_table!(
    "model_counts",
    ["revision", "channel_key", "tier", "bucket", "model_key", "bin"],
    ["calls", "errors", "input_tokens", "output_tokens", "cost_whole", "cost_nano", "latency_ms"],
    empty: "calls = 0",
    load: "revision = $2"
);

/// The use of the users with keys from `first` up to `end`.
pub(crate) async fn load_model_activity(
    transaction: &mut Transaction,
    bot: BotKey,
    first: i64,
    end: i64,
) -> Result<ModelRows, StoreError> {
    MODEL_ACTIVITY.load(transaction, values![bot, first, end]).await
}

/// What the details of a message or a call say of the model, from the columns of `message_details`.
pub(crate) fn read_model_use(row: &Row) -> Result<ModelUse, StoreError> {
    let number = |column| {
        let number = row.optional_int(column)?;
        Ok::<_, StoreError>(number.and_then(|number| number.try_into().ok()))
    };
    Ok(ModelUse {
        model: row.optional_text("model")?,
        input_tokens: number("input_tokens")?,
        output_tokens: number("output_tokens")?,
        cost_nano_usd: row.optional_int("cost_nano_usd")?,
        latency_ms: number("latency_ms")?,
        failed: row.optional_int("model_failed")?.is_some_and(|failed| failed != 0),
    })
}

/// What one call adds, with its bin.
pub(crate) fn count_call(used: &ModelUse) -> (i64, [i64; 7]) {
    let number = |number: Option<u64>| i64::try_from(number.unwrap_or(0).min(MOST_OF_A_CALL)).unwrap_or(0);
    let (whole, nano) = Nano::split(used.cost_nano_usd.unwrap_or(0));
    let bin = used.latency_ms.map_or(NO_LATENCY, |latency| LatencyBin::of(latency).place());
    let (input, output) = (number(used.input_tokens), number(used.output_tokens));
    (bin, [1, i64::from(used.failed), input, output, whole, nano, number(used.latency_ms)])
}

/// Counters of model use of one set, or changes of them.
#[derive(Debug)]
pub(crate) struct ModelCounters {
    calendar: Calendar,
    revision: i64,
    counts: Rows<6, 7>,
    buckets: Buckets,
}

impl ModelCounters {
    /// What users' calls used, added to the counters of a set, or with `sign` −1 taken out.
    pub(crate) fn count(set: &CounterSet, activity: &ModelRows, sign: i64) -> Self {
        let mut counters = Self {
            calendar: set.rule.calendar,
            revision: set.revisions.calendar,
            counts: Rows::new(),
            buckets: Buckets::default(),
        };
        for ([_, channel, model, quarter, bin], sums) in activity {
            let sums = sums.map(|sum| sum * sign);
            counters.add(*channel, *model, *quarter, *bin, sums);
        }
        counters
    }

    fn add(&mut self, channel: i64, model: i64, quarter: i64, bin: i64, sums: [i64; 7]) {
        for (tier, bucket) in Tier::ALL.into_iter().zip(self.buckets.of(&self.calendar, quarter)) {
            for channel in [EVERYTHING, channel] {
                let key = [self.revision, channel, tier_number(tier), bucket, model, bin];
                add_row(&mut self.counts, key, sums);
            }
        }
    }

    /// Adds everything to the stored counters. What nobody has any more is removed.
    pub(crate) async fn save(&self, transaction: &mut Transaction, bot: BotKey) -> Result<(), StoreError> {
        MODEL_COUNTS.add(transaction, bot, pairs(&self.counts)).await?;
        MODEL_COUNTS.delete_empty(transaction, bot, pairs(&self.counts)).await
    }
}
