//! What a cell of a table says. A table can be put right, so a cell that cannot be read rejects its row, by its name.

use std::borrow::Cow;

use analytics::error::RejectionCode as Code;
use serde_json::value::RawValue;

use super::dates;
use super::numbers::read_number;
use crate::history::options::{Options, TimeProblem};
use crate::history::sink::Rejection;
use crate::history::words::{is_nothing, is_null, read_direction, read_flag};
use crate::intake::item::{Item, Value};
use crate::intake::translation::MissingTime;
use crate::read::spreadsheet::restore;

/// Most characters of a cell that a message shows.
const SHOWN_CHARACTERS: usize = 40;

/// The cells of one row, by our fields.
pub(super) struct Cells<'c, F> {
    /// A field's cell.
    pub(super) cell: F,
    /// What the table calls a field.
    pub(super) column: &'c dyn Fn(&str) -> String,
    /// How times are written, and what was told.
    pub(super) options: &'c Options,
    /// What separates cells: a comma that does not may be that of a decimal.
    pub(super) delimiter: u8,
}

impl<'a, F: Fn(&str) -> Option<Cow<'a, str>>> Cells<'_, F> {
    /// The item that a row is.
    ///
    /// # Errors
    /// The first cell that cannot be read.
    pub(super) fn item(&self) -> Result<Item<'a>, Rejection> {
        Ok(Item {
            r#type: self.value("type"),
            id: self.value("id"),
            user_id: self.value("user_id"),
            session_id: self.value("session_id"),
            at: self.time()?,
            direction: self.direction()?,
            channel: self.value("channel"),
            text: self.text("text").map(|text| Value::Text(restore_cow(text))),
            intent: self.value("intent"),
            handled: self.flag("handled")?,
            model: self.value("model"),
            model_failed: self.flag("model_failed")?,
            input_tokens: self.count("input_tokens")?,
            output_tokens: self.count("output_tokens")?,
            cost_usd: self.number("cost_usd")?,
            latency_ms: self.count("latency_ms")?,
            value: self.number("value")?,
            properties: self.text("properties").map(read_json),
        })
    }

    /// A cell with something in it. Of a message's text only what databases write for nothing is nothing.
    fn text(&self, field: &str) -> Option<Cow<'a, str>> {
        let is_nothing = if field == "text" { is_null } else { is_nothing };
        (self.cell)(field).filter(|cell| !cell.trim().is_empty() && !is_nothing(cell.trim()))
    }

    /// A name: blanks around it are none of it.
    fn value(&self, field: &str) -> Option<Value<'a>> {
        self.text(field).map(|text| Value::Text(restore_cow(trim(text))))
    }

    fn reject(&self, code: Code, field: &str, cell: &str, expected: &str) -> Rejection {
        let detail = format!("{}: expected {expected}", quote(cell));
        Rejection::of_field(code, &(self.column)(field), detail)
    }

    fn time(&self) -> Result<Option<Value<'a>>, Rejection> {
        let Some(cell) = self.text("at") else {
            return match self.options.missing_time {
                MissingTime::Now => Ok(None),
                MissingTime::Refuse => {
                    Err(Rejection::of_field(Code::AtMissing, &(self.column)("at"), Code::AtMissing.detail()))
                }
            };
        };
        let cell = cell.trim();
        let time = dates::parse(self.options, cell).ok_or_else(|| TimeProblem::of(cell));
        match time.and_then(|time| self.options.place(time)) {
            // A time in our own form goes on as it is: an id may be made of it.
            Ok(_) if is_native(cell) => Ok(Some(cell.to_owned().into())),
            Ok(moment) => Ok(Some(moment.to_instant().as_ms().into())),
            Err(problem) => Err(self.reject(Code::AtInvalid, "at", cell, problem.expected())),
        }
    }

    fn direction(&self) -> Result<Option<Value<'a>>, Rejection> {
        let Some(cell) = self.text("direction") else { return Ok(None) };
        let expected = "incoming or outgoing, or a word such as user, bot, in, out, received, sent";
        let direction = read_direction(&cell);
        let direction =
            direction.ok_or_else(|| self.reject(Code::DirectionInvalid, "direction", &cell, expected))?;
        Ok(Some(direction.into()))
    }

    fn flag(&self, field: &str) -> Result<Option<Value<'a>>, Rejection> {
        let Some(cell) = self.text(field) else { return Ok(None) };
        let flag = read_flag(&cell);
        flag.map(|flag| Some(flag.into()))
            .ok_or_else(|| self.reject(Code::ValueInvalid, field, &cell, "true or false"))
    }

    fn number(&self, field: &str) -> Result<Option<Value<'a>>, Rejection> {
        let Some(cell) = self.text(field) else { return Ok(None) };
        let number = read_number(&cell, self.delimiter)
            .map_err(|expected| self.reject(Code::ValueInvalid, field, &cell, expected))?;
        Ok(Some(read_json(Cow::Owned(number))))
    }

    /// A number that is rounded to a whole one, as what comes through a door is.
    fn count(&self, field: &str) -> Result<Option<Value<'a>>, Rejection> {
        let Some(cell) = self.text(field) else { return Ok(None) };
        let expected = "a number from 0";
        let number = read_number(&cell, self.delimiter)
            .map_err(|expected| self.reject(Code::ValueInvalid, field, &cell, expected))?;
        let whole =
            number.parse::<i64>().ok().or_else(|| format!("{:.0}", number.parse::<f64>().ok()?).parse().ok());
        let whole = whole.filter(|whole| *whole >= 0);
        whole
            .map(|whole| Some(whole.into()))
            .ok_or_else(|| self.reject(Code::ValueInvalid, field, &cell, expected))
    }
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A cell as a message shows it: its beginning, in quotes.
pub(super) fn quote(cell: &str) -> String {
    let shown: String = cell.trim().chars().take(SHOWN_CHARACTERS).collect();
    let rest = if cell.trim().chars().nth(SHOWN_CHARACTERS).is_some() { "…" } else { "" };
    format!("\"{shown}{rest}\"")
}

/// RFC 3339 and whole milliseconds, as this product writes them itself.
fn is_native(cell: &str) -> bool {
    let is_milliseconds = || cell.len() == 13 && cell.bytes().all(|byte| byte.is_ascii_digit());
    chrono::DateTime::parse_from_rfc3339(cell).is_ok() || is_milliseconds()
}

/// Takes away the apostrophe that keeps a formula from running.
fn restore_cow(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(restore(text)),
        Cow::Owned(text) => Cow::Owned(restore(&text).to_owned()),
    }
}

/// A number or an object; a text where it is neither, which the item reader refuses.
fn read_json(cell: Cow<'_, str>) -> Value<'_> {
    let json = RawValue::from_string(cell.trim().to_owned());
    json.map_or_else(|_| Value::Text(cell), Value::Made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(cells: &[(&'static str, &'static str)], delimiter: u8) -> Result<String, Rejection> {
        let cell =
            |field: &str| cells.iter().find(|(name, _)| *name == field).map(|(_, cell)| Cow::Borrowed(*cell));
        let column = |field: &str| field.to_uppercase();
        let cells = Cells { cell, column: &column, options: &Options::default(), delimiter };
        Ok(serde_json::to_string(&cells.item()?).unwrap())
    }

    #[test]
    fn cells_are_what_they_say() {
        let cells = [
            ("id", "7"),
            ("user_id", "'=1+1"),
            ("session_id", "NULL"),
            ("at", "2026-01-02 03:04:05.5+00"),
            ("direction", " Inbound "),
            ("text", "\\N"),
            ("handled", "No"),
            ("latency_ms", "812,5"),
            ("cost_usd", "0,0012"),
            ("properties", r#"{"a": 1}"#),
        ];
        assert_eq!(
            draft(&cells, b';').unwrap(),
            r#"{"id":"7","user_id":"=1+1","at":1767323045500,"direction":"incoming","handled":false,"cost_usd":0.0012,"latency_ms":812,"properties":{"a": 1}}"#
        );
    }

    #[test]
    fn a_cell_that_cannot_be_read_is_named_with_what_would_be() {
        for (cells, code, column, detail) in [
            (
                &[("at", "yesterday")][..],
                Code::AtInvalid,
                "AT",
                "\"yesterday\": expected a time with an offset",
            ),
            (&[("at", "2026-01-02 03:04")], Code::AtInvalid, "AT", "--time-zone"),
            (&[("at", "2026-01-02")], Code::AtInvalid, "AT", "a time of day"),
            (&[("at", " ")], Code::AtMissing, "AT", "--at now"),
            (
                &[("at", "1767323045500"), ("direction", "1")],
                Code::DirectionInvalid,
                "DIRECTION",
                "\"1\": expected incoming",
            ),
            (
                &[("at", "1767323045500"), ("handled", "perhaps")],
                Code::ValueInvalid,
                "HANDLED",
                "true or false",
            ),
            (
                &[("at", "1767323045500"), ("input_tokens", "-1")],
                Code::ValueInvalid,
                "INPUT_TOKENS",
                "a number from 0",
            ),
            (
                &[("at", "1767323045500"), ("value", "ten")],
                Code::ValueInvalid,
                "VALUE",
                "\"ten\": expected a number",
            ),
        ] {
            let rejection = draft(cells, b',').unwrap_err();
            assert_eq!((rejection.code, rejection.field.as_deref()), (code, Some(column)));
            assert!(rejection.detail.contains(detail), "{}", rejection.detail);
        }
    }

    #[test]
    fn a_time_in_our_own_form_stays_as_it_is() {
        for (cell, at) in [
            ("1767323045500", "1767323045500"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02 03:04:05+00", "1767323045000"),
            ("1767323045", "1767323045000"),
        ] {
            assert!(draft(&[("at", cell)], b',').unwrap().contains(at), "{cell}");
        }
    }
}
