//! Custom events and model use as tables: one line for each name, with what it is compared with. Their series are in
//! the JSON.

use analytics::events::{EventRow, EventsReport};
use analytics::latency::{Latency, Percentile};
use analytics::model_use::{ModelRow, ModelUseReport};
use analytics::report::{Amount, Kpi};

use super::spreadsheet::{table_writer, text_cell};

/// The columns of a table of events.
pub const EVENT_COLUMNS: [&str; 7] =
    ["name", "count", "previous_count", "users", "previous_users", "value", "previous_value"];

/// The columns of a table of model use.
pub const MODEL_COLUMNS: [&str; 18] = [
    "model",
    "calls",
    "previous_calls",
    "errors",
    "previous_errors",
    "input_tokens",
    "previous_input_tokens",
    "output_tokens",
    "previous_output_tokens",
    "cost_usd",
    "previous_cost_usd",
    "latency_calls",
    "latency_mean_ms",
    "latency_median_ms",
    "latency_median_from_ms",
    "latency_median_below_ms",
    "latency_p95_from_ms",
    "latency_p95_below_ms",
];

/// The events with their heading, in the order of the report.
///
/// # Errors
/// None that can happen in memory: they are the writer's.
pub fn write_events(report: &EventsReport) -> Result<Vec<u8>, csv::Error> {
    write(&EVENT_COLUMNS, report.events.iter().map(event_cells))
}

/// The models with their heading, in the order of the report. The empty name is of calls that tell none.
///
/// # Errors
/// None that can happen in memory: they are the writer's.
pub fn write_model_use(report: &ModelUseReport) -> Result<Vec<u8>, csv::Error> {
    write(&MODEL_COLUMNS, report.models.iter().map(model_cells))
}

fn write(columns: &[&str], lines: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    let mut table = table_writer(Vec::new());
    table.write_record(columns)?;
    for line in lines {
        table.write_record(line)?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

fn event_cells(row: &EventRow) -> Vec<String> {
    let name = [text_cell(&row.name)];
    name.into_iter().chain(kpi(row.count)).chain(kpi(row.users)).chain(amount(row.value)).collect()
}

fn model_cells(row: &ModelRow) -> Vec<String> {
    let name = [text_cell(row.model.as_deref().unwrap_or_default())];
    let totals = &row.totals;
    let counts = [totals.calls, totals.errors, totals.input_tokens, totals.output_tokens];
    let counts = counts.into_iter().flat_map(kpi);
    name.into_iter().chain(counts).chain(amount(totals.cost_usd)).chain(latency(&totals.latency)).collect()
}

fn kpi(kpi: Kpi) -> [String; 2] {
    [kpi.value.to_string(), or_empty(kpi.previous)]
}

fn amount(amount: Amount) -> [String; 2] {
    [amount.value.to_string(), or_empty(amount.previous)]
}

fn latency(latency: &Latency) -> [String; 7] {
    let from = |at: Option<Percentile>| or_empty(at.map(|at| at.lower_ms));
    let below = |at: Option<Percentile>| or_empty(at.and_then(|at| at.upper_ms));
    [
        latency.calls.to_string(),
        or_empty(latency.mean_ms),
        or_empty(latency.median.map(|at| at.value_ms)),
        from(latency.median),
        below(latency.median),
        from(latency.p95),
        below(latency.p95),
    ]
}

fn or_empty<T: ToString>(figure: Option<T>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}
