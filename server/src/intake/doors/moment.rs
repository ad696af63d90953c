//! Times as clients send them in JSON: a number or a text.

use analytics::written_time::Moment;
use serde_json::value::RawValue;

use crate::intake::item::Value;
use crate::intake::json;

/// Reads a time in any form that [`Moment::of_text`] knows.
pub fn read_moment(raw: &RawValue) -> Option<Moment> {
    if json::is_number(raw) {
        return Moment::of_number(raw.get());
    }
    Moment::of_text(&json::read_text(raw)?)
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
        read_moment(&RawValue::from_string(json.to_owned()).unwrap()).map(Moment::as_us)
    }

    #[test]
    fn a_time_is_a_number_or_a_text() {
        for json in ["1767323045.5", "1767323045500", "\"1767323045.5\"", "\"2026-01-02 03:04:05.5+0000\""] {
            assert_eq!(us(json), Some(1_767_323_045_500_000), "{json}");
        }
        for json in
            ["1e300", "\"\"", "\"2026-01-02\"", "\"2026-01-02 03:04:05\"", "\"yesterday\"", "true", "{}"]
        {
            assert_eq!(us(json), None, "{json}");
        }
    }

    #[test]
    fn seconds_are_rounded_to_microseconds() {
        assert_eq!(us("1767323045.1234567"), Some(1_767_323_045_123_457));
        assert_eq!(us("1.767323045e9"), Some(1_767_323_045_000_000));
    }
}
