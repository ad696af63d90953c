//! Clocks of clients. A client says when it sent its batch; if that differs much from when the batch arrived, its clock
//! is wrong, and the times of its events by as much.

use analytics::instant::{Instant, MINUTE_MS};
use analytics::written_time::Moment;
use serde_json::value::RawValue;

use super::moment::read_moment;
use crate::intake::item::Value;
use crate::intake::item::derive_id::derive_id;
use crate::intake::json;

/// A clock that is ahead by no more is left alone, and so is one that is behind by no more than [`BEHIND_MS`]. The way
/// through the network takes time as well, and a message just before midnight shall not move to another day for that.
pub const AHEAD_MS: i64 = MINUTE_MS;
/// What looks like a clock behind ours may be a batch that waited: several clients repeat one with the words of the first
/// try.
pub const BEHIND_MS: i64 = 15 * MINUTE_MS;

/// The time of an event whose client's clock stood at `sent_at` when what it sent arrived. What cannot be read is
/// passed on: the item reader says what is wrong with it.
pub fn read_at<'a>(
    at: Option<&'a RawValue>,
    sent_at: Option<&RawValue>,
    arrived_at: Instant,
) -> Option<Value<'a>> {
    let sent = at?;
    let moment = read_moment(sent);
    let Some(at) = moment.or_else(|| read_in_utc(sent)).map(Moment::to_instant) else {
        return Some(sent.into());
    };
    let ahead = sent_at.and_then(read_time).map_or(0, |sent_at| ahead_ms(sent_at, arrived_at));
    if !(-BEHIND_MS..=AHEAD_MS).contains(&ahead) {
        Some(Value::Whole(at.plus_ms(ahead.saturating_neg()).as_ms()))
    } else if moment.is_some() {
        // The item reader takes it as it is.
        Some(sent.into())
    } else {
        Some(Value::Whole(at.as_ms()))
    }
}

/// An id for an event that has none but says when it was: the event as it was sent. The item reader would take the
/// time into account, which is corrected a little differently each time the event is sent.
pub fn derive_id_of<'a>(event: &[u8]) -> Option<Value<'a>> {
    let id = derive_id(&[std::str::from_utf8(event).ok()?]).ok()?;
    Some(id.as_str().to_owned().into())
}

fn ahead_ms(sent_at: Instant, arrived_at: Instant) -> i64 {
    sent_at.as_ms().saturating_sub(arrived_at.as_ms())
}

/// Any form of a time; one without an offset is UTC.
fn read_time(raw: &RawValue) -> Option<Instant> {
    read_moment(raw).or_else(|| read_in_utc(raw)).map(Moment::to_instant)
}

fn read_in_utc(raw: &RawValue) -> Option<Moment> {
    Moment::of_text_in_utc(&json::read_text(raw)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: &str = r#""2026-11-18T12:00:00Z""#;

    /// What arrives at noon.
    fn at(at: &str, sent_at: Option<&str>) -> String {
        let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap();
        let (at, sent_at, noon) = (raw(at), sent_at.map(raw), raw(NOON));
        let value = read_at(Some(&at), sent_at.as_deref(), read_time(&noon).unwrap()).unwrap();
        match serde_json::to_value(value).unwrap() {
            serde_json::Value::Number(ms) => Instant::from_ms(ms.as_i64().unwrap()).to_string(),
            other => other.to_string(),
        }
    }

    #[test]
    fn a_clock_that_may_be_right_moves_no_message() {
        let just_before_midnight = r#""2026-11-17T23:59:59.999Z""#;
        for sent_at in [
            None,
            Some(NOON),
            Some(r#""2026-11-18T11:45:00Z""#),
            Some(r#""2026-11-18T13:01:00+01:00""#),
            Some(r#""nonsense""#),
            Some("{}"),
        ] {
            assert_eq!(at(just_before_midnight, sent_at), just_before_midnight, "{sent_at:?}");
        }
    }

    #[test]
    fn a_clock_that_is_wrong_is_set_right() {
        for (sent_at, said, meant) in [
            (r#""2026-11-18T13:00:00Z""#, r#""2026-11-18T12:55:00Z""#, "2026-11-18T11:55:00Z"),
            (r#""2026-11-18T12:01:01Z""#, r#""2026-11-18T12:01:00Z""#, "2026-11-18T11:59:59Z"),
            (r#""2026-11-18T11:44:59Z""#, r#""2026-11-18T11:44:58Z""#, "2026-11-18T11:59:59Z"),
            (r#""1970-01-01T00:00:10Z""#, r#""1970-01-01T00:00:05Z""#, "2026-11-18T11:59:55Z"),
            (r#""2040-01-01T00:00:00Z""#, r#""2039-12-31T23:00:00Z""#, "2026-11-18T11:00:00Z"),
            ("1795006800000", "1795006800000", "2026-11-18T12:00:00Z"),
        ] {
            assert_eq!(at(said, Some(sent_at)), meant, "{sent_at}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_utc() {
        for time in [r#""2020-08-16 09:03:11.913767""#, r#""2020-08-16T09:03:11.913""#] {
            assert_eq!(at(time, None), "2020-08-16T09:03:11.913Z");
        }
    }

    #[test]
    fn what_is_no_time_is_passed_on_as_it_is() {
        for time in [r#""yesterday""#, "true", r#""2026-13-01T00:00:00Z""#, "1e300"] {
            let raw = RawValue::from_string(time.to_owned()).unwrap();
            let value = read_at(Some(&raw), None, Instant::from_ms(0)).unwrap();
            assert_eq!(serde_json::to_string(&value).unwrap(), time);
        }
    }

    #[test]
    fn a_clock_beyond_all_time_does_no_harm() {
        for sent_at in ["-99999999999", "-9223372036854775808", "99999999999"] {
            at("9223372036854775807", Some(sent_at));
            at("-9223372036854775808", Some(sent_at));
        }
        assert_eq!(
            at("0", Some("99999999999")),
            Instant::from_ms(1_795_003_200_000 - 99_999_999_999_000).to_string()
        );
    }
}
