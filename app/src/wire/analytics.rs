//! The dashboard's figures.

use analytics::ids::Channel;
use analytics::report::Report;
use serde::{Deserialize, Serialize};

use crate::charts::option::ChartOption;
use crate::url_query::Notice;

/// A report with what the dashboard shows around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadedReport {
    /// The question as it was asked: a query string, empty for the remembered choice.
    pub asked: String,
    /// The state that is answered, as [`crate::url_query::write`] writes it. Without a metric unless remembered.
    pub answered: String,
    /// Where the answer differs from the question.
    pub notices: Vec<Notice>,
    /// Channels that a message came on, by name.
    pub channels: Vec<Channel>,
    /// The figures.
    pub report: Report,
    /// The chart of the figures.
    pub chart: ChartOption,
    /// What each key figure means, in HTML.
    pub definitions: Vec<String>,
    /// The figures as a table, in HTML.
    pub table: String,
    /// What to know of the comparison or the clock, as sentences.
    pub remarks: Vec<String>,
    /// The custom event that the chart shows too.
    pub event: Option<ChosenEvent>,
    /// The cards under the chart, in HTML.
    pub cards: String,
    /// After how many seconds newer figures are worth looking for.
    pub look_again_s: u64,
}

/// A custom event as the chart shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenEvent {
    /// Its name as it may be shown.
    pub name: String,
    /// The same as it may stand in HTML.
    pub html: String,
    /// How many there were, in each bucket of the report; `None` in a gap.
    pub counts: Vec<Option<u64>>,
}
