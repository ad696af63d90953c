use analytics::comparison::Comparison;
use analytics::error::QueryError;
use analytics::granularity::Granularity;
use analytics::period::{Period, Preset};
use analytics::query::{QueryParts, ReportQuery};
use proptest::prelude::*;

use crate::support::*;

fn parts(period: Option<&str>, from: Option<&str>, to: Option<&str>) -> QueryParts {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    QueryParts { period: owned(period), from: owned(from), to: owned(to), ..QueryParts::default() }
}

#[test]
fn nothing_asked_is_the_past_week_against_the_one_before() {
    let query = QueryParts::default().parse().unwrap();
    assert_eq!(query, ReportQuery::default());
    assert_eq!(query.period, Period::Preset(Preset::Past7Days));
    assert_eq!(query.compare, Comparison::Previous);
    assert_eq!((query.granularity, query.channel), (None, None));
}

#[test]
fn every_part_is_read() {
    let query = QueryParts {
        period: Some("12mo".to_owned()),
        compare: Some("year".to_owned()),
        granularity: Some("week".to_owned()),
        channel: Some("WhatsApp".to_owned()),
        ..QueryParts::default()
    };
    let query = query.parse().unwrap();
    assert_eq!(query.period, Period::Preset(Preset::Past12Months));
    assert_eq!(query.compare, Comparison::Year);
    assert_eq!(query.granularity, Some(Granularity::Week));
    assert_eq!(query.channel.unwrap().as_str(), "whatsapp");
}

#[test]
fn from_and_to_are_dates_or_instants() {
    let read = |from, to| parts(None, Some(from), Some(to)).parse_period();
    assert_eq!(read("2026-11-01", "2026-11-15"), Ok(picked("2026-11-01", "2026-11-15")));
    assert_eq!(read("2026-11-01", "2026-11-01"), Ok(picked("2026-11-01", "2026-11-01")));
    assert_eq!(
        read("2026-11-01T09:00:00+01:00", "2026-11-01T09:15:00Z"),
        Ok(instants("2026-11-01T08:00:00Z", "2026-11-01T09:15:00Z"))
    );
    // A plus sign that nobody has encoded is a space in a URL.
    assert_eq!(
        read("2026-11-01T09:00:00 01:00", "2026-11-01T09:15:00Z"),
        Ok(instants("2026-11-01T08:00:00Z", "2026-11-01T09:15:00Z"))
    );
}

#[test]
fn what_cannot_be_read_is_named() {
    use QueryError::{InstantNotOnQuarter, InvalidPeriod, InvalidRange};
    let cases = [
        (Some("8d"), None, None, InvalidPeriod),
        (Some(""), None, None, InvalidPeriod),
        (Some("7d"), Some("2026-11-01"), None, InvalidPeriod),
        (Some("7d"), None, Some("2026-11-01"), InvalidPeriod),
        (None, Some("2026-11-01"), None, InvalidRange),
        (None, None, Some("2026-11-01"), InvalidRange),
        (None, Some("2026-11-02"), Some("2026-11-01"), InvalidRange),
        (None, Some("2026-11-1"), Some("2026-11-02"), InvalidRange),
        (None, Some("2026-11-01"), Some("2026-11-02T00:00:00Z"), InvalidRange),
        (None, Some("2026-11-01T00:00:00"), Some("2026-11-02T00:00:00"), InvalidRange),
        (None, Some("2026-11-02T00:00:00Z"), Some("2026-11-02T00:00:00Z"), InvalidRange),
        (None, Some("2026-11-02T00:07:00Z"), Some("2026-11-03T00:00:00Z"), InstantNotOnQuarter),
        (None, Some("2026-11-02T00:00:00Z"), Some("2026-11-03T00:00:00.001Z"), InstantNotOnQuarter),
    ];
    for (period, from, to, expected) in cases {
        assert_eq!(parts(period, from, to).parse_period(), Err(expected), "{period:?} {from:?} {to:?}");
    }
}

#[test]
fn a_date_that_is_on_no_calendar_is_told_by_name() {
    for (from, to, date) in [
        ("2026-02-29", "2026-03-01", "2026-02-29"),
        ("2026-11-01", "2026-11-31", "2026-11-31"),
        ("2026-11-31T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-31"),
    ] {
        let error = parts(None, Some(from), Some(to)).parse_period().unwrap_err();
        assert_eq!(error, QueryError::NoSuchDate { date: date.to_owned() });
        assert!(error.to_string().starts_with(&format!("{date} does not exist")), "{error}");
    }
}

fn compare(mode: Option<&str>, from: Option<&str>, to: Option<&str>) -> Result<Comparison, QueryError> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let parts = QueryParts {
        compare: owned(mode),
        compare_from: owned(from),
        compare_to: owned(to),
        ..QueryParts::default()
    };
    parts.parse_compare()
}

#[test]
fn own_dates_are_read_with_their_word_and_with_nothing_else() {
    use QueryError::{InvalidCompare, InvalidCompareRange};
    let (first, last) = (Some("2026-03-01"), Some("2026-03-10"));
    assert_eq!(
        compare(Some("custom"), first, last),
        Ok(Comparison::Custom(dates("2026-03-01", "2026-03-10")))
    );
    let no_such = QueryError::NoSuchDate { date: "2026-02-29".to_owned() };
    for (mode, from, to, expected) in [
        (Some("custom"), None, None, InvalidCompareRange),
        (Some("custom"), first, None, InvalidCompareRange),
        (Some("custom"), last, first, InvalidCompareRange),
        (Some("custom"), first, Some("2026-03-10T00:00:00Z"), InvalidCompareRange),
        (Some("custom"), Some("2026-02-29"), last, no_such),
        (None, first, last, InvalidCompare),
        (Some("year"), first, None, InvalidCompare),
        (Some("none"), None, last, InvalidCompare),
    ] {
        assert_eq!(compare(mode, from, to), Err(expected), "{mode:?} {from:?} {to:?}");
    }
}

#[test]
fn each_part_has_its_own_error() {
    let some = |text: &str| Some(text.to_owned());
    let cases = [
        (QueryParts { compare: some("last"), ..QueryParts::default() }, "invalid_compare"),
        (QueryParts { granularity: some("minute"), ..QueryParts::default() }, "invalid_granularity"),
        (QueryParts { channel: some("a b"), ..QueryParts::default() }, "invalid_channel"),
        (QueryParts { channel: some(""), ..QueryParts::default() }, "invalid_channel"),
        (QueryParts { period: some("x"), compare: some("y"), ..QueryParts::default() }, "invalid_period"),
    ];
    for (parts, code) in cases {
        assert_eq!(parts.parse().unwrap_err().code(), code, "{parts:?}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_as_a_query(period in ".{0,12}", from in "[-+0-9T:Z.]{0,30}", to in "[-+0-9T:Z.]{0,30}") {
        prop_assert_eq!(Preset::from_word(&period).is_some(), parts(Some(&period), None, None).parse().is_ok());
        let _ = parts(None, Some(&from), Some(&to)).parse();
    }

    #[test]
    fn dates_are_read_as_they_are_written(from in any_date(), to in any_date()) {
        let read = parts(None, Some(&from.to_string()), Some(&to.to_string())).parse_period();
        let expected = if from <= to { Ok(Period::Dates { from, to }) } else { Err(QueryError::InvalidRange) };
        prop_assert_eq!(read, expected);
    }
}
