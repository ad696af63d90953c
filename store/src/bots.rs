//! Bots and their settings.

use analytics::calendar::{Calendar, Zone};
use analytics::ids::{AccountId, BotId, Channel};
use analytics::instant::Instant;
use analytics::settings::{IdleTimeout, WeekStart};

use crate::{Store, StoreError};

/// Longest name of a bot, in characters.
pub const MAX_BOT_NAME_CHARS: usize = 100;

/// A chatbot as its owner set it up.
#[derive(Clone, Debug, PartialEq)]
pub struct Bot {
    /// Its id.
    pub id: BotId,
    /// Who owns it.
    pub owner: AccountId,
    /// Its name: 1 to 100 characters.
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

/// What may be changed; `None` stays as it is. A change of zone, week start or timeout recomputes history.
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

impl Store {
    /// Creates a bot.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the chosen id is taken.
    pub async fn create_bot(&self, bot: &NewBot, now: Instant) -> Result<BotId, StoreError> {
        let _ = (bot, now);
        unimplemented!()
    }

    /// The bots in scope, by name.
    pub async fn list_bots(&self, scope: BotScope) -> Result<Vec<Bot>, StoreError> {
        let _ = scope;
        unimplemented!()
    }

    /// A bot, if it exists and is in scope.
    pub async fn find_bot(&self, scope: BotScope, bot: BotId) -> Result<Option<Bot>, StoreError> {
        let _ = (scope, bot);
        unimplemented!()
    }

    /// Changes a bot, with its history recomputed exactly where the change asks for it. Says whether there is such a bot.
    pub async fn change_bot(&self, bot: BotId, change: &BotChange) -> Result<bool, StoreError> {
        let _ = (bot, change);
        unimplemented!()
    }

    /// Counts the sessions of the past 28 local days under another timeout, without changing anything.
    pub async fn preview_idle_timeout(
        &self,
        bot: BotId,
        timeout: IdleTimeout,
        now: Instant,
    ) -> Result<TimeoutPreview, StoreError> {
        let _ = (bot, timeout, now);
        unimplemented!()
    }

    /// Channels that a message or event came on, by name.
    pub async fn list_channels(&self, bot: BotId) -> Result<Vec<Channel>, StoreError> {
        let _ = bot;
        unimplemented!()
    }

    /// Deletes a bot with everything it ever sent. Says whether there was one.
    pub async fn delete_bot(&self, bot: BotId) -> Result<bool, StoreError> {
        let _ = bot;
        unimplemented!()
    }
}
