//! A report put together: what has to be read for a question ([`ReportPlan`]), and how the figures read become the
//! answer. Between the two the store reads, and decides nothing.

use std::iter::successors;

use crate::bucket::{Bucket, buckets, tile};
use crate::calendar::Calendar;
use crate::comparison::{Comparison, ComparisonWindow, Coverage};
use crate::error::{MAX_CELLS, QueryError};
use crate::granularity::Granularity;
use crate::instant::{Instant, TimeRange};
use crate::metric::Tally;
use crate::pairing::Pairing;
use crate::period::ResolvedPeriod;
use crate::query::ReportQuery;
use crate::report::{
    Pair, Recalculation, Report, ReportBot, ReportBucket, ReportComparison, ReportHead, ReportPeriod,
    ReportWindow, TimeseriesRow, Totals,
};
use crate::settings::IdleTimeout;
use crate::visits::Tier;

/// A question resolved: every stretch of time whose figures are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportPlan {
    query: ReportQuery,
    calendar: Calendar,
    now: Instant,
    counts_from: Option<Instant>,
    /// The period whose totals are wanted.
    pub period: ResolvedPeriod,
    /// How the series is cut.
    pub granularity: Granularity,
    /// The buckets of the series, which tile the period.
    pub buckets: Vec<Bucket>,
    /// What is compared, if anything; its totals are wanted over `counted()`.
    pub comparison: Option<ComparisonWindow>,
    /// The buckets of the comparison's series, which tile `counted()`.
    pub comparison_buckets: Vec<Bucket>,
}

/// From what the users of a bucket are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketSource {
    /// One tier has the bucket as it is: all pairs of the tier's bucket with the same start.
    Tier(Tier),
    /// Its edges lie on quarters: [`crate::visits::plan_distinct`].
    Counters,
    /// An edge lies off the quarter: the counters for [`TimeRange::quarters`], raw rows for the rest.
    RawRows,
}

/// What was read for a [`ReportPlan`]. Stretches without messages have [`Tally::default`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Over the whole period.
    pub totals: Tally,
    /// One for each of the plan's `buckets`.
    pub timeseries: Vec<Tally>,
    /// The totals of the comparison up to its cut. Without a comparison nobody reads them.
    pub comparison_totals: Tally,
    /// One for each of the plan's `comparison_buckets`.
    pub comparison_timeseries: Vec<Tally>,
}

/// What a report says about its bot beside the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSubject {
    /// Whose figures.
    pub bot: ReportBot,
    /// The session rule's timeout.
    pub idle_timeout: IdleTimeout,
    /// The first message that counts under the channel filter.
    pub first_message_at: Option<Instant>,
    /// The last message that counts under the channel filter.
    pub last_message_at: Option<Instant>,
    /// A change of the rules on its way.
    pub recalculation: Option<Recalculation>,
}

impl ReportPlan {
    /// Resolves a question.
    ///
    /// `counts_from` is the first message that counts under the channel filter, and for a channel never seen the bot's
    /// own first message: such a channel has zeros, not gaps. Before it there are gaps; `None` (a bot without any
    /// message) has nothing but gaps.
    ///
    /// # Errors
    /// [`QueryError::PeriodOutOfRange`], [`QueryError::ComparisonOutOfRange`], and [`QueryError::TooManyBuckets`] for the
    /// period or for a comparison of one's own choice.
    pub fn new(
        query: &ReportQuery,
        calendar: Calendar,
        now: Instant,
        counts_from: Option<Instant>,
    ) -> Result<Self, QueryError> {
        let period = query.period.resolve(&calendar, now, counts_from)?;
        let default_granularity = || query.period.default_granularity(&calendar, &period);
        let granularity = query.granularity.unwrap_or_else(default_granularity);
        query.compare.check(calendar.date(now))?;
        let comparison = query.period.comparison(query.compare, &calendar, &period, now);
        let counted = comparison.map(ComparisonWindow::counted);
        if let (Comparison::Custom(_), Some(counted)) = (query.compare, counted) {
            // Others are about as long as the period.
            tile(&calendar, counted, granularity)?;
        }
        let cut = |counted| buckets(&calendar, counted, granularity);
        Ok(Self {
            buckets: tile(&calendar, period.range, granularity)?,
            comparison_buckets: counted.into_iter().flat_map(cut).collect(),
            query: query.clone(),
            calendar,
            now,
            counts_from,
            period,
            granularity,
            comparison,
        })
    }

    /// Messages before `horizon` are known by quarters of an hour only: a cut before it is moved down to one.
    pub fn with_horizon(mut self, horizon: Instant) -> Self {
        let Some(window) = self.comparison.as_mut() else { return self };
        let Some(cut) = window.cut.filter(|cut| *cut < horizon && !cut.is_on_quarter()) else { return self };
        window.cut = Some(cut.quarter().max(window.range.start));
        self.comparison_buckets = buckets(&self.calendar, window.counted(), self.granularity).collect();
        self
    }

    /// Checks that a report of so many names, each with a series, is not too large.
    ///
    /// # Errors
    /// [`QueryError::TooManyCells`] above [`MAX_CELLS`] figures of one kind, with the finest granularity that fits.
    pub fn check_cells(&self, names: usize) -> Result<(), QueryError> {
        let names = names as u64;
        let fits = |buckets: usize| names * (buckets as u64) <= MAX_CELLS;
        if fits(self.buckets.len()) {
            return Ok(());
        }
        let coarser = successors(self.granularity.coarser(), |granularity| granularity.coarser());
        let count = |granularity| buckets(&self.calendar, self.period.range, granularity).count();
        let fitting = coarser.into_iter().find(|granularity| fits(count(*granularity)));
        Err(QueryError::TooManyCells { names, buckets: self.buckets.len() as u64, fitting })
    }

    /// From what one of the plan's buckets is counted.
    pub fn source(&self, bucket: &Bucket) -> BucketSource {
        let Bucket { range, is_partial } = *bucket;
        match is_partial {
            _ if !range.is_on_quarters() => BucketSource::RawRows,
            false => BucketSource::Tier(Tier::of(self.granularity)),
            true => BucketSource::Counters,
        }
    }

    /// The answer, from what was read.
    pub fn into_report(self, subject: ReportSubject, figures: &Figures) -> Report {
        let local = |at| self.calendar.local(at);
        let comparison = self.comparison.map(|window| self.report_comparison(window, figures));
        let has_earlier_data = self.comparison.is_some_and(|window| self.can_compare(window));
        Report {
            time_zone: self.calendar.zone.name().to_owned(),
            week_start: self.calendar.week_start,
            idle_timeout_ms: subject.idle_timeout,
            as_of: local(self.now),
            today: self.calendar.date(self.now),
            first_message_at: subject.first_message_at.map(local),
            last_message_at: subject.last_message_at.map(local),
            recalculation: subject.recalculation,
            period: self.report_period(),
            granularity: self.granularity,
            totals: Totals::new(figures.totals, has_earlier_data.then_some(figures.comparison_totals)),
            timeseries: self.rows(&self.buckets, &figures.timeseries),
            comparison,
            bot: subject.bot,
            channel: self.query.channel,
        }
    }

    /// What a report of names says beside their figures, with each bucket whether nothing can be known of it.
    pub fn head(&self, subject: ReportSubject) -> (ReportHead, Vec<bool>) {
        let local = |at| self.calendar.local(at);
        let bucket = |bucket: &Bucket| ReportBucket {
            start: local(bucket.range.start),
            end: local(bucket.range.end),
            partial: bucket.is_partial,
            running: bucket.range.contains(self.now),
        };
        let head = ReportHead {
            bot: subject.bot,
            time_zone: self.calendar.zone.name().to_owned(),
            week_start: self.calendar.week_start,
            channel: self.query.channel.clone(),
            as_of: local(self.now),
            recalculation: subject.recalculation,
            period: self.report_period(),
            granularity: self.granularity,
            comparison: self.comparison.map(|window| self.report_window(window)),
            buckets: self.buckets.iter().map(bucket).collect(),
        };
        (head, self.buckets.iter().map(|bucket| self.is_gap(bucket.range)).collect())
    }

    fn report_window(&self, window: ComparisonWindow) -> ReportWindow {
        let counted = window.counted();
        let is_cut = counted != window.range;
        ReportWindow {
            mode: self.query.compare.mode(),
            start: self.calendar.local(window.range.start),
            end: self.calendar.local(window.range.end),
            dates: window.dates,
            cut: is_cut.then(|| self.calendar.local(counted.end)),
            coverage: Coverage::of(counted, self.counts_from),
        }
    }

    fn report_period(&self) -> ReportPeriod {
        let ResolvedPeriod { range, dates, is_running } = self.period;
        ReportPeriod {
            start: self.calendar.local(range.start),
            end: self.calendar.local(range.end),
            dates,
            partial: Coverage::of(range, self.counts_from) == Coverage::Partial,
            running: is_running,
        }
    }

    fn report_comparison(&self, window: ComparisonWindow, figures: &Figures) -> ReportComparison {
        let ReportWindow { mode, start, end, dates, cut, coverage } = self.report_window(window);
        ReportComparison {
            mode,
            start,
            end,
            dates,
            cut,
            coverage,
            timeseries: self.rows(&self.comparison_buckets, &figures.comparison_timeseries),
            pairs: self.pairs(window),
        }
    }

    fn pairs(&self, window: ComparisonWindow) -> Vec<Pair> {
        let pairing = Pairing::new(&self.calendar, self.granularity, &self.period, &window);
        pairing.pair(&self.buckets, &self.comparison_buckets)
    }

    /// Whether there is something to compare: both have begun, the period's dates exist in the zone, and the comparison
    /// holds data.
    fn can_compare(&self, window: ComparisonWindow) -> bool {
        let exists = self.period.range.start < self.period.range.end;
        let have_begun = self.period.range.start.max(window.range.start) <= self.now;
        exists && have_begun && Coverage::of(window.counted(), self.counts_from) != Coverage::None
    }

    fn rows(&self, buckets: &[Bucket], tallies: &[Tally]) -> Vec<TimeseriesRow> {
        let rows = buckets.iter().zip(tallies);
        rows.map(|(bucket, tally)| self.row(bucket, (!self.is_gap(bucket.range)).then_some(tally))).collect()
    }

    /// Whether nothing can be known of a bucket: it ends before the first message or begins after now.
    fn is_gap(&self, bucket: TimeRange) -> bool {
        self.counts_from.is_none_or(|first| bucket.end <= first) || self.now < bucket.start
    }

    fn row(&self, bucket: &Bucket, tally: Option<&Tally>) -> TimeseriesRow {
        TimeseriesRow {
            start: self.calendar.local(bucket.range.start),
            end: self.calendar.local(bucket.range.end),
            partial: bucket.is_partial,
            running: bucket.range.contains(self.now),
            total_users: tally.map(|tally| tally.total_users()),
            new_users: tally.map(|tally| tally.new_users),
            returning_users: tally.map(|tally| tally.returning_users),
            sessions: tally.map(|tally| tally.sessions),
            messages: tally.map(|tally| tally.messages),
            bot_messages: tally.map(|tally| tally.bot_messages),
        }
    }
}
