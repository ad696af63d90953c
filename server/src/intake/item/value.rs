//! The value of one field: as it was sent, or made by a door or an importer.

use std::borrow::Cow;

use analytics::fact::Direction;
use analytics::instant::Instant;
use analytics::nano::Nano;
use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

use super::nano::{NANO, parse_nano};
use crate::intake::json;

/// Numbers with more characters are rounded: an exact amount needs fewer.
const MAX_NUMBER_BYTES: usize = 64;

/// A field's value.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// JSON, as it was sent: no digit of a long number is lost.
    Raw(&'a RawValue),
    /// JSON that a door has put together.
    Made(Box<RawValue>),
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// An amount in billionths.
    Nano(i64),
    /// `true` or `false`.
    Flag(bool),
}

impl<'a> Value<'a> {
    /// Seconds as whole milliseconds; `None` unless they are a number from 0.
    pub fn milliseconds(seconds: &RawValue) -> Option<Self> {
        let count = round(json::read_number(seconds)? * 1_000.0)?;
        i64::try_from(count).ok().map(Self::Whole)
    }

    /// A count; `None` above 63 bits.
    pub fn count(count: u64) -> Option<Self> {
        i64::try_from(count).ok().map(Self::Whole)
    }

    /// The value in JSON. For what was sent as JSON these are the very characters.
    pub fn to_json(&self) -> Cow<'_, str> {
        match self {
            Self::Raw(raw) => Cow::Borrowed(raw.get()),
            Self::Made(raw) => Cow::Borrowed(raw.get()),
            Self::Text(text) => Cow::Owned(serde_json::Value::from(text.as_ref()).to_string()),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Nano(nano) => Cow::Owned(write_nano(*nano)),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        }
    }

    /// A text; `None` for anything else.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            _ => self.as_json().and_then(json::read_text),
        }
    }

    /// A text, or a number as the characters that were sent; `None` for anything else.
    pub fn as_id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Whole(number) => Some(Cow::Owned(number.to_string())),
            _ => self.as_json().and_then(json::read_text_or_number),
        }
    }

    /// A whole number; `None` for anything else.
    pub fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Whole(number) => Some(*number),
            _ => self.as_json()?.get().parse().ok(),
        }
    }

    /// An RFC 3339 time or milliseconds since 1970; `None` for anything else.
    pub fn as_moment(&self) -> Option<Instant> {
        let at = || chrono::DateTime::parse_from_rfc3339(&self.as_text()?).ok().map(Instant::from);
        self.as_whole().map(Instant::from_ms).or_else(at)
    }

    /// A whole number from 0; `None` for anything else.
    pub fn as_count(&self) -> Option<u64> {
        match self {
            Self::Whole(number) => u64::try_from(*number).ok(),
            _ => self.as_json().and_then(json::read_count),
        }
    }

    /// A number from 0, rounded to a whole one: clients measure milliseconds with fractions.
    pub fn as_rounded_count(&self) -> Option<u64> {
        self.as_count().or_else(|| round(json::read_number(self.as_json()?)?))
    }

    /// A number in billionths; `None` when it has more digits, does not fit, or is no number.
    pub fn as_nano(&self) -> Option<i64> {
        match self {
            Self::Nano(nano) => Some(*nano),
            Self::Whole(number) => number.checked_mul(NANO),
            _ => self.as_json().filter(|raw| json::is_number(raw)).and_then(|raw| parse_nano(raw.get())),
        }
    }

    /// A number rounded to billionths: binary fractions have more digits than anybody meant.
    pub fn as_rounded_nano(&self) -> Option<i64> {
        let Some(raw) = self.as_json() else { return self.as_nano() };
        let number = json::read_number(raw)?;
        let exact = if raw.get().len() <= MAX_NUMBER_BYTES { parse_nano(raw.get()) } else { None };
        exact.or_else(|| parse_nano(&format!("{number:.9}")))
    }

    /// `true` or `false`; `None` for anything else.
    pub fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => self.as_json().and_then(json::read_bool),
        }
    }

    /// A JSON object as it was sent; `None` for anything else.
    pub fn as_object(&self) -> Option<&str> {
        self.as_json().map(RawValue::get).filter(|json| json.starts_with('{'))
    }

    fn as_json(&self) -> Option<&RawValue> {
        match self {
            Self::Raw(raw) => Some(raw),
            Self::Made(raw) => Some(raw),
            Self::Text(_) | Self::Whole(_) | Self::Nano(_) | Self::Flag(_) => None,
        }
    }
}

/// `None` below 0 and above what the database can hold.
fn round(number: f64) -> Option<u64> {
    let count: i64 = format!("{number:.0}").parse().ok()?;
    u64::try_from(count).ok()
}

fn write_nano(nano: i64) -> String {
    Nano::from_nano(nano.into()).to_string()
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Raw(raw) => raw.serialize(serializer),
            Self::Made(raw) => raw.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Nano(nano) => {
                RawValue::from_string(write_nano(*nano)).map_err(S::Error::custom)?.serialize(serializer)
            }
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

impl<'a> From<&'a RawValue> for Value<'a> {
    fn from(raw: &'a RawValue) -> Self {
        Self::Raw(raw)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Direction> for Value<'_> {
    fn from(direction: Direction) -> Self {
        Self::Text(Cow::Borrowed(direction_word(direction)))
    }
}

/// The word of the public format.
pub fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    }
}
