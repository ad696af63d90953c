//! The rules that a bot's figures follow, and which of the two revisions of the derived rows follow them.

use analytics::calendar::Calendar;
use analytics::report::Recalculation;
use analytics::settings::IdleTimeout;
use analytics::visits::Tier;

use crate::StoreError;
use crate::bots::BotChange;
use crate::counters::tier_number;
use crate::engine::Row;

/// The eleven columns that [`Rules::read`] takes, of `bot_state` and, joined to it from the left, `recounts`.
macro_rules! rule_columns {
    () => {
        "bot_state.time_zone, bot_state.week_start, bot_state.idle_timeout_ms, bot_state.revision,
        bot_state.session_revision, recounts.time_zone, recounts.week_start, recounts.idle_timeout_ms,
        recounts.next_user_key, bot_state.horizon, bot_state.calendar_revision"
    };
}
pub(crate) use rule_columns;

/// Zone, week start and session rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) calendar: Calendar,
    pub(crate) idle_timeout: IdleTimeout,
}

impl Rule {
    /// The rule as a change leaves it.
    pub(crate) fn changed(self, change: &BotChange) -> Self {
        Self {
            calendar: Calendar {
                zone: change.zone.unwrap_or(self.calendar.zone),
                week_start: change.week_start.unwrap_or(self.calendar.week_start),
            },
            idle_timeout: change.idle_timeout.unwrap_or(self.idle_timeout),
        }
    }
}

/// Where the rows of a rule stand; each number is 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revisions {
    /// Of what depends on zone, week start or timeout: hours, days, weeks and visits.
    pub(crate) local: i64,
    /// Of what depends on the timeout alone: quarters, opening messages and sessions of activity.
    pub(crate) sessions: i64,
    /// Of what depends on zone and week start alone: events and model use.
    pub(crate) calendar: i64,
}

impl Revisions {
    /// The revision of a tier's counts, the tier by its number.
    pub(crate) fn of_counts(self, tier: i64) -> i64 {
        if tier == tier_number(Tier::Quarter) { self.sessions } else { self.local }
    }

    /// The bit of `facts.opens`.
    pub(crate) fn opens_bit(self) -> i64 {
        1 << self.sessions
    }
}

/// A rule with its rows: what intake keeps up to date and a recount checks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub(crate) rule: Rule,
    pub(crate) revisions: Revisions,
    /// Users with keys from here on are not counted yet.
    pub(crate) users_end: i64,
    /// Whether quarters and sessions are counted apart from those of the other side, or are the same rows.
    pub(crate) has_own_sessions: bool,
    /// The same of events and model use.
    pub(crate) has_own_calendar: bool,
}

impl Side {
    pub(crate) fn covers(&self, user: i64) -> bool {
        user < self.users_end
    }
}

/// By what a bot is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// What reports read.
    pub(crate) live: Side,
    /// What is asked for instead, if a recomputation has not ended, and how far it has come.
    pub(crate) target: Option<(Rule, i64)>,
    /// What lies before it is not taken in, and not recounted.
    pub(crate) horizon: i64,
}

impl Rules {
    /// Reads the columns of `rule_columns!`, of which the first is number `first`.
    pub(crate) fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        let rule = |first| {
            Ok::<_, StoreError>(Rule {
                calendar: row.calendar(first, first + 1)?,
                idle_timeout: row.idle_timeout(first + 2)?,
            })
        };
        let live = Side {
            rule: rule(first)?,
            revisions: Revisions {
                local: row.int(first + 3)?,
                sessions: row.int(first + 4)?,
                calendar: row.int(first + 10)?,
            },
            users_end: i64::MAX,
            has_own_sessions: true,
            has_own_calendar: true,
        };
        let target = match row.optional_int(first + 8)? {
            Some(next_user) => Some((rule(first + 5)?, next_user)),
            None => None,
        };
        Ok(Self { live, target, horizon: row.int(first + 9)? })
    }

    /// The rule that was asked for last.
    pub(crate) fn wanted(&self) -> Rule {
        self.target.map_or(self.live.rule, |(rule, _)| rule)
    }

    /// How far a change of the rules has come, the next new user's key being `users_end`.
    pub(crate) fn recalculation(&self, users_end: i64) -> Option<Recalculation> {
        let (rule, next_user) = self.target.filter(|(rule, _)| *rule != self.live.rule)?;
        let percent = (next_user - 1).max(0) * 100 / (users_end - 1).max(1);
        Some(Recalculation {
            time_zone: rule.calendar.zone.name().to_owned(),
            week_start: rule.calendar.week_start,
            idle_timeout_ms: rule.idle_timeout,
            percent: u8::try_from(percent).unwrap_or(100),
        })
    }

    /// What is being built beside the live rows.
    pub(crate) fn building(&self) -> Option<Side> {
        let (rule, users_end) = self.target.filter(|(_, next_user)| *next_user > 0)?;
        let live = self.live.revisions;
        let has_own_sessions = rule.idle_timeout != self.live.rule.idle_timeout;
        let has_own_calendar = rule.calendar != self.live.rule.calendar;
        let other = |is_own: bool, live: i64| if is_own { 1 - live } else { live };
        let revisions = Revisions {
            local: 1 - live.local,
            sessions: other(has_own_sessions, live.sessions),
            calendar: other(has_own_calendar, live.calendar),
        };
        Some(Side { rule, revisions, users_end, has_own_sessions, has_own_calendar })
    }

    /// Everything that has to be kept up to date, the live side first.
    pub(crate) fn sides(&self) -> impl Iterator<Item = Side> {
        std::iter::once(self.live).chain(self.building())
    }
}
