//! Moments as other products write them.

use analytics::instant::Instant;
use chrono::{DateTime, NaiveDateTime};
use serde_json::value::RawValue;

use crate::intake::item::Value;
use crate::intake::item::nano::parse_nano;
use crate::intake::json;

/// Databases put a space where RFC 3339 has a T, and leave out the minutes of an offset.
const WITH_OFFSET: [&str; 2] = ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f %#z"];
/// Ruby says UTC in a word.
const IN_UTC: &str = "%Y-%m-%d %H:%M:%S%.f UTC";

/// A moment in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(i64);

impl Moment {
    /// Reads seconds since 1970, with a fraction or without, or a date and time with an offset.
    pub fn of_seconds(raw: &RawValue) -> Option<Self> {
        if json::is_number(raw) {
            let seconds: f64 = raw.get().parse().ok()?;
            // Rounded alike whatever wrote the number: a float of seconds has no more digits that mean anything.
            return Some(Self(parse_nano(&format!("{seconds:.6}"))? / 1_000));
        }
        Self::of_text(&json::read_text(raw)?)
    }

    /// Reads a date and time with an offset, as RFC 3339 or a database writes it.
    pub fn of_text(text: &str) -> Option<Self> {
        let with_offset = || WITH_OFFSET.iter().find_map(|form| DateTime::parse_from_str(text, form).ok());
        let in_utc = || Some(NaiveDateTime::parse_from_str(text, IN_UTC).ok()?.and_utc().fixed_offset());
        let time = DateTime::parse_from_rfc3339(text).ok().or_else(with_offset).or_else(in_utc)?;
        Some(Self(time.timestamp_micros()))
    }

    /// Microseconds since 1970.
    pub fn as_us(self) -> i64 {
        self.0
    }

    /// To the millisecond, as items have it.
    pub fn to_instant(self) -> Instant {
        Instant::from_ms(self.0.div_euclid(1_000))
    }
}

/// An item's `at`: the moment if it could be read, else what was sent, of which the item reader says what is wrong.
pub fn at_or_as_sent(moment: Option<Moment>, sent: Option<&RawValue>) -> Option<Value<'static>> {
    let moment = moment.map(|moment| moment.to_instant().as_ms().into());
    moment.or_else(|| sent.map(|sent| Value::Made(sent.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(json: &str) -> Option<i64> {
        Moment::of_seconds(&RawValue::from_string(json.to_owned()).unwrap()).map(Moment::as_us)
    }

    #[test]
    fn seconds_are_rounded_to_microseconds() {
        assert_eq!(us("1767323045.1234567"), Some(1_767_323_045_123_457));
        assert_eq!(us("1767323045"), Some(1_767_323_045_000_000));
        assert_eq!(us("1.767323045e9"), Some(1_767_323_045_000_000));
        assert_eq!(us("1767323045123"), None);
        assert_eq!(us("1e300"), None);
    }

    #[test]
    fn dates_are_read_as_their_authors_write_them() {
        for text in [
            "2026-01-02T03:04:05.5Z",
            "2026-01-02T04:04:05.500+01:00",
            "2026-01-02 03:04:05.5+00",
            "2026-01-02 03:04:05.5+0000",
            "2026-01-02 03:04:05.5 +00:00",
            "2026-01-02 03:04:05.5 UTC",
        ] {
            assert_eq!(us(&format!("{text:?}")), Some(1_767_323_045_500_000), "{text}");
        }
        for text in ["", "2026-01-02", "2026-01-02 03:04:05", "yesterday"] {
            assert_eq!(us(&format!("{text:?}")), None, "{text}");
        }
    }
}
