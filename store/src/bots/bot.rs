//! What a bot is to the rooms above, and who may see it.

use analytics::calendar::{Calendar, Zone};
use analytics::ids::{AccountId, BotId};
use analytics::instant::Instant;
use analytics::report::Recalculation;
use analytics::settings::{IdleTimeout, WeekStart};

use crate::rules::rule::Rule;

/// A chatbot as its owner set it up.
#[derive(Clone, Debug, PartialEq)]
pub struct Bot {
    /// Its id.
    pub id: BotId,
    /// Who owns it.
    pub owner: AccountId,
    /// Its name, as [`analytics::names::parse_bot_name`] takes it.
    pub name: String,
    /// Zone and week start.
    pub calendar: Calendar,
    /// The session rule's timeout.
    pub idle_timeout: IdleTimeout,
    /// Whether it may send and its figures can be seen.
    pub is_activated: bool,
    /// Whether message text is stored.
    pub stores_text: bool,
    /// When it was created.
    pub created_at: Instant,
    /// Its first message, if it has one.
    pub first_message_at: Option<Instant>,
    /// Its latest message, if it has one.
    pub last_message_at: Option<Instant>,
    /// The rules of a rebuild that has not ended; until it has, reports follow `calendar` and `idle_timeout`.
    pub recalculation: Option<Recalculation>,
}

/// What a new bot needs.
#[derive(Clone, Debug)]
pub struct NewBot {
    /// A chosen id; drawn when absent.
    pub id: Option<BotId>,
    /// Who owns it.
    pub owner: AccountId,
    /// Its name, trimmed, 1 to 100 characters.
    pub name: String,
    /// Its reporting zone.
    pub zone: Zone,
    /// Whether it starts activated.
    pub is_activated: bool,
}

/// What may be changed; `None` stays as it is. A change of zone, week start or timeout starts a rebuild.
#[derive(Clone, Debug, Default)]
pub struct BotChange {
    /// New name.
    pub name: Option<String>,
    /// New reporting zone.
    pub zone: Option<Zone>,
    /// New first day of the week.
    pub week_start: Option<WeekStart>,
    /// New session timeout.
    pub idle_timeout: Option<IdleTimeout>,
    /// Activate or deactivate.
    pub is_activated: Option<bool>,
    /// Store message text or not.
    pub stores_text: Option<bool>,
}

/// Which bots somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BotScope {
    /// Every bot: admins and the command line.
    All,
    /// Those that the account owns.
    Owner(AccountId),
    /// One bot, if the account owns it: a limited read token.
    OwnedOne(AccountId, BotId),
    /// One bot of all: an admin's limited read token.
    One(BotId),
}

/// How many sessions there are under the present timeout and under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeoutPreview {
    /// Sessions of the past 28 days as counted now.
    pub sessions_now: u64,
    /// Sessions of the same days under the other timeout.
    pub sessions_then: u64,
}

impl BotScope {
    pub(crate) fn contains(self, bot: &Bot) -> bool {
        let (owner, limit) = self.limits();
        owner.is_none_or(|owner| owner == bot.owner) && limit.is_none_or(|limit| limit == bot.id)
    }

    /// The owner and the bot that everything seen must have.
    pub(super) fn limits(self) -> (Option<AccountId>, Option<BotId>) {
        match self {
            Self::All => (None, None),
            Self::Owner(owner) => (Some(owner), None),
            Self::OwnedOne(owner, bot) => (Some(owner), Some(bot)),
            Self::One(bot) => (None, Some(bot)),
        }
    }
}

impl Bot {
    /// The rules that were asked for last: those of the live counters, or those of a rebuild that has not ended.
    pub fn wanted_rule(&self) -> Recalculation {
        self.recalculation.clone().unwrap_or_else(|| Recalculation {
            time_zone: self.calendar.zone.name().to_owned(),
            week_start: self.calendar.week_start,
            idle_timeout_ms: self.idle_timeout,
            percent: 100,
        })
    }

    /// The bot with its new name and switches. Its rules change with [`BotChange::apply`].
    pub(super) fn changed(&self, change: &BotChange) -> Self {
        Self {
            name: change.name.as_deref().map_or(self.name.clone(), |name| name.trim().to_owned()),
            is_activated: change.is_activated.unwrap_or(self.is_activated),
            stores_text: change.stores_text.unwrap_or(self.stores_text),
            ..self.clone()
        }
    }
}

impl BotChange {
    /// The rule as the change leaves it.
    pub(crate) fn apply(&self, rule: Rule) -> Rule {
        Rule {
            calendar: Calendar {
                zone: self.zone.unwrap_or(rule.calendar.zone),
                week_start: self.week_start.unwrap_or(rule.calendar.week_start),
            },
            idle_timeout: self.idle_timeout.unwrap_or(rule.idle_timeout),
        }
    }
}
