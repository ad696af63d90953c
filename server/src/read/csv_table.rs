//! A report's series as a table: one line per bucket of the period, beside it the bucket of the comparison that the
//! chart draws at the same place.

use analytics::report::{Report, TimeseriesRow};

use super::spreadsheet::table_writer;

pub(crate) const COLUMNS: [&str; 18] = [
    "start",
    "end",
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
    "previous_total_users",
    "previous_new_users",
    "previous_returning_users",
    "previous_sessions",
    "previous_messages",
    "previous_bot_messages",
];

/// The table with its heading. A gap is an empty cell, and so is what has no counterpart in the comparison.
///
/// # Errors
/// None that can happen in memory: they are the writer's.
pub fn write(report: &Report) -> Result<Vec<u8>, csv::Error> {
    let mut table = table_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for (index, row) in report.timeseries.iter().enumerate() {
        let previous = report.comparison.as_ref().and_then(|comparison| comparison.timeseries.get(index));
        table.write_record(cells(row, previous))?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

fn cells(row: &TimeseriesRow, previous: Option<&TimeseriesRow>) -> impl Iterator<Item = String> {
    let state = [row.partial.to_string(), row.running.to_string()];
    let times = |row: &TimeseriesRow| [row.start.to_rfc3339(), row.end.to_rfc3339()];
    times(row)
        .into_iter()
        .chain(state)
        .chain(figures(Some(row)))
        .chain(previous.map_or_else(Default::default, times))
        .chain(figures(previous))
}

fn figures(row: Option<&TimeseriesRow>) -> [String; 6] {
    let row = row.map_or([None; 6], |row| {
        [row.total_users, row.new_users, row.returning_users, row.sessions, row.messages, row.bot_messages]
    });
    row.map(|figure| figure.map(|figure| figure.to_string()).unwrap_or_default())
}
