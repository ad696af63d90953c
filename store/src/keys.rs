//! Write keys of bots and read tokens of accounts: shown once, stored as a hash, with a visible prefix.

use analytics::ids::{AccountId, BotId};
use analytics::instant::Instant;

use crate::credentials::Secret;
use crate::{Store, StoreError};

/// Most living write keys of a bot: two alive at once are enough for rotation.
pub const MAX_WRITE_KEYS: usize = 2;
/// Most living read tokens of an account.
pub const MAX_READ_TOKENS: usize = 20;

/// A key or token as it may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyEntry {
    /// Its number.
    pub id: i64,
    /// Its first characters.
    pub prefix: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last used, to the minute; `None` is never.
    pub last_used_at: Option<Instant>,
    /// For a read token: the one bot it reads, `None` for every bot of its account. For a write key: its bot.
    pub bot_id: Option<BotId>,
}

/// What a write key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteAccess {
    /// The bot that may send with it.
    pub bot_id: BotId,
    /// Whether the bot is activated; else nothing is stored.
    pub is_activated: bool,
    /// Whether message text is stored.
    pub stores_text: bool,
}

/// What a read token opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadAccess {
    /// Whose token it is.
    pub account_id: AccountId,
    /// Whether that account sees every bot.
    pub is_admin: bool,
    /// The one bot it is limited to.
    pub bot_id: Option<BotId>,
}

impl Store {
    /// Makes a write key. `None` when the bot has [`MAX_WRITE_KEYS`] living ones.
    pub async fn create_write_key(
        &self,
        bot: BotId,
        now: Instant,
    ) -> Result<Option<(Secret, KeyEntry)>, StoreError> {
        let _ = (bot, now);
        unimplemented!()
    }

    /// The bot's living write keys, oldest first.
    pub async fn list_write_keys(&self, bot: BotId) -> Result<Vec<KeyEntry>, StoreError> {
        let _ = bot;
        unimplemented!()
    }

    /// Ends a write key of the bot; says whether there was one.
    pub async fn revoke_write_key(&self, bot: BotId, key_id: i64) -> Result<bool, StoreError> {
        let _ = (bot, key_id);
        unimplemented!()
    }

    /// What a presented write key opens. A known key may be answered from memory for 5 seconds; an unknown never.
    pub async fn find_write_access(
        &self,
        key: &Secret,
        now: Instant,
    ) -> Result<Option<WriteAccess>, StoreError> {
        let _ = (key, now);
        unimplemented!()
    }

    /// Makes a read token, for one bot or for all that the account sees. `None` when the account has
    /// [`MAX_READ_TOKENS`] living ones.
    pub async fn create_read_token(
        &self,
        account: AccountId,
        bot: Option<BotId>,
        now: Instant,
    ) -> Result<Option<(Secret, KeyEntry)>, StoreError> {
        let _ = (account, bot, now);
        unimplemented!()
    }

    /// The account's living read tokens, oldest first.
    pub async fn list_read_tokens(&self, account: AccountId) -> Result<Vec<KeyEntry>, StoreError> {
        let _ = account;
        unimplemented!()
    }

    /// Ends a read token of the account; says whether there was one.
    pub async fn revoke_read_token(&self, account: AccountId, token_id: i64) -> Result<bool, StoreError> {
        let _ = (account, token_id);
        unimplemented!()
    }

    /// What a presented read token opens.
    pub async fn find_read_access(
        &self,
        token: &Secret,
        now: Instant,
    ) -> Result<Option<ReadAccess>, StoreError> {
        let _ = (token, now);
        unimplemented!()
    }
}
