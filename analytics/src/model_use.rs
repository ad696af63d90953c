//! The use of language models: its figures and its report. The report's types are also the types of the wire.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::events::show_gaps;
use crate::latency::{Histogram, Latency};
use crate::nano::Nano;
use crate::report::{Amount, Kpi, ReportHead};

/// Tokens and milliseconds that a single call may add to a sum. What a call tells beyond is counted as so many: no sum
/// leaves 64 bits by somebody's mistake.
pub const MOST_OF_A_CALL: u64 = 1_000_000_000_000;

/// What calls of a language model used in a stretch of time. All of it only adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelTally {
    /// How many calls there were.
    pub calls: u64,
    /// How many of them failed.
    pub errors: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Their price in US dollars.
    pub cost_usd: Nano,
    /// How long those took together that tell it.
    pub latency_ms: u64,
    /// How long each of them took.
    pub latencies: Histogram,
}

impl ModelTally {
    /// Adds another stretch, or another model.
    pub fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cost_usd += other.cost_usd;
        self.latency_ms += other.latency_ms;
        self.latencies.add_all(&other.latencies);
    }

    /// How long they took.
    pub fn latency(&self) -> Latency {
        Latency::new(self.latency_ms, &self.latencies)
    }

    /// All of some.
    pub fn sum<'a>(tallies: impl Iterator<Item = &'a Self>) -> Self {
        tallies.fold(Self::default(), |mut sum, tally| {
            sum.add(tally);
            sum
        })
    }
}

/// What was read for one model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelFigures {
    /// The model's name; empty for calls that tell none.
    pub model: String,
    /// Over the whole period.
    pub totals: ModelTally,
    /// Over what is counted of the comparison.
    pub comparison: ModelTally,
    /// In each bucket of the period.
    pub timeseries: Vec<ModelTally>,
}

/// A bot's use of language models for one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelUseReport {
    /// About whom, when, and compared with what.
    #[serde(flatten)]
    pub head: ReportHead,
    /// Of all models together.
    pub totals: ModelUseTotals,
    /// Of all models together, in each bucket of the head.
    pub timeseries: ModelUseSeries,
    /// By model, most calls first. One with no call in the period and none in the comparison is left out.
    pub models: Vec<ModelRow>,
}

/// The use of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelRow {
    /// The model's name; `None` for calls that tell none.
    pub model: Option<String>,
    /// Over the whole period.
    pub totals: ModelUseTotals,
    /// In each bucket of the head.
    pub timeseries: ModelUseSeries,
}

/// What calls used over a whole period. All of it is additive but for the latencies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelUseTotals {
    /// Calls: outgoing messages that tell of a model, and model calls.
    pub calls: Kpi,
    /// Calls that failed.
    pub errors: Kpi,
    /// Tokens read.
    pub input_tokens: Kpi,
    /// Tokens written.
    pub output_tokens: Kpi,
    /// Their price in US dollars.
    pub cost_usd: Amount,
    /// How long they took.
    pub latency: Latency,
    /// How long those of the comparison took; `None` without comparison or earlier data.
    pub previous_latency: Option<Latency>,
}

/// Series over the buckets of a report's head; `None` in a gap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModelUseSeries {
    /// Calls.
    pub calls: Vec<Option<u64>>,
    /// Calls that failed.
    pub errors: Vec<Option<u64>>,
    /// Tokens read.
    pub input_tokens: Vec<Option<u64>>,
    /// Tokens written.
    pub output_tokens: Vec<Option<u64>>,
    /// Their price in US dollars.
    pub cost_usd: Vec<Option<Nano>>,
    /// How long they took.
    pub latency: Vec<Option<Latency>>,
}

impl ModelUseReport {
    /// The report from its head and figures. `is_gap` says of each bucket whether nothing can be known of it; what was
    /// counted there all the same is shown.
    pub fn new(head: ReportHead, is_gap: &[bool], figures: Vec<ModelFigures>) -> Self {
        let has_earlier_data = head.has_earlier_data();
        let all = ModelFigures {
            model: String::new(),
            totals: ModelTally::sum(figures.iter().map(|figures| &figures.totals)),
            comparison: ModelTally::sum(figures.iter().map(|figures| &figures.comparison)),
            timeseries: (0..is_gap.len())
                .map(|place| {
                    ModelTally::sum(figures.iter().filter_map(|figures| figures.timeseries.get(place)))
                })
                .collect(),
        };
        let is_there = |figures: &ModelFigures| {
            figures.totals.calls > 0 || (has_earlier_data && figures.comparison.calls > 0)
        };
        let rows = figures.into_iter().filter(is_there);
        let mut models: Vec<_> =
            rows.map(|figures| ModelRow::new(figures, is_gap, has_earlier_data)).collect();
        models.sort_by(|one, other| {
            let order = |row: &ModelRow| Reverse(row.totals.calls.value);
            (order(one), &one.model).cmp(&(order(other), &other.model))
        });
        let ModelRow { totals, timeseries, .. } = ModelRow::new(all, is_gap, has_earlier_data);
        Self { head, totals, timeseries, models }
    }
}

impl ModelRow {
    fn new(figures: ModelFigures, is_gap: &[bool], has_earlier_data: bool) -> Self {
        let ModelFigures { model, totals, comparison, timeseries } = figures;
        Self {
            model: (!model.is_empty()).then_some(model),
            totals: ModelUseTotals::new(&totals, has_earlier_data.then_some(&comparison)),
            timeseries: ModelUseSeries {
                calls: series(&timeseries, is_gap, |tally| tally.calls),
                errors: series(&timeseries, is_gap, |tally| tally.errors),
                input_tokens: series(&timeseries, is_gap, |tally| tally.input_tokens),
                output_tokens: series(&timeseries, is_gap, |tally| tally.output_tokens),
                cost_usd: series(&timeseries, is_gap, |tally| tally.cost_usd),
                latency: series(&timeseries, is_gap, ModelTally::latency),
            },
        }
    }
}

fn series<T: Default + PartialEq>(
    tallies: &[ModelTally],
    is_gap: &[bool],
    figure: fn(&ModelTally) -> T,
) -> Vec<Option<T>> {
    // A bucket with a call in it is no gap, whatever else is zero.
    let gaps = is_gap.iter().zip(tallies).map(|(is_gap, tally)| *is_gap && tally.calls == 0);
    show_gaps(tallies.iter().map(figure).collect(), &gaps.collect::<Vec<_>>())
}

impl ModelUseTotals {
    fn new(totals: &ModelTally, comparison: Option<&ModelTally>) -> Self {
        let kpi = |figure: fn(&ModelTally) -> u64| Kpi::new(figure(totals), comparison.map(figure));
        Self {
            calls: kpi(|tally| tally.calls),
            errors: kpi(|tally| tally.errors),
            input_tokens: kpi(|tally| tally.input_tokens),
            output_tokens: kpi(|tally| tally.output_tokens),
            cost_usd: Amount::new(totals.cost_usd, comparison.map(|tally| tally.cost_usd)),
            latency: totals.latency(),
            previous_latency: comparison.map(ModelTally::latency),
        }
    }
}
