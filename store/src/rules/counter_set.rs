//! The counters of one rule. A bot has one set of counters, and a second one while a rebuild is under way.

use super::rule::{Revisions, Rule};
use crate::table_keys::{EVERYTHING, NEVER};

/// The counters of one rule: intake keeps them up to date, a rebuild makes them, a recount checks them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CounterSet {
    pub(crate) rule: Rule,
    pub(crate) revisions: Revisions,
    pub(crate) built: Built,
    /// The revisions of the live set, for a set that is built beside it. Rows of an equal revision belong to both.
    live: Option<Revisions>,
}

/// How much of a set of counters is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Built {
    /// All of it: reports read it.
    Whole,
    /// Users are counted one after the other: so far those with keys below this one.
    UsersBelow(i64),
    /// Counters are copied from the live ones, so far up to the cursor. Of users only what cannot be copied is counted
    /// (sessions by another timeout, events, model use): so far of those with keys below `users_below`.
    Copied { to: CopyCursor, users_below: i64 },
}

/// A place in the live counters, in the order in which they are copied: a scope, and the start of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CopyCursor {
    pub(crate) scope: i64,
    pub(crate) bucket: i64,
}

impl CopyCursor {
    /// Before every bucket.
    pub(crate) const START: Self = Self { scope: EVERYTHING, bucket: NEVER };
    /// Behind every bucket.
    pub(crate) const END: Self = Self { scope: i64::MAX, bucket: i64::MAX };
}

impl Built {
    /// The first key of a user who is not counted yet.
    pub(crate) fn users_end(self) -> i64 {
        match self {
            Self::Whole => i64::MAX,
            Self::UsersBelow(end) | Self::Copied { users_below: end, .. } => end,
        }
    }

    /// How far counters are copied from the live ones; `None` where none are.
    pub(crate) fn copied_to(self) -> Option<CopyCursor> {
        match self {
            Self::Whole | Self::UsersBelow(_) => None,
            Self::Copied { to, .. } => Some(to),
        }
    }
}

impl CounterSet {
    /// The set that reports read.
    pub(super) fn live(rule: Rule, revisions: Revisions) -> Self {
        Self { rule, revisions, built: Built::Whole, live: None }
    }

    /// A set that is built beside the live one. Rows on which both rules agree are the live ones.
    pub(super) fn beside(live: &Self, rule: Rule, built: Built) -> Self {
        let of_live = live.revisions;
        let revision = |is_own: bool, live: i64| if is_own { 1 - live } else { live };
        let has_own_calendar = rule.calendar != live.rule.calendar;
        let revisions = Revisions {
            local: 1 - of_live.local,
            sessions: revision(rule.idle_timeout != live.rule.idle_timeout, of_live.sessions),
            calendar: revision(has_own_calendar, of_live.calendar),
            hours: revision(built.copied_to().is_none(), of_live.hours),
        };
        Self { rule, revisions, built, live: Some(of_live) }
    }

    /// Whether a user is counted, as far as the set counts users.
    pub(crate) fn counts(&self, user: i64) -> bool {
        user < self.built.users_end()
    }

    /// Whether quarters and sessions are rows of its own, and not those of the live set.
    pub(crate) fn owns_sessions(&self) -> bool {
        self.live.is_none_or(|live| live.sessions != self.revisions.sessions)
    }

    /// Whether visits of days and longer, events and model use are rows of its own, and not those of the live set.
    pub(crate) fn owns_calendar(&self) -> bool {
        self.live.is_none_or(|live| live.calendar != self.revisions.calendar)
    }

    /// Whether visits of hours are rows of its own, and not those of the live set.
    pub(crate) fn owns_hours(&self) -> bool {
        self.live.is_none_or(|live| live.hours != self.revisions.hours)
    }

    /// Whether counts of a tier, by its number, are rows of its own.
    pub(crate) fn owns_counts(&self, tier: i64) -> bool {
        self.live.is_none_or(|live| live.of_counts(tier) != self.revisions.of_counts(tier))
    }

    /// Whether visits of a tier, by its number, are rows of its own.
    pub(crate) fn owns_visits(&self, tier: i64) -> bool {
        self.live.is_none_or(|live| live.of_visits(tier) != self.revisions.of_visits(tier))
    }
}
