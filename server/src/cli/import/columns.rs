//! Tables of any origin: which column holds which of our fields, and what a cell says.

use std::collections::HashMap;
use std::str::FromStr;

use analytics::error::RejectionCode;
use anyhow::bail;
use chrono::DateTime;
use csv::ByteRecord;
use serde_json::value::RawValue;

use super::chunks::{CHUNK_BYTES, CHUNK_ROWS, Progress, Rows};
use super::table::Table;
use crate::cli::UsageError;
use crate::intake::doors::moment::Moment;
use crate::intake::item::{Field, Item, Kind, Strictness, Value};
use crate::intake::translation::Translation;
use crate::read::spreadsheet::restore;

/// Columns that have other delimiters in them.
const DELIMITERS: [(char, &str); 3] = [(';', "';'"), ('\t', "tab"), ('|', "'|'")];

/// `user_id=Sender`: a field of ours and the column that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ColumnName {
    field: Field,
    column: String,
}

impl FromStr for ColumnName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, column) = text.split_once('=').ok_or("expected FIELD=COLUMN, such as user_id=Sender")?;
        let known = Field::ALL.map(Field::word).join(", ");
        let field =
            Field::from_word(field).ok_or_else(|| format!("{field} is no field: expected one of {known}"))?;
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
    places: HashMap<Field, usize>,
}

impl Columns {
    /// Finds the columns, by our names or by those that were told.
    ///
    /// # Errors
    /// When a column that was told is missing, or nothing holds the user.
    pub(super) fn new(table: Table, told: &[ColumnName]) -> anyhow::Result<Self> {
        let found = Field::ALL.into_iter().filter_map(|field| Some((field, table.find(field.word())?)));
        let mut places: HashMap<_, _> = found.collect();
        for ColumnName { field, column } in told {
            let Some(place) = table.find(column) else {
                return Err(UsageError(format!("there is no column {column}; {}", describe(&table))).into());
            };
            places.insert(*field, place);
        }
        if !places.contains_key(&Field::UserId) && !table.names.is_empty() {
            bail!(
                "no column is called user_id, and no --column user_id=… says which one it is; {}",
                describe(&table)
            );
        }
        Ok(Self { table, places })
    }

    fn add(&self, line: usize, row: &ByteRecord, translation: &mut Translation) {
        let Ok(row) = std::str::from_utf8(row.as_slice()).map(|_| row) else {
            return translation.reject(line, RejectionCode::NotAnObject);
        };
        let item = read_item(|field| cell(row, self.places.get(&field).copied()));
        // Unlike what a client sends, a table can be put right: what it says wrongly is rejected and named.
        translation.add(line, &item, Strictness::Refuse);
    }
}

impl Rows for Columns {
    fn read(&mut self, translation: &mut Translation) -> anyhow::Result<Progress> {
        let (start, mut progress) = (self.table.bytes(), Progress::default());
        let mut row = ByteRecord::new();
        for _ in 0..CHUNK_ROWS {
            let Some(line) = self.table.read(&mut row)? else { break };
            progress.rows += 1;
            self.add(line, &row, translation);
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

/// A cell with something in it.
fn cell(row: &ByteRecord, place: Option<usize>) -> Option<&str> {
    let cell = std::str::from_utf8(row.get(place?)?).ok()?;
    Some(cell).filter(|cell| !cell.trim().is_empty())
}

fn read_item<'a>(cell: impl Fn(Field) -> Option<&'a str>) -> Item<'a> {
    let mut item = Item::default();
    for field in Field::ALL {
        item.set(field, cell(field).map(|cell| read_cell(field.kind(), cell)));
    }
    item
}

fn read_cell(kind: Kind, cell: &str) -> Value<'_> {
    match kind {
        Kind::Type | Kind::Id | Kind::Channel | Kind::Text | Kind::Word => restore(cell).into(),
        Kind::Time => read_time(cell),
        Kind::Direction => read_direction(cell).into(),
        Kind::Flag => read_flag(cell),
        Kind::Count | Kind::Amount | Kind::Object => read_json(cell),
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
        let find = |field: Field| cells.iter().find(|(name, _)| *name == field.word()).map(|(_, cell)| *cell);
        serde_json::to_string(&read_item(find)).unwrap()
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
        assert_eq!((name.field, &*name.column), (Field::UserId, "Sender = x"));
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
