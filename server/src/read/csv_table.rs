//! A report's series as a table: one line per bucket of the period, beside it the bucket that it is compared with. A
//! bucket of the comparison that has no counterpart has a line of its own.

use analytics::instant::LocalTime;
use analytics::report::{PairedRows, Report, TimeseriesRow};

use super::spreadsheet::table_writer;

pub(crate) const COLUMNS: [&str; 26] = [
    "start",
    "end",
    "start_local",
    "start_offset",
    "end_local",
    "end_offset",
    "partial",
    "running",
    "total_users",
    "new_users",
    "returning_users",
    "sessions",
    "messages",
    "bot_messages",
    "previous_start",
    "previous_end",
    "previous_start_local",
    "previous_start_offset",
    "previous_end_local",
    "previous_end_offset",
    "previous_total_users",
    "previous_new_users",
    "previous_returning_users",
    "previous_sessions",
    "previous_messages",
    "previous_bot_messages",
];

/// The table with its heading. A gap is an empty cell, and so is what has no counterpart.
///
/// # Errors
/// None that can happen in memory: they are the writer's.
pub fn write(report: &Report) -> Result<Vec<u8>, csv::Error> {
    let mut table = table_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for line in report.lines() {
        table.write_record(cells(line))?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

fn cells(line: PairedRows<'_>) -> impl Iterator<Item = String> {
    let PairedRows { current, previous } = line;
    let state =
        current.map_or_else(Default::default, |row| [row.partial.to_string(), row.running.to_string()]);
    times(current)
        .into_iter()
        .chain(state)
        .chain(figures(current))
        .chain(times(previous))
        .chain(figures(previous))
}

/// Both edges as instants, and then as spreadsheets read them: they take an instant with its offset for a text.
fn times(row: Option<&TimeseriesRow>) -> [String; 6] {
    let Some(TimeseriesRow { start, end, .. }) = row else { return Default::default() };
    let local = |at: &LocalTime| at.format("%Y-%m-%d %H:%M:%S").to_string();
    // A plus sign at its beginning would be a formula.
    let offset = |at: &LocalTime| at.format("UTC%:z").to_string();
    [start.to_rfc3339(), end.to_rfc3339(), local(start), offset(start), local(end), offset(end)]
}

fn figures(row: Option<&TimeseriesRow>) -> [String; 6] {
    let row = row.map_or([None; 6], |row| {
        [row.total_users, row.new_users, row.returning_users, row.sessions, row.messages, row.bot_messages]
    });
    row.map(|figure| figure.map(|figure| figure.to_string()).unwrap_or_default())
}
