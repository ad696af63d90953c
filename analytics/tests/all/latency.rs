//! The histogram of latencies: its bins, and what percentiles it gives.

use analytics::latency::{Histogram, Latency, LatencyBin, Percentile};
use proptest::prelude::*;

#[test]
fn bins_follow_each_other_without_gap_and_none_is_wider_than_an_eighth() {
    assert_eq!(LatencyBin::of(0).lower_ms(), 0);
    for place in 0..LatencyBin::LAST.place() {
        let bin = LatencyBin::from_place(place).unwrap();
        let (lower, upper) = (bin.lower_ms(), bin.upper_ms().unwrap());
        assert_eq!((LatencyBin::of(lower), LatencyBin::of(upper - 1)), (bin, bin), "{place}");
        assert_eq!(LatencyBin::of(upper).place(), place + 1, "{place}");
        assert!(upper - lower == 1 || (upper - lower) * 8 <= lower, "{place}");
    }
    let last = LatencyBin::LAST;
    assert_eq!((last.lower_ms(), last.upper_ms()), (4_194_304, None));
    assert_eq!((LatencyBin::of(4_194_304), LatencyBin::of(u64::MAX)), (last, last));
    assert_eq!((LatencyBin::from_place(-1), LatencyBin::from_place(161)), (None, None));
}

fn histogram(latencies: &[u64]) -> Histogram {
    let mut histogram = Histogram::default();
    latencies.iter().for_each(|latency| histogram.add(LatencyBin::of(*latency), 1));
    histogram
}

#[test]
fn nothing_took_no_time() {
    assert_eq!(Latency::new(0, &Histogram::default()), Latency::default());
}

#[test]
fn a_percentile_says_between_what_it_lies() {
    let latencies = [3, 100, 101, 1_000, 9_000_000];
    let latency = Latency::new(latencies.iter().sum(), &histogram(&latencies));
    assert_eq!((latency.calls, latency.mean_ms), (5, Some(1_800_240.8)));
    let median = Percentile { value_ms: 99, lower_ms: 96, upper_ms: Some(104) };
    let p95 = Percentile { value_ms: 4_194_304, lower_ms: 4_194_304, upper_ms: None };
    assert_eq!((latency.median, latency.p95), (Some(median), Some(p95)));
}

proptest! {
    #[test]
    fn the_exact_percentile_lies_within_the_bounds(
        mut latencies in prop::collection::vec(0..6_000_000_u64, 1..60), percent in 1..=100_u64,
    ) {
        let found = histogram(&latencies).percentile(percent).unwrap();
        latencies.sort_unstable();
        let rank = (latencies.len() as u64 * percent).div_ceil(100);
        let exact = latencies[usize::try_from(rank - 1).unwrap()];
        prop_assert!(found.lower_ms <= exact && found.upper_ms.is_none_or(|upper| exact < upper));
        prop_assert!(found.lower_ms <= found.value_ms && found.upper_ms.is_none_or(|upper| found.value_ms < upper));
    }
}
