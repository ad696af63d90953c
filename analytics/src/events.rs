//! Custom events by name: their figures and their report. The report's types are also the types of the wire.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::nano::Nano;
use crate::report::{Amount, Kpi, ReportHead};

/// The events of one name in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventTally {
    /// How many there were.
    pub count: u64,
    /// How many users they were of.
    pub users: u64,
    /// The sum of their values; an event without one adds nothing.
    pub value: Nano,
}

/// What was read for one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFigures {
    /// The name.
    pub name: String,
    /// Over the whole period.
    pub totals: EventTally,
    /// Over what is counted of the comparison.
    pub comparison: EventTally,
    /// How many there were, in each bucket of the period.
    pub timeseries: Vec<u64>,
}

/// A bot's custom events for one question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventsReport {
    /// About whom, when, and compared with what.
    #[serde(flatten)]
    pub head: ReportHead,
    /// Events of any name.
    pub count: Kpi,
    /// By name, most events first. A name with none in the period and none in the comparison is left out.
    pub events: Vec<EventRow>,
}

/// The events of one name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventRow {
    /// The name.
    pub name: String,
    /// How many there were. Additive.
    pub count: Kpi,
    /// Distinct users that they were of. Not additive: neither over time nor over names.
    pub users: Kpi,
    /// The sum of their values. Additive.
    pub value: Amount,
    /// How many there were in each bucket of the head; `None` in a gap.
    pub timeseries: Vec<Option<u64>>,
}

impl EventsReport {
    /// The report from its head and figures. `is_gap` says of each bucket whether nothing can be known of it; what was
    /// counted there all the same is shown.
    pub fn new(head: ReportHead, is_gap: &[bool], figures: Vec<EventFigures>) -> Self {
        let has_earlier_data = head.has_earlier_data();
        let count = |figure: fn(&EventFigures) -> u64| figures.iter().map(figure).sum();
        let previous = has_earlier_data.then(|| count(|figures| figures.comparison.count));
        let total = Kpi::new(count(|figures| figures.totals.count), previous);
        let is_there = |figures: &EventFigures| {
            figures.totals.count > 0 || (has_earlier_data && figures.comparison.count > 0)
        };
        let rows = figures.into_iter().filter(is_there);
        let mut events: Vec<_> =
            rows.map(|figures| EventRow::new(figures, is_gap, has_earlier_data)).collect();
        events.sort_by(|one, other| {
            (Reverse(one.count.value), &one.name).cmp(&(Reverse(other.count.value), &other.name))
        });
        Self { head, count: total, events }
    }
}

impl EventRow {
    fn new(figures: EventFigures, is_gap: &[bool], has_earlier_data: bool) -> Self {
        let EventFigures { name, totals, comparison, timeseries } = figures;
        let previous = has_earlier_data.then_some(comparison);
        Self {
            name,
            count: Kpi::new(totals.count, previous.map(|tally| tally.count)),
            users: Kpi::new(totals.users, previous.map(|tally| tally.users)),
            value: Amount::new(totals.value, previous.map(|tally| tally.value)),
            timeseries: show_gaps(timeseries, is_gap),
        }
    }
}

/// Nothing counted where nothing can be known is no zero.
pub(crate) fn show_gaps<T: Default + PartialEq>(series: Vec<T>, is_gap: &[bool]) -> Vec<Option<T>> {
    let shown = series.into_iter().zip(is_gap);
    shown.map(|(figure, is_gap)| (!is_gap || figure != T::default()).then_some(figure)).collect()
}
