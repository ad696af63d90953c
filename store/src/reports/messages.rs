//! Messages, sessions and users from counters: the totals and the series of a report.

use std::collections::HashMap;

use analytics::assembly::{BucketSource, Figures, ReportPlan};
use analytics::bucket::Bucket;
use analytics::instant::{Instant, TimeRange};
use analytics::metric::Tally;

use super::scope::Scope;
use super::tally::{self, Series};
use crate::StoreError;
use crate::engine::Transaction;

/// The figures that a plan asks for.
pub(super) async fn read_figures(
    transaction: &mut Transaction,
    scope: Scope,
    plan: &ReportPlan,
) -> Result<Figures, StoreError> {
    let counted = plan.comparison.map(|window| window.counted());
    let mut ranges = vec![plan.period.range];
    ranges.extend(counted);
    let series = [&plan.buckets, &plan.comparison_buckets];
    let composed = series.into_iter().flatten().filter(|bucket| !is_whole(plan, bucket));
    ranges.extend(composed.map(|bucket| bucket.range));

    let bars = [find_series(plan, &plan.buckets), find_series(plan, &plan.comparison_buckets)];
    let series: Vec<Series> = bars.into_iter().flatten().collect();
    let (tallies, whole) = tally::read_tallies(transaction, scope, &ranges, &series).await?;
    let (mut tallies, mut whole) = (tallies.into_iter(), whole.into_iter());
    let totals = tallies.next().unwrap_or_default();
    let comparison_totals = counted.and_then(|_| tallies.next()).unwrap_or_default();
    let mut put_together = |buckets, series: Option<Series>| {
        let whole = series.and_then(|_| whole.next()).unwrap_or_default();
        complete_series(plan, buckets, &whole, &mut tallies)
    };
    Ok(Figures {
        totals,
        comparison_totals,
        timeseries: put_together(&plan.buckets, bars[0]),
        comparison_timeseries: put_together(&plan.comparison_buckets, bars[1]),
    })
}

fn is_whole(plan: &ReportPlan, bucket: &Bucket) -> bool {
    matches!(plan.source(bucket), BucketSource::Tier(_))
}

/// Where a series has its whole buckets, if it has any.
fn find_series(plan: &ReportPlan, buckets: &[Bucket]) -> Option<Series> {
    let tier = buckets.iter().find_map(|bucket| match plan.source(bucket) {
        BucketSource::Tier(tier) => Some(tier),
        BucketSource::Counters | BucketSource::RawRows => None,
    });
    let all = buckets.first().zip(buckets.last());
    tier.zip(all.map(|(first, last)| TimeRange::new(first.range.start, last.range.end)))
}

/// A series: whole buckets of a tier from `whole`, the others from `composed`, in order.
fn complete_series(
    plan: &ReportPlan,
    buckets: &[Bucket],
    whole: &HashMap<Instant, Tally>,
    composed: &mut impl Iterator<Item = Tally>,
) -> Vec<Tally> {
    let tally = |bucket: &Bucket| match is_whole(plan, bucket) {
        true => whole.get(&bucket.range.start).copied().unwrap_or_default(),
        false => composed.next().unwrap_or_default(),
    };
    buckets.iter().map(tally).collect()
}
