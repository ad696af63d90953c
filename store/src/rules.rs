//! The rules that a bot's figures follow, and the sets of counters that follow them.

pub(crate) mod counter_set;
pub(crate) mod rule;

use analytics::report::Recalculation;

use self::counter_set::{Built, CopyCursor, CounterSet};
use self::rule::{Revisions, Rule};
use crate::StoreError;
use crate::engine::Row;

/// The columns that [`Rules::read`] takes, of `bot_state` and, joined to it from the left, `rebuilds`.
macro_rules! rule_columns {
    () => {
        "bot_state.time_zone, bot_state.week_start, bot_state.idle_timeout_ms, bot_state.revision,
        bot_state.session_revision, rebuilds.time_zone as new_time_zone, rebuilds.week_start as new_week_start,
        rebuilds.idle_timeout_ms as new_idle_timeout_ms, rebuilds.next_user_key as rebuilt_users_end,
        bot_state.horizon, bot_state.calendar_revision, bot_state.hour_revision,
        rebuilds.by_hours, rebuilds.next_scope, rebuilds.next_hour, rebuilds.percent"
    };
}
pub(crate) use rule_columns;

/// A change of the rules that has not ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rebuild {
    /// The rule that the new counters follow.
    pub(crate) rule: Rule,
    /// How far they are built; `None` before that begins and after it has ended, while old rows are deleted.
    built: Option<Built>,
    /// How much is done, in hundredths.
    pub(crate) percent: u8,
}

impl Rebuild {
    fn read(row: &Row, next_user: i64) -> Result<Self, StoreError> {
        let built = match row.flag("by_hours")? {
            true => {
                let to = CopyCursor { scope: row.int("next_scope")?, bucket: row.int("next_hour")? };
                Built::Copied { to, users_below: next_user }
            }
            false => Built::UsersBelow(next_user),
        };
        Ok(Self {
            rule: Rule {
                calendar: row.calendar("new_time_zone", "new_week_start")?,
                idle_timeout: row.idle_timeout("new_idle_timeout_ms")?,
            },
            built: (next_user > 0).then_some(built),
            percent: u8::try_from(row.int("percent")?).unwrap_or(100),
        })
    }
}

/// By what a bot is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The counters that reports read.
    pub(crate) live: CounterSet,
    /// The change that was asked for last, until it has ended.
    pub(crate) rebuild: Option<Rebuild>,
    /// What lies before it is not taken in, and not recounted.
    pub(crate) horizon: i64,
}

impl Rules {
    /// Reads the columns of `rule_columns!`.
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let rule = Rule {
            calendar: row.calendar("time_zone", "week_start")?,
            idle_timeout: row.idle_timeout("idle_timeout_ms")?,
        };
        let revisions = Revisions {
            local: row.int("revision")?,
            sessions: row.int("session_revision")?,
            calendar: row.int("calendar_revision")?,
            hours: row.int("hour_revision")?,
        };
        let rebuild = match row.optional_int("rebuilt_users_end")? {
            Some(next_user) => Some(Rebuild::read(row, next_user)?),
            None => None,
        };
        Ok(Self { live: CounterSet::live(rule, revisions), rebuild, horizon: row.int("horizon")? })
    }

    /// The rule that was asked for last.
    pub(crate) fn wanted(&self) -> Rule {
        self.rebuild.map_or(self.live.rule, |rebuild| rebuild.rule)
    }

    /// How far a change of the rules has come.
    pub(crate) fn recalculation(&self) -> Option<Recalculation> {
        let Rebuild { rule, percent, .. } = self.rebuild.filter(|rebuild| rebuild.rule != self.live.rule)?;
        Some(Recalculation {
            time_zone: rule.calendar.zone.name().to_owned(),
            week_start: rule.calendar.week_start,
            idle_timeout_ms: rule.idle_timeout,
            percent,
        })
    }

    /// The counters that are being built beside the live ones.
    pub(crate) fn being_built(&self) -> Option<CounterSet> {
        let rebuild = self.rebuild?;
        Some(CounterSet::beside(&self.live, rebuild.rule, rebuild.built?))
    }

    /// The bits of `facts.opens` by which a new message is said to open a session by the live rule: also those of the
    /// revision that nothing is counted by, where they save a later change of the timeout most of its writing.
    pub(crate) fn live_opens_bits(&self) -> i64 {
        match self.being_built() {
            Some(set) if set.owns_sessions() => self.live.revisions.opens_bit(),
            _ => 3,
        }
    }

    /// Every set of counters that has to be kept up to date, the live one first.
    pub(crate) fn sets(&self) -> impl Iterator<Item = CounterSet> {
        std::iter::once(self.live).chain(self.being_built())
    }
}
