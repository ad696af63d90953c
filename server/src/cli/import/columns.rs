//! Tables of any origin: which column holds which of our fields, and what a cell says.

use std::borrow::Cow;
use std::str::FromStr;

use analytics::error::RejectionCode;
use anyhow::bail;
use chrono::DateTime;
use csv::ByteRecord;
use serde_json::value::RawValue;

use super::chunks::{CHUNK_BYTES, CHUNK_ROWS, Progress, Rows};
use super::table::Table;
use crate::cli::UsageError;
use crate::intake::doors::draft::{Draft, Value};
use crate::intake::doors::moment::Moment;
use crate::intake::doors::{Part, Translation};
use crate::intake::written::FIELDS;
use crate::read::spreadsheet::restore;

/// Columns that have other delimiters in them.
const DELIMITERS: [(char, &str); 3] = [(';', "';'"), ('\t', "tab"), ('|', "'|'")];

/// `user_id=Sender`: a field of ours and the column that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ColumnName {
    field: &'static str,
    column: String,
}

impl FromStr for ColumnName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, column) = text.split_once('=').ok_or("expected FIELD=COLUMN, such as user_id=Sender")?;
        let known = FIELDS.into_iter().find(|known| *known == field);
        let field =
            known.ok_or_else(|| format!("{field} is no field: expected one of {}", FIELDS.join(", ")))?;
        Ok(Self { field, column: column.to_owned() })
    }
}

/// One character of ASCII, or `tab`.
pub(super) fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [character] if character.is_ascii() && !character.is_ascii_alphanumeric() && *character != b'"' => {
            Ok(*character)
        }
        _ => Err("expected one character such as ; or the word tab".to_owned()),
    }
}

/// A table and where our fields are in it.
pub(super) struct Columns {
    table: Table,
    places: [Option<usize>; FIELDS.len()],
}

impl Columns {
    /// Finds the columns, by our names or by those that were told.
    ///
    /// # Errors
    /// When a column that was told is missing, or nothing holds the user.
    pub(super) fn new(table: Table, told: &[ColumnName]) -> anyhow::Result<Self> {
        let mut places = FIELDS.map(|field| table.find(field));
        for ColumnName { field, column } in told {
            let Some(place) = table.find(column) else {
                return Err(UsageError(format!("there is no column {column}; {}", describe(&table))).into());
            };
            places[place_of(field)] = Some(place);
        }
        if places[place_of("user_id")].is_none() && !table.names.is_empty() {
            bail!(
                "no column is called user_id, and no --column user_id=… says which one it is; {}",
                describe(&table)
            );
        }
        Ok(Self { table, places })
    }

    fn add(&self, line: usize, row: &ByteRecord, translation: &mut Translation) -> anyhow::Result<()> {
        let Ok(row) = std::str::from_utf8(row.as_slice()).map(|_| row) else {
            translation.reject(line, RejectionCode::NotAnObject);
            return Ok(());
        };
        let draft = draft(|field| cell(row, self.places[place_of(field)]));
        // Unlike what a client sends, a table can be put right: what it says wrongly is rejected and named.
        translation.parts.push((line, Part::Item(serde_json::to_vec(&draft)?)));
        Ok(())
    }
}

impl Rows for Columns {
    fn read(&mut self, translation: &mut Translation) -> anyhow::Result<Progress> {
        let (start, mut progress) = (self.table.bytes(), Progress::default());
        let mut row = ByteRecord::new();
        for _ in 0..CHUNK_ROWS {
            let Some(line) = self.table.read(&mut row)? else { break };
            progress.rows += 1;
            self.add(line, &row, translation)?;
            if self.table.bytes() - start >= CHUNK_BYTES {
                break;
            }
        }
        progress.bytes = self.table.bytes() - start;
        Ok(progress)
    }
}

/// What the table's columns are called, and a guess when it seems to be only one.
fn describe(table: &Table) -> String {
    let names = table.names.join(", ");
    let guess = match table.names.as_slice() {
        [only] => DELIMITERS.into_iter().find(|(delimiter, _)| only.contains(*delimiter)),
        _ => None,
    };
    match guess {
        Some((_, delimiter)) => format!("the only one is {names}: try --delimiter {delimiter}"),
        None => format!("there are: {names}"),
    }
}

fn place_of(field: &str) -> usize {
    FIELDS.iter().position(|known| *known == field).unwrap_or_default()
}

/// A cell with something in it.
fn cell(row: &ByteRecord, place: Option<usize>) -> Option<&str> {
    let cell = std::str::from_utf8(row.get(place?)?).ok()?;
    Some(cell).filter(|cell| !cell.trim().is_empty())
}

fn draft<'a>(cell: impl Fn(&str) -> Option<&'a str>) -> Draft<'a> {
    let text = |field| cell(field).map(|text| Value::from(restore(text)));
    let number = |field| cell(field).map(read_json);
    let flag = |field| cell(field).map(read_flag);
    Draft {
        r#type: cell("type").map(|name| Cow::Borrowed(restore(name))),
        id: text("id"),
        user_id: text("user_id"),
        session_id: text("session_id"),
        at: cell("at").map(read_time),
        direction: cell("direction").map(read_direction),
        channel: text("channel"),
        text: text("text"),
        intent: text("intent"),
        handled: flag("handled"),
        model: text("model"),
        model_failed: flag("model_failed"),
        input_tokens: number("input_tokens"),
        output_tokens: number("output_tokens"),
        cost_usd: number("cost_usd"),
        latency_ms: number("latency_ms"),
        value: number("value"),
        properties: number("properties"),
    }
}

/// Any other word is refused as a direction.
fn read_direction(cell: &str) -> &'static str {
    match cell.trim().to_lowercase().as_str() {
        "incoming" => "incoming",
        "outgoing" => "outgoing",
        _ => "unknown",
    }
}

/// Milliseconds since 1970, RFC 3339, or what a database writes instead.
fn read_time(cell: &str) -> Value<'_> {
    let cell = cell.trim();
    if cell.parse::<i64>().is_ok() {
        return read_json(cell);
    }
    let is_rfc3339 = DateTime::parse_from_rfc3339(cell).is_ok();
    match Moment::of_text(cell).filter(|_| !is_rfc3339) {
        Some(moment) => moment.to_instant().as_ms().into(),
        None => cell.into(),
    }
}

fn read_flag(cell: &str) -> Value<'_> {
    match cell.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" => true.into(),
        "false" | "no" | "0" => false.into(),
        _ => cell.into(),
    }
}

/// A number or an object; a text where it is neither, which the item reader refuses.
fn read_json(cell: &str) -> Value<'_> {
    let json = RawValue::from_string(cell.trim().to_owned());
    json.map_or_else(|_| cell.into(), Value::Made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(cells: &[(&str, &'static str)]) -> String {
        let find = |field: &str| cells.iter().find(|(name, _)| *name == field).map(|(_, cell)| *cell);
        serde_json::to_string(&draft(find)).unwrap()
    }

    #[test]
    fn cells_are_what_they_say() {
        let cells = [
            ("id", "7"),
            ("user_id", "'=1+1"),
            ("at", "2026-01-02 03:04:05.5+00"),
            ("direction", "Incoming"),
            ("handled", "No"),
            ("cost_usd", "0.0012"),
            ("properties", r#"{"a": 1}"#),
        ];
        assert_eq!(
            item(&cells),
            r#"{"id":"7","user_id":"=1+1","at":1767323045500,"direction":"incoming","handled":false,"cost_usd":0.0012,"properties":{"a": 1}}"#
        );
    }

    #[test]
    fn times_are_milliseconds_or_dates_and_anything_else_is_left_to_the_item_reader() {
        for (cell, at) in [
            ("1767323045500", "1767323045500"),
            ("2026-01-02T03:04:05Z", r#""2026-01-02T03:04:05Z""#),
            ("02.01.2026", r#""02.01.2026""#),
        ] {
            assert_eq!(serde_json::to_string(&read_time(cell)).unwrap(), at);
        }
    }

    #[test]
    fn a_column_is_named_for_a_field_of_ours() {
        let name = "user_id=Sender = x".parse::<ColumnName>().unwrap();
        assert_eq!((name.field, &*name.column), ("user_id", "Sender = x"));
        for wrong in ["user_id", "sender=user_id", ""] {
            assert!(wrong.parse::<ColumnName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_delimiter_is_one_character() {
        for (text, delimiter) in [(";", b';'), ("tab", b'\t'), ("\\t", b'\t'), ("|", b'|')] {
            assert_eq!(parse_delimiter(text), Ok(delimiter));
        }
        for text in ["", ",,", "a", "\"", "ä"] {
            assert!(parse_delimiter(text).is_err(), "{text}");
        }
    }
}
