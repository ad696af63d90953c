//! Figures beside those that they are compared with.

use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::metric::{Metric, Tally};
use crate::nano::Nano;

/// One KPI: value, the comparison's value, and the unrounded ratio between them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Kpi {
    /// The figure.
    pub value: u64,
    /// The comparison's figure; `None` without comparison or earlier data.
    pub previous: Option<u64>,
    /// `(value − previous) / previous`; `None` where that has no meaning.
    pub change: Option<f64>,
}

impl Kpi {
    /// A figure beside that of the comparison.
    pub fn new(value: u64, previous: Option<u64>) -> Self {
        Self { value, previous, change: Change::between(value, previous).ratio() }
    }

    /// What to show as index.
    pub fn index(self) -> Change {
        Change::between(self.value, self.previous)
    }
}

/// A sum of decimals: value, the comparison's value, and the unrounded ratio between them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amount {
    /// The figure.
    pub value: Nano,
    /// The comparison's figure; `None` without comparison or earlier data.
    pub previous: Option<Nano>,
    /// `(value − previous) / |previous|`; `None` where that has no meaning.
    pub change: Option<f64>,
}

impl Amount {
    /// A figure beside that of the comparison.
    pub fn new(value: Nano, previous: Option<Nano>) -> Self {
        Self { value, previous, change: Change::between_sums(value, previous).ratio() }
    }

    /// The same for each one that `of` counts, such as the cost per session; `None` where it counts none.
    pub fn per(self, of: Kpi) -> Option<Self> {
        let previous = self.previous.zip(of.previous).and_then(|(previous, of)| previous.per(of));
        Some(Self::new(self.value.per(of.value)?, previous))
    }
}

/// The KPIs of the whole period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// Distinct users with at least one incoming message.
    pub total_users: Kpi,
    /// Of those, the ones whose first incoming message ever lies inside.
    pub new_users: Kpi,
    /// Of those, the ones whose first incoming message ever lies before.
    pub returning_users: Kpi,
    /// Sessions whose opening message lies inside.
    pub sessions: Kpi,
    /// Incoming messages.
    pub messages: Kpi,
    /// Outgoing messages, beside the five.
    pub bot_messages: Kpi,
}

impl Totals {
    /// The totals of a period beside those of its comparison.
    pub fn new(current: Tally, previous: Option<Tally>) -> Self {
        let kpi = |figure: fn(&Tally) -> u64| Kpi::new(figure(&current), previous.as_ref().map(figure));
        Self {
            total_users: kpi(|tally| tally.total_users()),
            new_users: kpi(|tally| tally.new_users),
            returning_users: kpi(|tally| tally.returning_users),
            sessions: kpi(|tally| tally.sessions),
            messages: kpi(|tally| tally.messages),
            bot_messages: kpi(|tally| tally.bot_messages),
        }
    }

    /// One KPI.
    pub fn get(&self, metric: Metric) -> Kpi {
        match metric {
            Metric::TotalUsers => self.total_users,
            Metric::NewUsers => self.new_users,
            Metric::ReturningUsers => self.returning_users,
            Metric::Sessions => self.sessions,
            Metric::Messages => self.messages,
        }
    }
}
