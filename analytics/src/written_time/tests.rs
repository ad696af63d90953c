use chrono::DateTime;
use proptest::prelude::*;

use super::*;

fn us(text: &str) -> Option<i64> {
    Moment::of_text(text).map(Moment::as_us)
}

/// 2025-03-01T10:00:00Z.
const TEN: i64 = 1_740_823_200_000_000;

#[test]
fn every_way_to_write_a_moment_means_the_same() {
    for text in [
        "2025-03-01T10:00:00Z",
        "2025-03-01T10:00:00+00:00",
        "2025-03-01T10:00:00+0000",
        "2025-03-01T11:00:00+01",
        "2025-03-01T11:00:00 +01:00",
        "2025-03-01T05:00:00-0500",
        "2025-03-01T05:00:00\u{2212}05:00",
        "2025-03-01T10:00Z",
        "2025-03-01 10:00Z",
        "2025-03-01t10:00:00z",
        "2025-03-01 10:00:00 UTC",
        "2025-03-01 10:00:00 GMT",
        "2025-03-01 11:00:00 +0100",
        "2025-03-01 11:00:00 +0100 CET",
        "2025-03-01 10:00:00 +0000 UTC",
        "2025-03-01  10:00:00+00",
        "2025-03-01 10:00:00.000000000000+00",
        "2025-03-01 10:00:00,000+00:00",
        "2025-03-01T11:00:00+01:00[Europe/Berlin]",
        "2025/03/01 10:00:00Z",
        "20250301T100000Z",
        "20250301T1000+0000",
        " 2025-03-01T10:00:00Z\n",
        "Sat, 01 Mar 2025 10:00:00 +0000",
        "Sat, 1 Mar 2025 10:00:00 GMT",
        "1 Mar 2025 05:00 EST",
        "Sat Mar 01 2025 11:00:00 GMT+0100 (Central European Standard Time)",
        "Sat Mar 01 10:00:00 +0000 2025",
        "March 1, 2025 10:00 AM UTC",
        "01-Mar-2025 10:00:00 +0000",
        "1740823200",
        "1740823200.0",
        "1740823200000",
        "1740823200000000",
        "1740823200000000000",
        "1.7408232E+12",
    ] {
        assert_eq!(us(text), Some(TEN), "{text}");
    }
}

#[test]
fn a_fraction_is_kept_to_the_microsecond() {
    for (text, micros) in [
        ("2025-03-01T10:00:00.5Z", 500_000),
        ("2025-03-01 10:00:00,250+00:00", 250_000),
        ("2025-03-01T10:00:00.123456789123Z", 123_456),
        ("2025-03-01T13:00:00.3790000+03:00", 379_000),
        ("1740823200.25", 250_000),
        ("1740823200250", 250_000),
        ("1740823200250.5", 250_500),
        ("1740823200000001500", 1),
        ("1740823200.1234567", 123_457),
    ] {
        assert_eq!(us(text), Some(TEN + micros), "{text}");
    }
}

#[test]
fn a_time_without_an_offset_is_local() {
    for text in [
        "2025-03-01 10:00:00",
        "2025-03-01T10:00",
        "2025/03/01 10:00:00 AM",
        "20250301T100000",
        "1 March 2025, 10:00",
        "Mar 1 2025 10:00 am",
    ] {
        let Some(WrittenTime::Local(local)) = WrittenTime::parse(text) else { panic!("{text}") };
        assert_eq!(local.and_utc().timestamp_micros(), TEN, "{text}");
        assert_eq!((us(text), Moment::of_text_in_utc(text)), (None, Some(Moment(TEN))), "{text}");
    }
}

#[test]
fn twelve_o_clock_has_two_halves() {
    for (text, hour) in [("12:30 AM", 0), ("12:30 PM", 12), ("1:30\u{202f}p.m.", 13), ("11:30PM", 23)] {
        let parsed = us(&format!("2025-03-01 {text} Z")).map(|us| us.rem_euclid(86_400_000_000));
        assert_eq!(parsed, Some((hour * 60 + 30) * 60_000_000), "{text}");
    }
    assert_eq!(us("2025-03-01 13:00 PM Z"), None);
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        " ",
        "yesterday",
        "2025-03-01",
        "10:00",
        "2025-02-29T10:00:00Z",
        "2025-13-01T10:00:00Z",
        "2025-03-01T25:00:00Z",
        "2025-03-01T10:60:00Z",
        "2025-03-01T10:00:00.Z",
        "2025-03-01T10:00:00+1:00",
        "2025-03-01T10:00:00+01:",
        "2025-03-01T10:00:00+01:60",
        "2025-03-01T10:00:00+25:00",
        "2025-03-01T10:00:00Zulu",
        "2025-03-01T10:00:00Z trailing",
        "01.03.2025 10:00",
        "3/1/2025 10:00",
        "2025-3-1 10:00Z",
        "March 2025 10:00 UTC",
        "1 Mar 2025",
        "1 2 Mar 2025 10:00 UTC",
        "NaN",
        "inf",
        "-",
        "1e400",
        "0x10",
        "1_000",
        "Mar 1, 2025 10:00 XYZ",
        "１７４０８２３２００",
    ] {
        assert_eq!(WrittenTime::parse(text), None, "{text}");
    }
}

#[test]
fn the_unit_follows_from_the_size() {
    for (text, expected) in [
        ("99999999999", Some(99_999_999_999_000_000)),
        ("100000000000", Some(100_000_000_000_000)),
        ("-1", Some(-1_000_000)),
        ("0", Some(0)),
        ("9223372036854775807", Some(9_223_372_036_854_775)),
        ("-9223372036854775808", Some(-9_223_372_036_854_776)),
        ("99999999999999999999", None),
    ] {
        assert_eq!(us(text), expected, "{text}");
    }
}

#[cfg(feature = "tz")]
#[test]
fn a_local_time_has_its_place_in_a_zone_also_where_the_clocks_change() {
    let berlin = "Europe/Berlin".parse().unwrap();
    for (local, utc) in [
        ("2025-03-01 10:00", "2025-03-01T09:00:00Z"),
        ("2025-03-30 02:30", "2025-03-30T01:30:00Z"),
        ("2025-10-26 02:30", "2025-10-26T00:30:00Z"),
    ] {
        let Some(WrittenTime::Local(time)) = WrittenTime::parse(local) else { panic!("{local}") };
        assert_eq!(Some(place(time, berlin)), Moment::of_text(utc), "{local}");
    }
}

proptest! {
    #[test]
    fn what_chrono_writes_is_read_back(us in 946_684_800_000_000_i64..7_000_000_000_000_000, minutes in -14_i32 * 60..14 * 60) {
        let offset = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let time = DateTime::from_timestamp_micros(us).unwrap().with_timezone(&offset);
        prop_assert_eq!(Moment::of_text(&time.to_rfc3339()), Some(Moment(us)));
        for form in ["%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%dT%H:%M:%S%.f %:z", "%a %b %d %H:%M:%S%.f %z %Y", "%d-%B-%Y %I:%M:%S%.f %p %z"] {
            prop_assert_eq!(Moment::of_text(&time.format(form).to_string()), Some(Moment(us)), "{}", form);
        }
    }

    #[test]
    fn the_same_moment_in_each_unit_is_the_same(seconds in 946_684_800_i64..7_000_000_000) {
        for unit in ["", "000", "000000", "000000000"] {
            prop_assert_eq!(Moment::of_number(&format!("{seconds}{unit}")), Some(Moment(seconds * 1_000_000)));
        }
    }

    #[test]
    fn no_text_does_any_harm(text in "\\PC{0,40}", other in "[0-9TtZz:+. ,/-]{0,30}") {
        WrittenTime::parse(&text);
        WrittenTime::parse(&other);
    }
}

#[test]
fn a_compact_time_is_local_and_no_number() {
    let Some(WrittenTime::Local(local)) = WrittenTime::parse("20250301100000") else {
        panic!("no local time")
    };
    assert_eq!(local.to_string(), "2025-03-01 10:00:00");
    assert!(matches!(WrittenTime::parse("99999999999999"), Some(WrittenTime::Moment(_))));
}
