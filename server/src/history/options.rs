//! What somebody says about a history that its file does not.

use std::str::FromStr;

use analytics::calendar::Zone;
use analytics::error::RejectionCode;
use analytics::written_time::{self, DateOrder, Moment, WrittenTime};
use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::sink::Rejection;
use crate::intake::item::Field;
use crate::intake::translation::MissingTime;

/// What a time may be, where its form can be told.
const EXPECTED: &str = "a time with an offset such as 2026-11-20T10:00:00+01:00, seconds or milliseconds since 1970, or a form that --date-format describes";
/// Most characters of a text that a message shows.
const SHOWN_CHARACTERS: usize = 40;

/// Everything that may be told with a file.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which columns hold fields of ours that the file calls otherwise.
    pub columns: Vec<ColumnName>,
    /// What stands between the cells of a table; by default what its first row has most of.
    pub delimiter: Option<u8>,
    /// The zone of times that name no offset.
    pub time_zone: Option<Zone>,
    /// How dates are written that can be read two ways.
    pub date_format: Option<DateFormat>,
    /// What becomes of a row that does not say when.
    pub missing_time: MissingTime,
    /// The names or ids of those in a chat who are the bot.
    pub bot_names: Vec<String>,
    /// Which messages of a place where people also talk to each other count.
    pub what_counts: WhatCounts,
    /// Most bytes of all files together, after they were unpacked.
    pub max_bytes: u64,
    /// Most bytes of what has to be in memory as a whole: a transcript, a page of an API, the texts of a sheet.
    pub max_value_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            delimiter: None,
            time_zone: None,
            date_format: None,
            missing_time: MissingTime::Refuse,
            bot_names: Vec::new(),
            what_counts: WhatCounts::SaidToBot,
            max_bytes: u64::MAX,
            max_value_bytes: 64 * 1024 * 1024,
        }
    }
}

/// Which messages of a channel count, in Slack and Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatCounts {
    /// Those to the bot: in a chat with it alone, by its name, in a thread of its own.
    SaidToBot,
    /// All: the channels are there for the bot.
    Everything,
}

/// `user_id=Sender`: a field of ours and the column that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnName {
    /// The field.
    pub field: &'static str,
    /// What the file calls it.
    pub column: String,
}

impl FromStr for ColumnName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, column) = text.split_once('=').ok_or("expected FIELD=COLUMN, such as user_id=Sender")?;
        let known = Field::from_word(field).map(Field::word);
        let words = || Field::ALL.map(Field::word).join(", ");
        let field = known.ok_or_else(|| format!("{field} is not a field: expected one of {}", words()))?;
        Ok(Self { field, column: column.to_owned() })
    }
}

/// How a history writes its dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateFormat {
    /// In digits, with the day or the month first.
    Order(DateOrder),
    /// By a pattern such as `%d/%m/%Y %H:%M`.
    Pattern(String),
}

impl DateFormat {
    /// Reads a time in this form.
    pub fn parse(&self, text: &str) -> Option<WrittenTime> {
        match self {
            Self::Order(order) => order.parse(text),
            Self::Pattern(pattern) => {
                let moment = DateTime::parse_from_str(text, pattern).ok();
                let moment = moment.map(|time| WrittenTime::Moment(Moment::from_us(time.timestamp_micros())));
                let midnight = || NaiveDate::parse_from_str(text, pattern).ok()?.and_hms_opt(0, 0, 0);
                let local = || NaiveDateTime::parse_from_str(text, pattern).ok().or_else(midnight);
                moment.or_else(|| local().map(WrittenTime::Local))
            }
        }
    }

    /// As it is told: `dmy`, `mdy` or the pattern.
    pub fn word(&self) -> &str {
        match self {
            Self::Order(order) => order.word(),
            Self::Pattern(pattern) => pattern,
        }
    }
}

impl FromStr for DateFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(order) = DateOrder::ALL.into_iter().find(|order| order.word() == text) {
            return Ok(Self::Order(order));
        }
        let is_pattern = text.contains('%')
            && chrono::format::StrftimeItems::new(text).all(|item| item != chrono::format::Item::Error);
        if is_pattern {
            Ok(Self::Pattern(text.to_owned()))
        } else {
            Err("expected dmy (31/12/2025 23:59), mdy (12/31/2025 11:59 PM) or a pattern such as %d/%m/%Y %H:%M"
                .to_owned())
        }
    }
}

/// One character of ASCII, or `tab`.
///
/// # Errors
/// In words, when it is none that can stand between cells.
pub fn parse_delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [character]
            if character.is_ascii()
                && !character.is_ascii_alphanumeric()
                && !b"\"\r\n".contains(character) =>
        {
            Ok(*character)
        }
        _ => Err("expected one character such as ; or the word tab".to_owned()),
    }
}

/// Why a time is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeProblem {
    /// In no known form.
    Unknown,
    /// Without an offset, and nobody told the zone.
    NoZone,
    /// A date without a time of day.
    NoTime,
}

impl TimeProblem {
    /// Why this cannot be read.
    pub(super) fn of(text: &str) -> Self {
        let is_date = |format: &str| NaiveDate::parse_from_str(text, format).is_ok();
        let formats = ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y"];
        if formats.into_iter().any(is_date) { Self::NoTime } else { Self::Unknown }
    }

    /// What would be taken, in words that follow "expected".
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Unknown => EXPECTED,
            Self::NoTime => {
                "a date with a time of day; with --date-format, such as %Y-%m-%d, and --time-zone a date means its midnight"
            }
            Self::NoZone => "an offset from UTC, or its zone with --time-zone",
        }
    }

    /// The rejection of a time.
    pub(super) fn reject(self, field: &str, written: &str) -> Rejection {
        let shown: String = written.chars().take(SHOWN_CHARACTERS).collect();
        let detail = format!("\"{shown}\": expected {}", self.expected());
        Rejection::of_field(RejectionCode::AtInvalid, field, detail)
    }
}

impl Options {
    /// Reads a time as the file writes it: by the form that was told, or in any that is clear.
    ///
    /// # Errors
    /// When it is in none of them, or its zone is not known.
    pub fn read_time(&self, text: &str) -> Result<Moment, TimeProblem> {
        let told = self.date_format.as_ref().and_then(|format| format.parse(text));
        self.place(told.or_else(|| WrittenTime::parse(text)).ok_or_else(|| TimeProblem::of(text))?)
    }

    /// Puts a time into its zone.
    ///
    /// # Errors
    /// When it names no offset and nobody told the zone.
    pub fn place(&self, time: WrittenTime) -> Result<Moment, TimeProblem> {
        match (time, self.time_zone) {
            (WrittenTime::Moment(moment), _) => Ok(moment),
            (WrittenTime::Local(local), Some(zone)) => Ok(written_time::place(local, zone)),
            (WrittenTime::Local(_), None) => Err(TimeProblem::NoZone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for text in ["", ",,", "a", "\"", "ä", "\n"] {
            assert!(parse_delimiter(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_is_read_by_what_was_told_and_placed_in_its_zone() {
        let mut options = Options::default();
        assert_eq!(options.read_time("2025-03-01 10:00"), Err(TimeProblem::NoZone));
        assert_eq!(options.read_time("1/3/2025 10:00"), Err(TimeProblem::Unknown));
        options.time_zone = Some("Europe/Berlin".parse().unwrap());
        for (format, text) in [
            ("dmy", "1/3/2025 10:00"),
            ("mdy", "3/1/2025 10:00"),
            ("%Y%m%d %H%M", "20250301 1000"),
            ("dmy", "2025-03-01T09:00Z"),
        ] {
            options.date_format = Some(format.parse().unwrap());
            assert_eq!(
                options.read_time(text).map(|at| at.to_instant().to_string()),
                Ok("2025-03-01T09:00:00Z".to_owned())
            );
        }
        for wrong in ["", "ymd", "DD.MM.YYYY", "%Q"] {
            assert!(wrong.parse::<DateFormat>().is_err(), "{wrong}");
        }
    }
}
