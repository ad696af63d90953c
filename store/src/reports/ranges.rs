//! The ranges of time that a report of names is put together from: sums over whole buckets, and at edges off the quarter
//! of an hour raw rows.

use analytics::assembly::{BucketSource, ReportPlan};
use analytics::instant::{Instant, TimeRange};
use analytics::visits::{Tier, plan_sums};

use super::scope::{Scope, round_down};
use crate::engine::Bulk;
use crate::table_keys::tier_number;

/// The place of the whole period among the ranges.
pub(super) const TOTALS: usize = 0;
/// The place of what is counted of the comparison; empty when there is none.
pub(super) const COMPARISON: usize = 1;

/// The ranges of one plan.
#[derive(Debug)]
pub(super) struct Ranges {
    pub(super) scope: Scope,
    /// The channel's key, 0 for all.
    pub(super) channel: i64,
    /// The period, the comparison, and the buckets that no tier has as they are.
    pub(super) all: Vec<TimeRange>,
    /// The tier that has the other buckets, and the time from the first bucket to the last.
    pub(super) whole: Option<(Tier, TimeRange)>,
    /// From where each bucket of the series comes.
    buckets: Vec<Source>,
}

/// From where a bucket of a series comes.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// It is the tier's bucket that begins there.
    Whole(Instant),
    /// It is the range at this place.
    Composed(usize),
}

impl Ranges {
    /// The ranges of a plan; none without a channel's key.
    pub(super) fn new(scope: Scope, plan: &ReportPlan) -> Option<Self> {
        let counted = plan.comparison.map(|window| window.counted());
        let nothing = TimeRange::new(plan.period.range.start, plan.period.range.start);
        let mut ranges = vec![plan.period.range, counted.unwrap_or(nothing)];
        let mut buckets = Vec::with_capacity(plan.buckets.len());
        let mut whole = None;
        for bucket in &plan.buckets {
            buckets.push(match plan.source(bucket) {
                BucketSource::Tier(tier) => {
                    whole = Some(tier);
                    Source::Whole(bucket.range.start)
                }
                BucketSource::Counters | BucketSource::RawRows => {
                    ranges.push(bucket.range);
                    Source::Composed(ranges.len() - 1)
                }
            });
        }
        let all = round_down(scope.horizon, &ranges);
        let whole = whole.map(|tier| (tier, plan.period.range));
        Some(Self { scope, channel: scope.key?, all, whole, buckets })
    }

    /// The series of what was read: whole buckets by their start, composed ones by the place of their range.
    pub(super) fn series<T>(&self, whole: impl Fn(Instant) -> T, composed: impl Fn(usize) -> T) -> Vec<T> {
        let figure = |source: &Source| match source {
            Source::Whole(start) => whole(*start),
            Source::Composed(place) => composed(*place),
        };
        self.buckets.iter().map(figure).collect()
    }

    /// The whole buckets that tile the ranges, as the table `input`.
    pub(super) fn tiles(&self) -> Bulk<'static> {
        let tiles = self.all.iter().zip(0_i64..).flat_map(|(range, place)| {
            let tiles = plan_sums(&self.scope.calendar, range.quarters()).into_iter();
            tiles.map(move |(tier, buckets)| (place, tier_number(tier), buckets))
        });
        let tiles: Vec<(i64, i64, TimeRange)> = tiles.collect();
        Bulk::new()
            .ints("place", tiles.iter().map(|(place, ..)| *place))
            .ints("revision", tiles.iter().map(|_| self.scope.revisions.calendar))
            .ints("channel_key", tiles.iter().map(|_| self.channel))
            .ints("tier", tiles.iter().map(|(_, tier, _)| *tier))
            .ints("bucket_from", tiles.iter().map(|(.., buckets)| buckets.start.as_ms()))
            .ints("bucket_end", tiles.iter().map(|(.., buckets)| buckets.end.as_ms()))
    }

    /// The ends of the ranges beside whole quarters, as the table `input`: each is shorter than a quarter.
    pub(super) fn edges(&self) -> Bulk<'static> {
        let edges = self.all.iter().zip(0_i64..).flat_map(|(range, place)| {
            let inside = range.quarters();
            let ends = [TimeRange::new(range.start, inside.start), TimeRange::new(inside.end, range.end)];
            ends.into_iter().filter(|end| !end.is_empty()).map(move |end| (place, end))
        });
        let edges: Vec<(i64, TimeRange)> = edges.collect();
        Bulk::new()
            .ints("place", edges.iter().map(|(place, _)| *place))
            .ints("at_from", edges.iter().map(|(_, edge)| edge.start.as_ms()))
            .ints("at_end", edges.iter().map(|(_, edge)| edge.end.as_ms()))
    }
}
