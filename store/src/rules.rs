//! The rules that a bot's figures follow, and which of the two revisions of the derived rows follow them.

use analytics::calendar::Calendar;
use analytics::report::Recalculation;
use analytics::settings::IdleTimeout;
use analytics::visits::Tier;

use crate::StoreError;
use crate::engine::Row;
use crate::table_keys::{EVERYTHING, NEVER, tier_number};

/// The columns that [`Rules::read`] takes, of `bot_state` and, joined to it from the left, `recounts`.
macro_rules! rule_columns {
    () => {
        "bot_state.time_zone, bot_state.week_start, bot_state.idle_timeout_ms, bot_state.revision,
        bot_state.session_revision, recounts.time_zone as new_time_zone, recounts.week_start as new_week_start,
        recounts.idle_timeout_ms as new_idle_timeout_ms, recounts.next_user_key as rebuilt_users_end,
        bot_state.horizon, bot_state.calendar_revision, bot_state.hour_revision,
        recounts.by_hours, recounts.next_scope, recounts.next_hour, recounts.percent"
    };
}
pub(crate) use rule_columns;

/// Zone, week start and session rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) calendar: Calendar,
    pub(crate) idle_timeout: IdleTimeout,
}

/// Where the rows of a rule stand; each number is 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revisions {
    /// Of what depends on zone, week start or timeout: counts of hours and longer.
    pub(crate) local: i64,
    /// Of what depends on the timeout alone: quarters, opening messages and sessions of activity.
    pub(crate) sessions: i64,
    /// Of what depends on zone and week start alone: visits of days and longer, events and model use.
    pub(crate) calendar: i64,
    /// Of what depends on where hours begin: their visits. Most zones agree on that.
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

/// A rule with its rows: what intake keeps up to date and a recount checks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub(crate) rule: Rule,
    pub(crate) revisions: Revisions,
    /// Users with keys from here on are not counted yet.
    pub(crate) users_end: i64,
    /// Whether quarters and sessions are counted apart from those of the other side, or are the same rows.
    pub(crate) has_own_sessions: bool,
    /// The same of visits of days and longer, of events and of model use.
    pub(crate) has_own_calendar: bool,
    /// Its counters follow those of the live side up to here, and of users only what else they need is counted; `None`
    /// when everything is counted user by user.
    pub(crate) follows_to: Option<Place>,
}

/// A place in the live counters, in the order in which others are made from them: a scope, and the start of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) scope: i64,
    pub(crate) bucket: i64,
}

impl Place {
    /// Before every bucket.
    pub(crate) const START: Self = Self { scope: EVERYTHING, bucket: NEVER };
    /// Behind every bucket.
    pub(crate) const END: Self = Self { scope: i64::MAX, bucket: i64::MAX };
}

impl Side {
    pub(crate) fn covers(&self, user: i64) -> bool {
        user < self.users_end
    }

    /// Whether visits of hours are counted apart from those of the other side: what follows from them has the same hours.
    pub(crate) fn has_own_hours(&self) -> bool {
        self.follows_to.is_none()
    }

    /// Whether visits of a tier, by its number, are counted apart from those of the other side.
    pub(crate) fn has_own_visits(&self, tier: i64) -> bool {
        if tier == tier_number(Tier::Hour) { self.has_own_hours() } else { self.has_own_calendar }
    }

    /// Whether counts of a tier, by its number, are counted apart from those of the other side.
    pub(crate) fn has_own_counts(&self, tier: i64) -> bool {
        self.has_own_sessions || tier != tier_number(Tier::Quarter)
    }
}

/// What a recomputation is to bring, and how far it has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) rule: Rule,
    /// Users with keys from here on are not counted yet; 0 before it has begun and after it has ended.
    next_user: i64,
    /// Where it follows the live counters: how far.
    follows_to: Option<Place>,
    /// How much is done, in hundredths.
    pub(crate) percent: u8,
}

impl Target {
    fn read(row: &Row, next_user: i64) -> Result<Self, StoreError> {
        Ok(Self {
            rule: Rule {
                calendar: row.calendar("new_time_zone", "new_week_start")?,
                idle_timeout: row.idle_timeout("new_idle_timeout_ms")?,
            },
            next_user,
            follows_to: match row.flag("by_hours")? {
                true => Some(Place { scope: row.int("next_scope")?, bucket: row.int("next_hour")? }),
                false => None,
            },
            percent: u8::try_from(row.int("percent")?).unwrap_or(100),
        })
    }
}

/// By what a bot is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// What reports read.
    pub(crate) live: Side,
    /// What is asked for instead, if a recomputation has not ended.
    pub(crate) target: Option<Target>,
    /// What lies before it is not taken in, and not recounted.
    pub(crate) horizon: i64,
}

impl Rules {
    /// Reads the columns of `rule_columns!`.
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let live = Side {
            rule: Rule {
                calendar: row.calendar("time_zone", "week_start")?,
                idle_timeout: row.idle_timeout("idle_timeout_ms")?,
            },
            revisions: Revisions {
                local: row.int("revision")?,
                sessions: row.int("session_revision")?,
                calendar: row.int("calendar_revision")?,
                hours: row.int("hour_revision")?,
            },
            users_end: i64::MAX,
            has_own_sessions: true,
            has_own_calendar: true,
            follows_to: None,
        };
        let target = match row.optional_int("rebuilt_users_end")? {
            Some(next_user) => Some(Target::read(row, next_user)?),
            None => None,
        };
        Ok(Self { live, target, horizon: row.int("horizon")? })
    }

    /// The rule that was asked for last.
    pub(crate) fn wanted(&self) -> Rule {
        self.target.map_or(self.live.rule, |target| target.rule)
    }

    /// How far a change of the rules has come.
    pub(crate) fn recalculation(&self) -> Option<Recalculation> {
        let Target { rule, percent, .. } = self.target.filter(|target| target.rule != self.live.rule)?;
        Some(Recalculation {
            time_zone: rule.calendar.zone.name().to_owned(),
            week_start: rule.calendar.week_start,
            idle_timeout_ms: rule.idle_timeout,
            percent,
        })
    }

    /// What is being built beside the live rows.
    pub(crate) fn building(&self) -> Option<Side> {
        let Target { rule, next_user, follows_to, .. } = self.target.filter(|target| target.next_user > 0)?;
        let live = self.live.revisions;
        let has_own_sessions = rule.idle_timeout != self.live.rule.idle_timeout;
        let has_own_hours = follows_to.is_none();
        let has_own_calendar = rule.calendar != self.live.rule.calendar;
        let other = |is_own: bool, live: i64| if is_own { 1 - live } else { live };
        let revisions = Revisions {
            local: 1 - live.local,
            sessions: other(has_own_sessions, live.sessions),
            calendar: other(has_own_calendar, live.calendar),
            hours: other(has_own_hours, live.hours),
        };
        let users_end = next_user;
        Some(Side { rule, revisions, users_end, has_own_sessions, has_own_calendar, follows_to })
    }

    /// The bits of `facts.opens` by which a new message is said to open a session by the live rule: also those of the
    /// revision that nothing is counted by, where they save a later change of the timeout most of its writing.
    pub(crate) fn live_opens_bits(&self) -> i64 {
        match self.building() {
            Some(side) if side.has_own_sessions => self.live.revisions.opens_bit(),
            _ => 3,
        }
    }

    /// Everything that has to be kept up to date, the live side first.
    pub(crate) fn sides(&self) -> impl Iterator<Item = Side> {
        std::iter::once(self.live).chain(self.building())
    }
}
