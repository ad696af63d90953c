//! The figures of one bucket.

use serde::{Deserialize, Serialize};

use crate::instant::LocalTime;
use crate::metric::Metric;
use crate::rfc3339;

/// One bucket of a series. Counts are `None` in a gap: before the first message and after `as_of`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimeseriesRow {
    /// First instant inside.
    #[serde(deserialize_with = "rfc3339::time")]
    pub start: LocalTime,
    /// First instant after.
    #[serde(deserialize_with = "rfc3339::time")]
    pub end: LocalTime,
    /// Whether the bucket is cut by an edge of the period.
    pub partial: bool,
    /// Whether the bucket contains `as_of`.
    pub running: bool,
    /// Distinct users with at least one incoming message.
    pub total_users: Option<u64>,
    /// Of those, the ones whose first incoming message ever lies inside.
    pub new_users: Option<u64>,
    /// Of those, the ones whose first incoming message ever lies before.
    pub returning_users: Option<u64>,
    /// Sessions whose opening message lies inside.
    pub sessions: Option<u64>,
    /// Incoming messages.
    pub messages: Option<u64>,
    /// Outgoing messages.
    pub bot_messages: Option<u64>,
}

impl TimeseriesRow {
    /// One KPI; `None` in a gap.
    pub fn get(&self, metric: Metric) -> Option<u64> {
        match metric {
            Metric::TotalUsers => self.total_users,
            Metric::NewUsers => self.new_users,
            Metric::ReturningUsers => self.returning_users,
            Metric::Sessions => self.sessions,
            Metric::Messages => self.messages,
        }
    }
}
