//! How an import understands its first rows, without storing anything.

use std::process::ExitCode;

use serde_json::json;

use super::chunks::{Progress, Rows};
use crate::cli::output::print_json;
use crate::intake::item::{Item, ItemReader, Rejection};
use crate::intake::translation::{Part, Translation};

/// How many rows are shown.
const SHOWN_ROWS: usize = 10;

/// Prints what the first rows come to, one JSON object a line: what would be stored, in the native form, or why it
/// would not be. Fails when one of them would be rejected.
pub(super) fn show(mut rows: Box<dyn Rows>, reader: ItemReader) -> anyhow::Result<ExitCode> {
    let mut translation = Translation::new(reader);
    while translation.parts.len() < SHOWN_ROWS {
        if rows.read(&mut translation)? == Progress::default() {
            break;
        }
    }
    rows.finish(&mut translation);
    translation.parts.sort_by_key(|&(row, _)| row);
    let mut code = ExitCode::SUCCESS;
    for (row, part) in translation.parts.iter().take(SHOWN_ROWS) {
        if !show_part(*row, part)? {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// Whether the row would not be rejected.
fn show_part(row: usize, part: &Part) -> anyhow::Result<bool> {
    match part {
        Part::Fact(fact) => print_json(&Item::of_fact(fact)?)?,
        Part::Rejected(Rejection { code, .. }) => {
            print_json(&json!({ "row": row, "rejected": code.as_str(), "detail": code.detail() }))?;
        }
        Part::Ignored(what) => print_json(&json!({ "row": row, "skipped": what }))?,
    }
    Ok(!matches!(part, Part::Rejected(_)))
}
