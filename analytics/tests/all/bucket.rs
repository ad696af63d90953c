use analytics::bucket::{MAX_BUCKETS, tile};
use analytics::error::QueryError;
use analytics::granularity::Granularity;
use analytics::instant::TimeRange;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::*;

#[test]
fn edge_buckets_are_cut_and_say_so() {
    let found = tile(
        &calendar("America/New_York"),
        range("2026-10-31T12:00:00-04:00", "2026-11-02T06:00:00-05:00"),
        Granularity::Day,
    );
    let found: Vec<_> = found.unwrap().into_iter().map(|bucket| (bucket.range, bucket.is_partial)).collect();
    let expected = [
        (range("2026-10-31T12:00:00-04:00", "2026-11-01T00:00:00-04:00"), true),
        (range("2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"), false),
        (range("2026-11-02T00:00:00-05:00", "2026-11-02T06:00:00-05:00"), true),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_skipped_day_has_no_bucket() {
    let calendar = calendar("Pacific/Apia");
    let days = calendar.days(date("2011-12-29"), date("2012-01-01"));
    assert_eq!(tile(&calendar, days, Granularity::Day).unwrap().len(), 2);
    let skipped = calendar.day(date("2011-12-30"));
    for granularity in Granularity::ALL {
        assert_eq!(tile(&calendar, skipped, granularity).unwrap(), []);
    }
}

#[test]
fn more_buckets_than_the_limit_are_refused_with_their_number() {
    let calendar = calendar("UTC");
    let hours = |count: i64| {
        let start = at("2026-01-01T00:00:00Z");
        TimeRange::new(start, start.plus_ms(count * HOUR_MS))
    };
    assert_eq!(tile(&calendar, hours(1_500), Granularity::Hour).unwrap().len(), MAX_BUCKETS);
    let refused = tile(&calendar, hours(1_501), Granularity::Hour);
    assert_eq!(refused, Err(QueryError::TooManyBuckets { count: 1_501 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn buckets_tile_any_range_in_any_zone(
        (calendar, start) in calendar_and_instant(),
        length_ms in prop_oneof![0..3 * DAY_MS, 0..60 * DAY_MS],
        granularity in select(Granularity::ALL.to_vec()),
    ) {
        let range = TimeRange::new(start, start.plus_ms(length_ms));
        let buckets = tile(&calendar, range, granularity).unwrap();
        let mut edge = range.start;
        for (index, bucket) in buckets.iter().enumerate() {
            prop_assert_eq!(bucket.range.start, edge);
            prop_assert!(!bucket.range.is_empty());
            let whole = calendar.bucket(granularity, edge);
            prop_assert_eq!(bucket.is_partial, bucket.range != whole);
            prop_assert!(!bucket.is_partial || index == 0 || index == buckets.len() - 1);
            edge = bucket.range.end;
        }
        prop_assert_eq!(edge, range.end);
    }
}
