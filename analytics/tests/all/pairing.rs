use analytics::bucket::tile;
use analytics::calendar::Calendar;
use analytics::comparison::Comparison;
use analytics::granularity::Granularity;
use analytics::instant::Instant;
use analytics::pairing::Pairing;
use analytics::period::{Period, Preset};
use analytics::report::Pair;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::*;

/// The pairs of a question, with the local times at which their buckets begin.
struct Paired {
    pairs: Vec<Pair>,
    current: Vec<String>,
    previous: Vec<String>,
}

fn pair_up(
    calendar: &Calendar,
    period: Period,
    asked: Comparison,
    granularity: Granularity,
    now: Instant,
) -> Paired {
    let resolved = period.resolve(calendar, now, None).unwrap();
    let window = period.comparison(asked, calendar, &resolved, now).unwrap();
    let current = tile(calendar, resolved.range, granularity).unwrap();
    let previous = tile(calendar, window.counted(), granularity).unwrap();
    let pairs = Pairing::new(calendar, granularity, &resolved, &window).pair(&current, &previous);
    let begin = |buckets: &[analytics::bucket::Bucket]| {
        buckets
            .iter()
            .map(|bucket| calendar.local(bucket.range.start).format("%d %H:%M%:z").to_string())
            .collect()
    };
    Paired { pairs, current: begin(&current), previous: begin(&previous) }
}

/// The lines of a question by hour whose two sides do not show the same hour.
fn odd_hours(zone: &str, period: Period, asked: Comparison) -> Vec<(Option<String>, Option<String>)> {
    let now = at("2027-06-01T12:00:00Z");
    let paired = pair_up(&calendar(zone), period, asked, Granularity::Hour, now);
    let name = |names: &[String], place: Option<u32>| place.map(|place| names[place as usize].clone());
    let lines = paired
        .pairs
        .iter()
        .map(|pair| (name(&paired.current, pair.current), name(&paired.previous, pair.previous)));
    let clock = |name: &Option<String>| name.as_ref().map(|name| name[3..8].to_owned());
    lines.filter(|(current, previous)| clock(current) != clock(previous)).collect()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn hours_are_compared_with_the_clocks_same_hour_over_a_change_of_the_clock() {
    let odd = |day: &str| odd_hours("Europe/Berlin", picked(day, day), Comparison::Previous);
    // Spring: 02:00 is missing that day. Autumn: it is there twice.
    assert_eq!(odd("2026-03-29"), [(None, some("28 02:00+01:00"))]);
    assert_eq!(odd("2026-03-30"), [(some("30 02:00+02:00"), None)]);
    assert_eq!(odd("2026-10-25"), [(some("25 02:00+01:00"), None)]);
    assert_eq!(odd("2026-10-26"), [(None, some("25 02:00+01:00"))]);
    assert_eq!(odd("2026-10-27"), []);
}

#[test]
fn a_week_by_hour_has_no_shifted_hour() {
    let odd = odd_hours("Europe/Berlin", picked("2026-03-25", "2026-03-31"), Comparison::Previous);
    assert_eq!(odd, [(None, some("22 02:00+01:00"))]);
    let odd = odd_hours("Europe/Berlin", picked("2026-03-25", "2026-03-31"), Comparison::Year);
    // A year before, the clock was changed a day later by the date.
    assert_eq!(odd, [(None, some("29 02:00+01:00")), (some("30 02:00+02:00"), None)]);
}

#[test]
fn half_an_hour_of_lord_howe_is_compared_with_its_hour() {
    let odd = |day: &str| odd_hours("Australia/Lord_Howe", picked(day, day), Comparison::Previous);
    // 2:00 becomes 1:30, and half of that hour is there twice; 2:00 becomes 2:30.
    assert_eq!(odd("2026-04-05"), [(some("05 01:30+10:30"), None)]);
    assert_eq!(odd("2026-10-04"), [(some("04 02:30+11:00"), some("03 02:00+10:30"))]);
}

#[test]
fn sliding_hours_are_compared_by_the_clock_too() {
    let calendar = calendar("Europe/Berlin");
    let paired = pair_up(
        &calendar,
        Period::Preset(Preset::Past24Hours),
        Comparison::Previous,
        Granularity::Hour,
        at("2026-03-29T15:20:00+02:00"),
    );
    // 24 hours back it was 14:00 at the start of the hours before: the last of them has no counterpart yet.
    let line = |line: usize| {
        let pair = paired.pairs[line];
        let name = |names: &[String], place: Option<u32>| place.map(|place| names[place as usize].clone());
        (name(&paired.current, pair.current), name(&paired.previous, pair.previous))
    };
    assert_eq!(line(0), (some("28 15:00+01:00"), some("27 15:00+01:00")));
    assert_eq!(line(11), (None, some("28 02:00+01:00")));
    assert_eq!(line(12), (some("29 03:00+02:00"), some("28 03:00+01:00")));
    assert_eq!(paired.pairs.len(), 25);
}

#[test]
fn a_longer_comparison_stands_behind_the_period_and_a_shorter_one_leaves_it_alone() {
    let lines = |first, last| {
        let now = at("2026-11-22T12:00:00Z");
        pair_up(&calendar("UTC"), picked(first, last), Comparison::Previous, Granularity::Day, now).pairs
    };
    let february = lines("2026-02-01", "2026-02-28");
    assert_eq!(february.len(), 31);
    assert_eq!(february[27], Pair { current: Some(27), previous: Some(27) });
    assert_eq!(
        february[28..].iter().map(|pair| (pair.current, pair.previous)).collect::<Vec<_>>(),
        [(None, Some(28)), (None, Some(29)), (None, Some(30))]
    );
    let march = lines("2026-03-01", "2026-03-31");
    assert_eq!(march.len(), 31);
    assert_eq!(march[30], Pair { current: Some(30), previous: None });
}

#[test]
fn a_skipped_day_shifts_nothing() {
    // Apia had no 30 December 2011.
    let now = at("2012-06-01T12:00:00Z");
    let period = picked("2011-12-29", "2012-01-01");
    let paired = pair_up(&calendar("Pacific/Apia"), period, Comparison::Previous, Granularity::Day, now);
    let places: Vec<_> = paired.pairs.iter().map(|pair| (pair.current, pair.previous)).collect();
    assert_eq!(places, [(Some(0), Some(0)), (None, Some(1)), (Some(1), Some(2)), (Some(2), Some(3))]);
}

#[test]
fn instants_at_another_time_of_day_are_compared_by_their_places() {
    let now = at("2026-11-22T12:00:00Z");
    let period = instants("2026-03-29T01:00:00+01:00", "2026-03-29T05:00:00+02:00");
    let paired = pair_up(&calendar("Europe/Berlin"), period, Comparison::Previous, Granularity::Hour, now);
    let places: Vec<_> = paired.pairs.iter().map(|pair| (pair.current, pair.previous)).collect();
    assert_eq!(places, [(Some(0), Some(0)), (Some(1), Some(1)), (Some(2), Some(2))]);
}

#[test]
fn own_dates_are_compared_by_their_position() {
    let now = at("2026-11-22T12:00:00Z");
    let own = Comparison::Custom(dates("2026-03-28", "2026-03-30"));
    let paired =
        pair_up(&calendar("Europe/Berlin"), picked("2026-11-02", "2026-11-03"), own, Granularity::Hour, now);
    // Three days of 24, 23 and 24 hours beside two.
    assert_eq!(paired.pairs.len(), 72);
    let lonely: Vec<_> = paired.pairs.iter().filter(|pair| pair.previous.is_none()).collect();
    assert_eq!(lonely, [&Pair { current: Some(26), previous: None }]);
    assert_eq!(paired.pairs.iter().filter(|pair| pair.current.is_none()).count(), 24);
}

fn any_comparison() -> impl Strategy<Value = Comparison> {
    let own = (any_date(), 0..40i64).prop_map(|(first, days)| {
        let last = first + chrono::TimeDelta::days(days);
        Comparison::Custom(analytics::dates::DateRange { first, last })
    });
    prop_oneof![Just(Comparison::Previous), Just(Comparison::Year), own]
}

fn any_period() -> impl Strategy<Value = (Calendar, Instant, Period)> {
    (calendar_and_instant(), 0..40i64, select(Preset::ALL.to_vec()), 0..3u8).prop_map(
        |((calendar, now), length, preset, kind)| {
            let day = calendar.date(now);
            let period = match kind {
                0 => Period::Preset(preset),
                1 => Period::Dates { from: day - chrono::TimeDelta::days(length), to: day },
                _ => {
                    let to = now.next_quarter();
                    Period::Instants { from: to.plus_ms(-(length + 1) * 5 * HOUR_MS), to }
                }
            };
            (calendar, now, period)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn every_bucket_of_both_is_in_one_line_and_in_its_order(
        (calendar, now, period) in any_period(),
        asked in any_comparison(),
        granularity in select(Granularity::ALL.to_vec()),
    ) {
        let Ok(resolved) = period.resolve(&calendar, now, None) else { return Ok(()) };
        let Some(window) = period.comparison(asked, &calendar, &resolved, now) else { return Ok(()) };
        let (Ok(current), Ok(previous)) =
            (tile(&calendar, resolved.range, granularity), tile(&calendar, window.counted(), granularity))
        else {
            return Ok(());
        };
        let pairs = Pairing::new(&calendar, granularity, &resolved, &window).pair(&current, &previous);
        let places = |count: usize| (0..u32::try_from(count).unwrap()).collect::<Vec<_>>();
        let shown: Vec<_> = pairs.iter().filter_map(|pair| pair.current).collect();
        prop_assert_eq!(shown, places(current.len()));
        let shown: Vec<_> = pairs.iter().filter_map(|pair| pair.previous).collect();
        prop_assert_eq!(shown, places(previous.len()));
        prop_assert!(pairs.iter().all(|pair| pair.current.is_some() || pair.previous.is_some()));
    }

    #[test]
    fn hours_of_dates_are_compared_with_the_same_hour_of_the_clock(
        (calendar, now) in calendar_and_instant(),
        length in 0..12i64,
        asked in any_comparison(),
    ) {
        use chrono::Timelike;
        let day = calendar.date(now);
        let period = Period::Dates { from: day - chrono::TimeDelta::days(length), to: day };
        let Ok(resolved) = period.resolve(&calendar, now, None) else { return Ok(()) };
        let Some(window) = period.comparison(asked, &calendar, &resolved, now) else { return Ok(()) };
        let current = tile(&calendar, resolved.range, Granularity::Hour).unwrap();
        let previous = tile(&calendar, window.counted(), Granularity::Hour).unwrap();
        for pair in Pairing::new(&calendar, Granularity::Hour, &resolved, &window).pair(&current, &previous) {
            let (Some(one), Some(other)) = (pair.current, pair.previous) else { continue };
            let hour = |buckets: &[analytics::bucket::Bucket], place: u32| {
                calendar.local(buckets[place as usize].range.start).hour()
            };
            prop_assert_eq!(hour(&current, one), hour(&previous, other));
        }
    }
}
