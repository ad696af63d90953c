//! How an import understands its first rows, without storing anything.

use std::process::ExitCode;

use serde_json::json;

use super::chunks::{Progress, Rows};
use crate::cli::output::print_json;
use crate::intake::doors::{Part, Translation};
use crate::intake::item::ItemReader;
use crate::intake::written::WrittenItem;

/// How many rows are shown.
const SHOWN_ROWS: usize = 10;

/// Prints what the first rows come to, one JSON object a line: what would be stored, in the native form, or why it
/// would not be. Fails when one of them would be rejected.
pub(super) fn show(mut rows: Box<dyn Rows>, reader: ItemReader) -> anyhow::Result<ExitCode> {
    let mut translation = Translation::default();
    while translation.parts.len() < SHOWN_ROWS {
        if rows.read(&mut translation)? == Progress::default() {
            break;
        }
    }
    rows.finish(&mut translation);
    translation.parts.sort_by_key(|&(row, _)| row);
    let mut code = ExitCode::SUCCESS;
    for (row, part) in translation.parts.iter().take(SHOWN_ROWS) {
        if !show_part(*row, part, reader)? {
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// Whether the row would not be rejected.
fn show_part(row: usize, part: &Part, reader: ItemReader) -> anyhow::Result<bool> {
    let read = match part {
        Part::Item(item) => reader.read(item),
        Part::Rejected(code) => Err(*code),
        Part::Ignored(what) => {
            print_json(&json!({ "row": row, "skipped": what }))?;
            return Ok(true);
        }
    };
    match &read {
        Ok(fact) => print_json(&WrittenItem::new(fact)?)?,
        Err(code) => print_json(&json!({ "row": row, "rejected": code.as_str(), "detail": code.detail() }))?,
    }
    Ok(read.is_ok())
}
