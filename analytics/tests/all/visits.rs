use std::collections::{BTreeMap, BTreeSet, HashSet};

use analytics::calendar::Calendar;
use analytics::instant::{Instant, QUARTER_MS, TimeRange};
use analytics::settings::WeekStart;
use analytics::visits::{
    Tier, VisitChange, VisitSum, have_same_hours, link, link_all, plan_distinct, plan_sums,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::*;

/// The counters as the store keeps them: a sum per key, zero is absent.
#[derive(Clone, Debug, Default, PartialEq)]
struct Counters(BTreeMap<(Tier, Instant, Option<Instant>), i64>);

impl Counters {
    fn apply(&mut self, change: VisitChange) {
        let key = (change.tier, change.bucket, change.previous);
        let users = self.0.entry(key).or_default();
        *users += change.users;
        if *users == 0 {
            self.0.remove(&key);
        }
    }

    /// (users, of which new).
    fn sum(&self, sum: &VisitSum) -> (i64, i64) {
        let is_counted = |tier: Tier, bucket: Instant, previous: Option<Instant>| {
            tier == sum.tier
                && sum.buckets.contains(bucket)
                && previous.is_none_or(|at| at < sum.previous_before)
                && sum.previous_from.is_none_or(|from| previous.is_some_and(|at| from <= at))
        };
        let counted =
            self.0.iter().filter(|((tier, bucket, previous), _)| is_counted(*tier, *bucket, *previous));
        counted.fold((0, 0), |(users, new), ((_, _, previous), count)| {
            (users + count, new + if previous.is_none() { *count } else { 0 })
        })
    }

    fn distinct(&self, calendar: &Calendar, range: TimeRange) -> (i64, i64) {
        let sums = plan_distinct(calendar, range);
        let add = |all: (i64, i64), sum: &VisitSum| {
            let (users, new) = self.sum(sum);
            (all.0 + sum.sign * users, all.1 + sum.sign * new)
        };
        sums.iter().fold((0, 0), add)
    }
}

/// Each user's active quarters, kept as the store's `activity` table is.
#[derive(Default)]
struct Activity(BTreeMap<u8, BTreeSet<Instant>>);

impl Activity {
    fn neighbours(&self, user: u8, quarter: Instant) -> (Option<Instant>, Option<Instant>) {
        let Some(quarters) = self.0.get(&user) else { return (None, None) };
        let next = quarters.range(quarter.plus_ms(1)..).next().copied();
        (quarters.range(..quarter).next_back().copied(), next)
    }

    fn insert(&mut self, counters: &mut Counters, calendar: &Calendar, user: u8, quarter: Instant) {
        let (previous, next) = self.neighbours(user, quarter);
        if self.0.entry(user).or_default().insert(quarter) {
            link(calendar, quarter, previous, next, |change| counters.apply(change));
        }
    }

    fn distinct(&self, range: TimeRange) -> (i64, i64) {
        let mut all = HashSet::new();
        let mut new = HashSet::new();
        for (user, quarters) in &self.0 {
            if quarters.iter().any(|quarter| range.contains(*quarter)) {
                all.insert(user);
                if quarters.first().is_some_and(|first| range.contains(*first)) {
                    new.insert(user);
                }
            }
        }
        (i64::try_from(all.len()).unwrap(), i64::try_from(new.len()).unwrap())
    }
}

fn counted_afresh(calendar: &Calendar, activity: &Activity) -> Counters {
    let mut counters = Counters::default();
    for quarters in activity.0.values() {
        link_all(calendar, quarters.iter().copied(), |change| counters.apply(change));
    }
    counters
}

/// Weeks of visits around an instant (as users and quarters counted from three weeks before it), in order of arrival.
fn visits() -> impl Strategy<Value = Vec<(u8, i64)>> {
    let near = 3 * 7 * 96 - 96..3 * 7 * 96 + 96i64;
    prop::collection::vec((0..12u8, prop_oneof![0..6 * 7 * 96i64, near]), 0..150)
}

fn arrive(calendar: &Calendar, origin: Instant, visits: &[(u8, i64)]) -> (Activity, Counters) {
    let (mut activity, mut counters) = (Activity::default(), Counters::default());
    for (user, quarter) in visits {
        activity.insert(&mut counters, calendar, *user, origin.plus_ms(quarter * QUARTER_MS));
    }
    (activity, counters)
}

/// Quarter by quarter: whether each lies in an hour with the same start and the same end.
fn share_all_hours(one: &Calendar, other: &Calendar, range: TimeRange) -> bool {
    let hour = |calendar: &Calendar, quarter: Instant| {
        let next = quarter.plus_ms(QUARTER_MS);
        (Tier::Hour.bucket_start(calendar, quarter), Tier::Hour.next_bucket_start(calendar, next))
    };
    let quarters = std::iter::successors(Some(range.start.quarter()), |at| Some(at.plus_ms(QUARTER_MS)));
    quarters.take_while(|at| *at < range.end).all(|at| hour(one, at) == hour(other, at))
}

fn origin_of(around: Instant) -> Instant {
    around.quarter().plus_ms(-21 * DAY_MS)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn counters_know_the_distinct_users_of_any_range(
        (calendar, around) in calendar_and_instant(),
        visits in visits(),
        ranges in prop::collection::vec((0..6 * 7 * 96i64, 0..6 * 7 * 96i64, 0..QUARTER_MS), 8),
    ) {
        let origin = origin_of(around);
        let (activity, counters) = arrive(&calendar, origin, &visits);
        for (one, other, cut) in ranges {
            let edge = |quarters: i64| origin.plus_ms(quarters * QUARTER_MS);
            // The visits are at the start of their quarters, so a cut behind it has them.
            let range = TimeRange::new(edge(one.min(other)), edge(one.max(other)).plus_ms(cut));
            prop_assert_eq!(counters.distinct(&calendar, range), activity.distinct(range), "{:?}", range);
        }
    }

    #[test]
    fn counters_know_the_distinct_users_of_whole_buckets_of_each_tier(
        (calendar, around) in calendar_and_instant(),
        visits in visits(),
        tier in select(Tier::ALL.to_vec()),
        (one, other) in (0..6 * 7 * 96i64, 0..6 * 7 * 96i64),
    ) {
        let origin = origin_of(around);
        let (activity, counters) = arrive(&calendar, origin, &visits);
        let edge = |quarters: i64| tier.bucket_start(&calendar, origin.plus_ms(quarters * QUARTER_MS));
        let range = TimeRange::new(edge(one.min(other)), edge(one.max(other)));
        prop_assert_eq!(counters.distinct(&calendar, range), activity.distinct(range));
        // The tier itself suffices where it has the edges; coarser ones only make it cheaper.
        let alone = VisitSum { sign: 1, tier, buckets: range, previous_from: None, previous_before: range.start };
        prop_assert_eq!(counters.sum(&alone), activity.distinct(range));
        prop_assert!(plan_distinct(&calendar, range).iter().all(|sum| sum.tier >= tier));
    }

    #[test]
    fn every_order_of_arrival_gives_the_counters_of_a_recount(
        (calendar, around) in calendar_and_instant(),
        visits in visits(),
    ) {
        let (activity, counters) = arrive(&calendar, origin_of(around), &visits);
        prop_assert!(counters.0.values().all(|users| *users > 0));
        prop_assert_eq!(counters, counted_afresh(&calendar, &activity));
    }

    #[test]
    fn bucket_starts_are_monotone_and_runs_of_whole_quarters((calendar, around) in calendar_and_instant()) {
        let mut quarter = around.quarter().plus_ms(-DAY_MS);
        for tier in Tier::ALL {
            let mut last = tier.bucket_start(&calendar, quarter);
            for _ in 0..200 {
                let start = tier.bucket_start(&calendar, quarter);
                prop_assert!(start.is_on_quarter() && start <= quarter && last <= start);
                prop_assert!(start == last || start == quarter, "a bucket begins with its own first quarter");
                prop_assert_eq!(tier.bucket_start(&calendar, start), start);
                let next = tier.next_bucket_start(&calendar, quarter);
                prop_assert!(next >= quarter && tier.bucket_start(&calendar, next) == next);
                last = start;
                quarter = quarter.plus_ms(QUARTER_MS);
            }
        }
    }

    #[test]
    fn calendars_have_the_same_hours_where_every_quarter_lies_in_the_same_hour(
        (one, around) in calendar_and_instant(),
        (other, _) in calendar_and_instant(),
        is_at_change in any::<bool>(),
        length_ms in prop_oneof![1..DAY_MS, 1..40 * DAY_MS],
    ) {
        // Changes of the clock lie on quarters, nearly all of them: a range begins at one only if it is put there.
        let start = if is_at_change { around.quarter() } else { around };
        let range = TimeRange::new(start, start.plus_ms(length_ms));
        prop_assert_eq!(have_same_hours(&one, &other, range), share_all_hours(&one, &other, range));
    }

    #[test]
    fn stretches_of_whole_buckets_tile_any_range(
        (calendar, start) in calendar_and_instant(),
        quarters in 0..40_000i64,
    ) {
        let start = start.quarter();
        let range = TimeRange::new(start, start.plus_ms(quarters * QUARTER_MS));
        let mut stretches = plan_sums(&calendar, range);
        prop_assert!(stretches.len() <= 11);
        for (tier, stretch) in &stretches {
            let is_edge = |at| tier.bucket_start(&calendar, at) == at;
            prop_assert!(!stretch.is_empty() && is_edge(stretch.start) && is_edge(stretch.end));
        }
        stretches.sort_by_key(|(_, stretch)| stretch.start);
        let end = stretches.iter().fold(range.start, |end, (_, stretch)| {
            assert_eq!(stretch.start, end);
            stretch.end
        });
        prop_assert_eq!(end, range.end);
    }

    #[test]
    fn a_plan_is_short(
        (calendar, start) in calendar_and_instant(),
        quarters in 0..40_000i64,
    ) {
        let start = start.quarter();
        let plan = plan_distinct(&calendar, TimeRange::new(start, start.plus_ms(quarters * QUARTER_MS)));
        prop_assert!(plan.len() <= 16);
        let day = |at| calendar.day_start(calendar.date(at)).next_quarter();
        let days = TimeRange::new(day(start), day(start.plus_ms(quarters * QUARTER_MS)));
        prop_assert!(plan_distinct(&calendar, days).len() <= 4);
    }
}

#[test]
fn zones_whose_clocks_show_the_same_minutes_have_the_same_hours() {
    let all_time = range("2000-01-01T00:00:00Z", "2070-01-01T00:00:00Z");
    let same = |one: &str, other: &str| have_same_hours(&calendar(one), &calendar(other), all_time);
    assert!(same("Europe/Berlin", "America/New_York"));
    assert!(same("UTC", "America/Sao_Paulo"));
    assert!(same("Asia/Kolkata", "Asia/Kolkata"));
    assert!(!same("Europe/Berlin", "Asia/Kolkata"));
    // Half an hour of daylight saving: the same minutes for half of the year.
    assert!(!same("Australia/Adelaide", "Australia/Lord_Howe"));
    // Changes at a quarter to three.
    assert!(!same("Pacific/Chatham", "Asia/Kathmandu"));
}

#[test]
fn a_change_of_the_clock_at_the_edge_of_a_range_begins_or_ends_an_hour_of_it() {
    let same = |one: &str, other: &str, from: &str, to: &str| {
        have_same_hours(&calendar(one), &calendar(other), range(from, to))
    };
    // Lord Howe puts its clock forward by half an hour at 15:30Z; from 16:00Z on its hours are those of Apia.
    let (lord_howe, apia) = ("Australia/Lord_Howe", "Pacific/Apia");
    assert!(!same(lord_howe, apia, "2026-10-03T15:30:00Z", "2026-10-04T15:30:00Z"));
    assert!(!same(apia, lord_howe, "2026-10-03T15:45:00Z", "2026-10-04T15:30:00Z"));
    assert!(same(lord_howe, apia, "2026-10-03T16:00:00Z", "2026-10-04T15:30:00Z"));
    // Until the change they are those of Adelaide, but for the hour that it ends.
    let adelaide = "Australia/Adelaide";
    assert!(same(lord_howe, adelaide, "2026-10-02T00:00:00Z", "2026-10-03T15:30:00Z"));
    assert!(same(lord_howe, lord_howe, "2026-10-02T00:00:00Z", "2026-10-05T00:00:00Z"));
    assert!(same(lord_howe, apia, "2026-10-03T15:30:00Z", "2026-10-03T15:30:00Z"), "no hour, none differs");
    // St John's changes its clock a minute past: its hour from 02:30Z has only the quarter with that minute.
    assert!(!same("America/St_Johns", "Asia/Kolkata", "2010-11-07T02:00:00Z", "2010-11-07T02:31:00Z"));
}

#[test]
fn what_only_adds_is_read_in_whole_months() {
    let berlin = Calendar::new("Europe/Berlin".parse().unwrap(), WeekStart::Monday);
    let plan = plan_sums(&berlin, berlin.days(date("2026-01-10"), date("2026-12-03")));
    let tiers: Vec<Tier> = plan.into_iter().map(|(tier, _)| tier).collect();
    assert_eq!(tiers, [Tier::Month, Tier::Week, Tier::Day, Tier::Day, Tier::Day]);
}

#[test]
fn a_bucket_whose_edge_lies_off_the_quarter_begins_with_the_next() {
    let calendar = calendar("America/St_Johns");
    let hour = |text| Tier::Hour.bucket_start(&calendar, at(text));
    // The hour from 02:30Z lasts one minute; the one from 02:31Z until 03:30Z.
    assert_eq!(hour("2010-11-07T02:30:00Z"), at("2010-11-07T02:30:00Z"));
    assert_eq!(hour("2010-11-07T02:45:00Z"), at("2010-11-07T02:45:00Z"));
    assert_eq!(hour("2010-11-07T03:15:00Z"), at("2010-11-07T02:45:00Z"));
    assert_eq!(hour("2010-11-07T03:30:00Z"), at("2010-11-07T03:30:00Z"));
}

#[test]
fn a_plan_begins_with_the_coarsest_tier_that_fits() {
    let berlin = Calendar::new("Europe/Berlin".parse().unwrap(), WeekStart::Monday);
    let plan = |first, last| plan_distinct(&berlin, berlin.days(date(first), date(last)));
    let tiers = |plan: Vec<VisitSum>| plan.into_iter().map(|sum| sum.tier).collect::<Vec<_>>();
    assert_eq!(tiers(plan("2026-11-17", "2026-11-20")), [Tier::Day]);
    assert_eq!(tiers(plan("2026-11-16", "2026-11-23")), [Tier::Week]);
    assert_eq!(tiers(plan("2026-11-15", "2026-11-24")), [Tier::Week, Tier::Day, Tier::Day, Tier::Day]);
    assert_eq!(plan("2026-11-16", "2026-11-16"), []);
    assert_eq!(tiers(plan("2026-09-01", "2026-11-01")), [Tier::Month]);
    assert_eq!(tiers(plan("2026-09-01", "2026-11-02")), [Tier::Week, Tier::Day, Tier::Day]);
}
