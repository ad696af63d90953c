//! What a recount of events and of model use gives, in the most straightforward way: walk over the facts, put users into
//! sets and latencies in order.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use analytics::events::{EventTally, EventsReport};
use analytics::fact::{Fact, FactKind};
use analytics::ids::Channel;
use analytics::instant::{Instant, TimeRange};
use analytics::latency::{Latency, Percentile};
use analytics::model_use::{MOST_OF_A_CALL, ModelUseReport, ModelUseTotals};
use analytics::nano::Nano;
use analytics::report::ReportHead;

/// Every event and every use of a model.
#[derive(Clone, Debug)]
pub struct UseOracle {
    facts: Vec<Fact>,
}

/// What calls used.
#[derive(Clone, Debug, Default)]
struct Calls {
    calls: u64,
    errors: u64,
    input_tokens: u64,
    output_tokens: u64,
    cost_usd: Nano,
    latencies: Vec<u64>,
}

impl UseOracle {
    /// Takes facts in order of arrival: of equal ids the first counts.
    pub fn new(facts: &[Fact]) -> Self {
        let mut ids = HashSet::new();
        Self { facts: facts.iter().filter(|fact| ids.insert(fact.id.as_str())).cloned().collect() }
    }

    /// Compares every figure of a report of events with the recount.
    ///
    /// # Errors
    /// The first figure that differs, in words.
    pub fn check_events(&self, report: &EventsReport) -> Result<(), String> {
        let channel = report.head.channel.as_ref();
        let (period, compared) = windows(&report.head);
        let now = self.events(period, channel);
        let before = compared.map(|range| self.events(range, channel)).unwrap_or_default();
        let names: BTreeSet<&str> = now.keys().chain(before.keys()).map(String::as_str).collect();
        let shown: BTreeSet<&str> = report.events.iter().map(|row| row.name.as_str()).collect();
        same("names", &shown, &names)?;
        let counts: Vec<u64> = report.events.iter().map(|row| row.count.value).collect();
        same("order", &counts.is_sorted_by(|one, next| one >= next), &true)?;
        same("events", &report.count.value, &now.values().map(|tally| tally.count).sum())?;
        let buckets = self.series(&report.head, |range| self.events(range, channel));
        for row in &report.events {
            let tally = now.get(&row.name).copied().unwrap_or_default();
            let shown = EventTally { count: row.count.value, users: row.users.value, value: row.value.value };
            same(&row.name, &shown, &tally)?;
            let tally = compared.map(|_| before.get(&row.name).copied().unwrap_or_default());
            let shown = row.count.previous.zip(row.users.previous).zip(row.value.previous);
            let shown = shown.map(|((count, users), value)| EventTally { count, users, value });
            same(&format!("{} before", row.name), &shown, &tally)?;
            let series = buckets.iter().map(|tallies| tallies.get(&row.name).map_or(0, |tally| tally.count));
            check_series(&row.name, &row.timeseries, &series.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Compares every figure of a report of model use with the recount.
    ///
    /// # Errors
    /// The first figure that differs, in words.
    pub fn check_model_use(&self, report: &ModelUseReport) -> Result<(), String> {
        let channel = report.head.channel.as_ref();
        let (period, compared) = windows(&report.head);
        let now = self.models(period, channel);
        let before = compared.map(|range| self.models(range, channel)).unwrap_or_default();
        let names: BTreeSet<&str> = now.keys().chain(before.keys()).map(String::as_str).collect();
        let shown: BTreeSet<&str> =
            report.models.iter().map(|row| row.model.as_deref().unwrap_or_default()).collect();
        same("models", &shown, &names)?;
        check_totals("all", &report.totals, &all(&now), compared.map(|_| all(&before)).as_ref())?;
        let buckets = self.series(&report.head, |range| self.models(range, channel));
        let series: Vec<Calls> = buckets.iter().map(all).collect();
        check_series("calls", &report.timeseries.calls, &figures(&series, |calls| calls.calls))?;
        check_series("errors", &report.timeseries.errors, &figures(&series, |calls| calls.errors))?;
        check_series("cost", &report.timeseries.cost_usd, &figures(&series, |calls| calls.cost_usd))?;
        for row in &report.models {
            let name = row.model.as_deref().unwrap_or_default();
            let calls = |found: &BTreeMap<String, Calls>| found.get(name).cloned().unwrap_or_default();
            check_totals(name, &row.totals, &calls(&now), compared.map(|_| calls(&before)).as_ref())?;
            let series: Vec<Calls> = buckets.iter().map(calls).collect();
            check_series(name, &row.timeseries.calls, &figures(&series, |calls| calls.calls))?;
            check_series(name, &row.timeseries.cost_usd, &figures(&series, |calls| calls.cost_usd))?;
        }
        Ok(())
    }

    fn events(&self, range: TimeRange, channel: Option<&Channel>) -> BTreeMap<String, EventTally> {
        let mut tallies: BTreeMap<String, EventTally> = BTreeMap::new();
        let mut users = HashSet::new();
        for fact in self.within(range, channel) {
            let FactKind::Event(event) = &fact.kind else { continue };
            let tally = tallies.entry(event.name.as_str().to_owned()).or_default();
            tally.count += 1;
            tally.users += u64::from(users.insert((event.name.as_str(), fact.user_id.as_str())));
            tally.value += Nano::from_nano(event.value_nano.unwrap_or(0).into());
        }
        tallies
    }

    fn models(&self, range: TimeRange, channel: Option<&Channel>) -> BTreeMap<String, Calls> {
        let mut found: BTreeMap<String, Calls> = BTreeMap::new();
        for used in self.within(range, channel).filter_map(|fact| fact.kind.model_use()) {
            let calls = found.entry(used.model.clone().unwrap_or_default()).or_default();
            calls.calls += 1;
            calls.errors += u64::from(used.failed);
            calls.input_tokens += used.input_tokens.unwrap_or(0).min(MOST_OF_A_CALL);
            calls.output_tokens += used.output_tokens.unwrap_or(0).min(MOST_OF_A_CALL);
            calls.cost_usd += Nano::from_nano(used.cost_nano_usd.unwrap_or(0).into());
            calls.latencies.extend(used.latency_ms);
        }
        found
    }

    fn within(&self, range: TimeRange, channel: Option<&Channel>) -> impl Iterator<Item = &Fact> {
        let is_wanted = move |fact: &&Fact| {
            range.contains(fact.at) && channel.is_none_or(|wanted| *wanted == fact.channel)
        };
        self.facts.iter().filter(is_wanted)
    }

    fn series<T>(&self, head: &ReportHead, figure: impl Fn(TimeRange) -> T) -> Vec<T> {
        let ranges =
            head.buckets.iter().map(|row| TimeRange::new(Instant::from(row.start), Instant::from(row.end)));
        ranges.map(figure).collect()
    }
}

/// The period, and what is counted of the comparison where there are figures of it.
fn windows(head: &ReportHead) -> (TimeRange, Option<TimeRange>) {
    let range = |start, end| TimeRange::new(Instant::from(start), Instant::from(end));
    let compared = head.comparison.as_ref().filter(|_| head.has_earlier_data());
    let compared = compared.map(|window| range(window.start, window.cut.unwrap_or(window.end)));
    (range(head.period.start, head.period.end), compared)
}

fn all(models: &BTreeMap<String, Calls>) -> Calls {
    models.values().fold(Calls::default(), |mut all, calls| {
        all.calls += calls.calls;
        all.errors += calls.errors;
        all.input_tokens += calls.input_tokens;
        all.output_tokens += calls.output_tokens;
        all.cost_usd += calls.cost_usd;
        all.latencies.extend(&calls.latencies);
        all
    })
}

fn figures<T>(series: &[Calls], figure: fn(&Calls) -> T) -> Vec<T> {
    series.iter().map(figure).collect()
}

fn check_totals(
    name: &str,
    totals: &ModelUseTotals,
    now: &Calls,
    before: Option<&Calls>,
) -> Result<(), String> {
    for (figure, kpi, wanted) in [
        ("calls", totals.calls, (|calls| calls.calls) as fn(&Calls) -> u64),
        ("errors", totals.errors, |calls| calls.errors),
        ("input tokens", totals.input_tokens, |calls| calls.input_tokens),
        ("output tokens", totals.output_tokens, |calls| calls.output_tokens),
    ] {
        same(&format!("{name}, {figure}"), &(kpi.value, kpi.previous), &(wanted(now), before.map(wanted)))?;
    }
    let cost = (totals.cost_usd.value, totals.cost_usd.previous);
    same(&format!("{name}, cost"), &cost, &(now.cost_usd, before.map(|calls| calls.cost_usd)))?;
    check_latency(name, &totals.latency, now)?;
    match (&totals.previous_latency, before) {
        (Some(latency), Some(before)) => check_latency(&format!("{name} before"), latency, before),
        (latency, before) => same(name, &latency.is_some(), &before.is_some()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a mean, as the report has it")]
fn check_latency(name: &str, latency: &Latency, calls: &Calls) -> Result<(), String> {
    let mut latencies = calls.latencies.clone();
    latencies.sort_unstable();
    let count = latencies.len() as u64;
    let sum: u64 = latencies.iter().map(|latency| latency.min(&MOST_OF_A_CALL)).sum();
    let mean = (count > 0).then(|| sum as f64 / count as f64);
    same(&format!("{name}, mean"), &(latency.calls, latency.mean_ms), &(count, mean))?;
    for (percent, shown) in [(50, latency.median), (95, latency.p95)] {
        let rank = (count * percent).div_ceil(100).max(1);
        let exact = usize::try_from(rank - 1).ok().and_then(|place| latencies.get(place)).copied();
        same(&format!("{name}, {percent} %, {shown:?} of {exact:?}"), &holds(shown, exact), &true)?;
    }
    Ok(())
}

/// Whether the exact percentile lies within what is shown, which is no wider than it may be.
fn holds(shown: Option<Percentile>, exact: Option<u64>) -> bool {
    match (shown, exact) {
        (Some(shown), Some(exact)) => {
            let is_inside = shown.upper_ms.is_none_or(|upper| exact < upper) && exact >= shown.lower_ms;
            let width = shown.upper_ms.map_or(1, |upper| upper - shown.lower_ms);
            let is_narrow = width == 1 || width * 8 <= shown.lower_ms;
            is_inside && is_narrow && shown.value_ms >= shown.lower_ms
        }
        (shown, exact) => shown.is_none() && exact.is_none(),
    }
}

/// A gap stands for nothing only.
fn check_series<T>(name: &str, shown: &[Option<T>], wanted: &[T]) -> Result<(), String>
where
    T: Copy + Default + PartialEq + std::fmt::Debug,
{
    let shown: Vec<T> = shown.iter().map(|figure| figure.unwrap_or_default()).collect();
    same(&format!("series of {name}"), &shown.as_slice(), &wanted)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, shown: &T, wanted: &T) -> Result<(), String> {
    if shown == wanted { Ok(()) } else { Err(format!("{what}: {shown:?} is not {wanted:?}")) }
}
