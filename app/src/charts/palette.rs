//! The colours of a chart. A canvas knows no style sheet, so they are read from the page and passed along.

use analytics::metric::Metric;

/// Colours as the canvas takes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// Axis labels.
    pub text: String,
    /// Axis lines and the grid.
    pub line: String,
    /// Behind the chart: fills the symbols.
    pub surface: String,
    /// Total users.
    pub users: String,
    /// New users.
    pub new: String,
    /// Returning users.
    pub returning: String,
    /// Sessions.
    pub sessions: String,
    /// Messages.
    pub messages: String,
}

impl Palette {
    /// Reads each colour by the name of its style sheet's property.
    pub fn read(resolve: impl Fn(&str) -> String) -> Self {
        Self {
            text: resolve("--text-faint"),
            line: resolve("--line"),
            surface: resolve("--surface-card"),
            users: resolve("--series-users"),
            new: resolve("--series-new"),
            returning: resolve("--series-returning"),
            sessions: resolve("--series-sessions"),
            messages: resolve("--series-messages"),
        }
    }

    /// The colour of a metric's series.
    pub fn of(&self, metric: Metric) -> &str {
        match metric {
            Metric::TotalUsers => &self.users,
            Metric::NewUsers => &self.new,
            Metric::ReturningUsers => &self.returning,
            Metric::Sessions => &self.sessions,
            Metric::Messages => &self.messages,
        }
    }
}
