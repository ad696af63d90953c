//! A rule by which a bot is counted, and where its rows are.

use analytics::calendar::Calendar;
use analytics::settings::IdleTimeout;
use analytics::visits::Tier;

use crate::table_keys::tier_number;

/// Zone, week start and session rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) calendar: Calendar,
    pub(crate) idle_timeout: IdleTimeout,
}

/// The revisions of a rule's rows; each number is 0 or 1. While a rebuild is under way, the rows of both rules are in one
/// table, and rows that both rules agree on are there once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revisions {
    /// Of rows that depend on zone, week start or timeout: counts of hours and longer.
    pub(crate) local: i64,
    /// Of rows that depend on the timeout alone: quarters, opening messages and sessions of activity.
    pub(crate) sessions: i64,
    /// Of rows that depend on zone and week start alone: visits of days and longer, events and model use.
    pub(crate) calendar: i64,
    /// Of rows that depend on where hours begin: their visits. Most zones agree on that.
    pub(crate) hours: i64,
}

impl Revisions {
    /// The revision of a tier's counts, the tier by its number.
    pub(crate) fn of_counts(self, tier: i64) -> i64 {
        if tier == tier_number(Tier::Quarter) { self.sessions } else { self.local }
    }

    /// The revision of a tier's visits, the tier by its number.
    pub(crate) fn of_visits(self, tier: i64) -> i64 {
        if tier == tier_number(Tier::Hour) { self.hours } else { self.calendar }
    }

    /// The bit of `facts.opens`.
    pub(crate) fn opens_bit(self) -> i64 {
        1 << self.sessions
    }
}
