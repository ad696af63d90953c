//! The overall chart on its way to the browser: ECharts' option as JSON text, in parts. The server writes every part
//! that a card or the legend can ask for, so that choosing one asks nothing of the server.

use analytics::metric::Metric;
use serde::{Deserialize, Serialize};

/// A series that the legend can switch off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Series {
    /// A metric over the period.
    Current(Metric),
    /// The leading metric over the comparison.
    Previous,
    /// The chosen custom event.
    Event,
}

/// The chart's option in parts. Its colours are names of the style sheet's properties: see [`super::palette`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartOption {
    /// Everything but the series, as a JSON object.
    pub frame: String,
    /// All series, the background first.
    pub series: Vec<SeriesOption>,
}

/// One series of the option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesOption {
    /// What the legend calls it by.
    pub series: Series,
    /// The selected cards with which it is shown. The selected metric leads, so it has a look of its own.
    pub shown_for: Vec<Metric>,
    /// The series as a JSON object.
    pub json: String,
}

impl ChartOption {
    /// The whole option for a selected card, without what the legend has switched off.
    pub fn text(&self, selected: Metric, hidden: &[Series]) -> String {
        let is_shown =
            |part: &&SeriesOption| part.shown_for.contains(&selected) && !hidden.contains(&part.series);
        let series: Vec<_> = self.series.iter().filter(is_shown).map(|part| part.json.as_str()).collect();
        let frame = self.frame.strip_suffix('}').unwrap_or_default();
        format!("{frame},\"series\":[{}]}}", series.join(","))
    }
}

/// The metrics of the chart, the background first: messages, sessions, and users (all of them, unless a card of some
/// of them is selected).
pub fn metrics(selected: Metric) -> [Metric; 3] {
    let users = match selected {
        Metric::NewUsers | Metric::ReturningUsers => selected,
        _ => Metric::TotalUsers,
    };
    [Metric::Messages, Metric::Sessions, users]
}
