//! One local day, in the form of that API. Every field is there, with zero where there is nothing.

use std::collections::BTreeMap;

use analytics::instant::LocalTime;
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
    /// The record of a day of a report.
    pub(super) fn new(day: &TimeseriesRow) -> Self {
        let messages = day.messages.unwrap_or_default();
        Self {
            start_date_time_utc: write_utc(day.start),
            end_date_time_utc: write_utc(day.end - TimeDelta::milliseconds(1)),
            returning_users: day.returning_users.unwrap_or_default(),
            new_users: day.new_users.unwrap_or_default(),
            sessions: day.sessions.unwrap_or_default(),
            messages,
            user_messages: messages,
            bot_messages: day.bot_messages.unwrap_or_default(),
            events: 0,
            event_types: BTreeMap::new(),
            custom_events: BTreeMap::new(),
            llm: ModelUse::default(),
        }
    }
}

fn write_utc(at: LocalTime) -> String {
    at.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}
