//! One local day, in the form of that API. Every field is there, with zero where there is nothing.
//!
//! Sums of calls are kept, and of latencies a histogram, so of several calls some of what is asked for is near the truth
//! only: the least and the greatest latency are those of their bins, and what calls cost and how fast they wrote is
//! their mean, with a spread of zero.

use std::collections::BTreeMap;

use analytics::events::EventsReport;
use analytics::instant::LocalTime;
use analytics::latency::{Latency, Percentile};
use analytics::model_use::ModelUseReport;
use analytics::report::TimeseriesRow;
use chrono::{SecondsFormat, TimeDelta};
use schemars::JsonSchema;
use serde::Serialize;

/// The figures of one local day of the bot. `newUsers` and `returningUsers` together are the day's distinct users;
/// those of several days may not be added up.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DayRecord {
    /// The day's first millisecond, in UTC.
    start_date_time_utc: String,
    /// The day's last millisecond, in UTC.
    end_date_time_utc: String,
    /// Users of the day who wrote before it.
    returning_users: u64,
    /// Users of the day who had never written.
    new_users: u64,
    /// Sessions that opened.
    sessions: u64,
    /// The same as `userMessages`.
    messages: u64,
    /// Messages from users.
    user_messages: u64,
    /// Messages from the bot.
    bot_messages: u64,
    /// Custom events of any name.
    events: u64,
    /// The same as `customEvents`.
    event_types: BTreeMap<String, u64>,
    /// Custom events by name.
    custom_events: BTreeMap<String, u64>,
    /// Calls of language models.
    llm: ModelUse,
}

/// What calls of language models used in a day.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ModelUse {
    calls: u64,
    /// Calls that failed.
    errors: u64,
    input_tokens: u64,
    output_tokens: u64,
    /// In milliseconds.
    latency: Spread,
    tokens_per_second: Spread,
    cost: Cost,
}

/// How figures of single calls are spread.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Spread {
    mean: f64,
    sd: f64,
    min: f64,
    max: f64,
}

/// What calls cost, in US dollars.
#[derive(Debug, Default, Serialize, JsonSchema)]
struct Cost {
    sum: f64,
    #[serde(flatten)]
    spread: Spread,
}

impl DayRecord {
    /// The record of the day at a place of the three reports, which have the same days.
    pub(super) fn new(
        place: usize,
        day: &TimeseriesRow,
        events: &EventsReport,
        uses: &ModelUseReport,
    ) -> Self {
        let messages = day.messages.unwrap_or_default();
        let custom_events = count_events(place, events);
        Self {
            start_date_time_utc: write_utc(day.start),
            end_date_time_utc: write_utc(day.end - TimeDelta::milliseconds(1)),
            returning_users: day.returning_users.unwrap_or_default(),
            new_users: day.new_users.unwrap_or_default(),
            sessions: day.sessions.unwrap_or_default(),
            messages,
            user_messages: messages,
            bot_messages: day.bot_messages.unwrap_or_default(),
            events: custom_events.values().sum(),
            event_types: custom_events.clone(),
            custom_events,
            llm: ModelUse::new(place, uses),
        }
    }
}

fn count_events(place: usize, events: &EventsReport) -> BTreeMap<String, u64> {
    let counted = events.events.iter().map(|row| (row.name.clone(), at(&row.timeseries, place)));
    counted.filter(|(_, count)| *count > 0).collect()
}

fn at<T: Copy + Default>(series: &[Option<T>], place: usize) -> T {
    series.get(place).copied().flatten().unwrap_or_default()
}

impl ModelUse {
    fn new(place: usize, report: &ModelUseReport) -> Self {
        let series = &report.timeseries;
        let (calls, output_tokens) = (at(&series.calls, place), at(&series.output_tokens, place));
        let latency = at(&series.latency, place);
        let cost = at(&series.cost_usd, place).to_f64();
        let seconds = latency.mean_ms.unwrap_or_default() * float(latency.calls) / 1_000.0;
        Self {
            calls,
            errors: at(&series.errors, place),
            input_tokens: at(&series.input_tokens, place),
            output_tokens,
            latency: Spread::of(&latency),
            tokens_per_second: Spread::even(quotient(float(output_tokens), seconds)),
            cost: Cost { sum: cost, spread: Spread::even(quotient(cost, float(calls))) },
        }
    }
}

impl Spread {
    /// That of figures which are all the same.
    fn even(mean: f64) -> Self {
        Self { mean, sd: 0.0, min: mean, max: mean }
    }

    fn of(latency: &Latency) -> Self {
        let mean = latency.mean_ms.unwrap_or_default();
        if latency.calls <= 1 {
            return Self::even(mean);
        }
        let middle = |bin: Option<Percentile>| float(bin.map_or(0, |bin| bin.value_ms));
        let (min, max) = (middle(latency.lowest).min(mean), middle(latency.highest).max(mean));
        Self { mean, sd: latency.deviation_ms.unwrap_or_default(), min, max }
    }
}

/// Zero where there is nothing to divide by.
fn quotient(sum: f64, parts: f64) -> f64 {
    if parts > 0.0 { sum / parts } else { 0.0 }
}

#[expect(clippy::cast_precision_loss, reason = "the form asks for floating-point numbers")]
fn float(count: u64) -> f64 {
    count as f64
}

fn write_utc(at: LocalTime) -> String {
    at.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}
