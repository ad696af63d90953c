//! Write keys of bots and read tokens of accounts: shown once, stored as a hash, with a visible prefix.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use analytics::ids::{AccountId, BotId};
use analytics::instant::Instant;

use crate::credentials::{Secret, SecretKind, os_random};
use crate::doors::KeyLimit;
use crate::engine::{Row, Transaction, Value, values};
use crate::last_use::note_use;
pub use crate::limits::KNOWN_MS;
use crate::openings::Openings;
use crate::sites::Sites;
use crate::{Store, StoreError};

/// Most living write keys of a bot without a door, and most for each door: two alive at once are enough for rotation.
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
    /// What a write key is limited to; `None` for one that opens every door, and for a read token.
    pub limit: Option<KeyLimit>,
    /// The sites whose pages may send with a write key; none for a read token.
    pub sites: Sites,
}

/// What a write key opens, and what holds for what is sent with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAccess {
    /// What it opens.
    pub write: WriteAccess,
    /// The sites whose pages may send with it.
    pub sites: Sites,
    /// What the bot's widget sends by itself.
    pub openings: Openings,
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
    /// What it is limited to; `None` for every door.
    pub limit: Option<KeyLimit>,
}

/// What a read token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadAccess {
    /// Whose token it is.
    pub account_id: AccountId,
    /// Whether that account sees every bot.
    pub is_admin: bool,
    /// The one bot it is limited to.
    pub bot_id: Option<BotId>,
}

impl Store {
    /// Makes a write key without a limit. `None` when the bot has [`MAX_WRITE_KEYS`] living ones without any.
    pub async fn create_write_key(
        &self,
        bot: BotId,
        now: Instant,
    ) -> Result<Option<(Secret, KeyEntry)>, StoreError> {
        self.create_write_key_for(bot, None, now).await
    }

    /// Makes a write key with a limit, or without. `None` when the bot has [`MAX_WRITE_KEYS`] living ones of that kind.
    pub async fn create_write_key_for(
        &self,
        bot: BotId,
        limit: Option<KeyLimit>,
        now: Instant,
    ) -> Result<Option<(Secret, KeyEntry)>, StoreError> {
        let word = limit.map(KeyLimit::word);
        let mut transaction = self.database().write().await?;
        let turn = "select bot_id from bots where bot_id = $1 for update";
        transaction.fetch_optional(turn, values![bot.as_i64()]).await?;
        let living = "select count(*) as living from write_keys
            where bot_id = $1 and coalesce(door, '') = coalesce(cast($2 as text), '')";
        let values = values![bot.as_i64(), Value::Text(word)];
        if has_reached(&mut transaction, living, values, MAX_WRITE_KEYS).await? {
            return Ok(None);
        }
        let key = Secret::generate(SecretKind::WriteKey, &mut os_random());
        let sql =
            "insert into write_keys (bot_id, key_hash, prefix, created_at, door) values ($1, $2, $3, $4, $5)
            returning write_key_id";
        let hash = key.hash();
        let values = values![bot.as_i64(), &hash, key.prefix(), now.as_ms(), Value::Text(word)];
        let id = transaction.fetch_one(sql, values).await?.int("write_key_id")?;
        transaction.commit().await?;
        let entry = KeyEntry { limit, ..new_entry(id, &key, now, Some(bot)) };
        Ok(Some((key, entry)))
    }

    /// The bot's living write keys, oldest first.
    pub async fn list_write_keys(&self, bot: BotId) -> Result<Vec<KeyEntry>, StoreError> {
        let sql =
            "select write_key_id as id, prefix, created_at, last_used_at, bot_id, door, sites from write_keys
            where bot_id = $1 order by write_key_id";
        let rows = self.database().fetch_all(sql, values![bot.as_i64()]).await?;
        let entry = |row| {
            Ok(KeyEntry {
                limit: KeyLimit::read(row, "door")?,
                sites: Sites::read(row, "sites")?,
                ..read_entry(row)?
            })
        };
        rows.iter().map(entry).collect()
    }

    /// Names the sites whose pages may send with a write key of the bot; says whether there is such a key.
    pub async fn set_sites(&self, bot: BotId, key_id: i64, sites: &Sites) -> Result<bool, StoreError> {
        let named = sites.text();
        let named = Value::Text(Some(named.as_str()).filter(|named| !named.is_empty()));
        let mut transaction = self.database().write().await?;
        let sql = "update write_keys set sites = $3 where bot_id = $1 and write_key_id = $2";
        let changed = transaction.execute(sql, values![bot.as_i64(), key_id, named]).await?;
        transaction.commit().await?;
        self.inner.known_keys.forget(|access| access.write.bot_id == bot);
        Ok(changed > 0)
    }

    /// Ends a write key of the bot; says whether there was one.
    pub async fn revoke_write_key(&self, bot: BotId, key_id: i64) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "delete from write_keys where bot_id = $1 and write_key_id = $2";
        let ended = transaction.execute(sql, values![bot.as_i64(), key_id]).await?;
        transaction.commit().await?;
        self.inner.known_keys.forget(|access| access.write.bot_id == bot);
        Ok(ended > 0)
    }

    /// What a presented write key opens.
    ///
    /// # Errors
    /// Those of [`Store::find_key_access`].
    pub async fn find_write_access(
        &self,
        key: &Secret,
        now: Instant,
    ) -> Result<Option<WriteAccess>, StoreError> {
        Ok(self.find_key_access(key, now).await?.map(|access| access.write))
    }

    /// What a presented write key opens, and what holds for what is sent with it. A known key may be answered from memory
    /// for 5 seconds; an unknown never.
    pub async fn find_key_access(&self, key: &Secret, now: Instant) -> Result<Option<KeyAccess>, StoreError> {
        let hash = key.hash();
        if let Some(access) = self.inner.known_keys.find(&hash, now) {
            return Ok(Some(access));
        }
        let since = self.inner.known_keys.changes();
        let sql = "select bot_id, is_activated, stores_text, last_used_at, door, sites, openings
            from write_keys join bots using (bot_id) where key_hash = $1";
        let row = self.database().fetch_optional(sql, values![&hash]).await?;
        let Some(row) = row else { return Ok(None) };
        let write = WriteAccess {
            bot_id: BotId::from_i64(row.int("bot_id")?),
            is_activated: row.flag("is_activated")?,
            stores_text: row.flag("stores_text")?,
            limit: KeyLimit::read(&row, "door")?,
        };
        let access = KeyAccess {
            write,
            sites: Sites::read(&row, "sites")?,
            openings: Openings::read(&row, "openings")?,
        };
        self.inner.known_keys.remember(hash, access.clone(), now, since);
        let sql = "update write_keys set last_used_at = $2
            where key_hash = $1 and (last_used_at is null or last_used_at < $2)";
        note_use(self.database(), sql, hash, row.optional_instant("last_used_at")?, now);
        Ok(Some(access))
    }

    /// Makes a read token, for one bot or for all that the account sees. `None` when the account has
    /// [`MAX_READ_TOKENS`] living ones.
    pub async fn create_read_token(
        &self,
        account: AccountId,
        bot: Option<BotId>,
        now: Instant,
    ) -> Result<Option<(Secret, KeyEntry)>, StoreError> {
        let mut transaction = self.database().write().await?;
        let turn = "select account_id from accounts where account_id = $1 for update";
        transaction.fetch_optional(turn, values![account.0]).await?;
        let living = "select count(*) as living from read_tokens where account_id = $1";
        if has_reached(&mut transaction, living, values![account.0], MAX_READ_TOKENS).await? {
            return Ok(None);
        }
        let token = Secret::generate(SecretKind::ReadToken, &mut os_random());
        let sql = "insert into read_tokens (account_id, bot_id, token_hash, prefix, created_at)
            values ($1, $2, $3, $4, $5) returning read_token_id";
        let hash = token.hash();
        let values = values![account.0, bot.map(BotId::as_i64), &hash, token.prefix(), now.as_ms()];
        let id = transaction.fetch_one(sql, values).await?.int("read_token_id")?;
        transaction.commit().await?;
        let entry = new_entry(id, &token, now, bot);
        Ok(Some((token, entry)))
    }

    /// The account's living read tokens, oldest first.
    pub async fn list_read_tokens(&self, account: AccountId) -> Result<Vec<KeyEntry>, StoreError> {
        let sql = "select read_token_id as id, prefix, created_at, last_used_at, bot_id from read_tokens
            where account_id = $1 order by read_token_id";
        let rows = self.database().fetch_all(sql, values![account.0]).await?;
        rows.iter().map(read_entry).collect()
    }

    /// Ends a read token of the account; says whether there was one.
    pub async fn revoke_read_token(&self, account: AccountId, token_id: i64) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "delete from read_tokens where account_id = $1 and read_token_id = $2";
        let ended = transaction.execute(sql, values![account.0, token_id]).await?;
        transaction.commit().await?;
        self.inner.known_tokens.forget(|access| access.account_id == account);
        Ok(ended > 0)
    }

    /// What a presented read token opens. A known token may be answered from memory for 5 seconds; an unknown never.
    pub async fn find_read_access(
        &self,
        token: &Secret,
        now: Instant,
    ) -> Result<Option<ReadAccess>, StoreError> {
        let hash = token.hash();
        if let Some(access) = self.inner.known_tokens.find(&hash, now) {
            return Ok(Some(access));
        }
        let since = self.inner.known_tokens.changes();
        let sql = "select account_id, is_admin, bot_id, last_used_at
            from read_tokens join accounts using (account_id)
            where token_hash = $1 and disabled_at is null";
        let row = self.database().fetch_optional(sql, values![&hash]).await?;
        let Some(row) = row else { return Ok(None) };
        let access = ReadAccess {
            account_id: AccountId(row.int("account_id")?),
            is_admin: row.flag("is_admin")?,
            bot_id: row.optional_int("bot_id")?.map(BotId::from_i64),
        };
        self.inner.known_tokens.remember(hash, access, now, since);
        let sql = "update read_tokens set last_used_at = $2
            where token_hash = $1 and (last_used_at is null or last_used_at < $2)";
        note_use(self.database(), sql, hash, row.optional_instant("last_used_at")?, now);
        Ok(Some(access))
    }
}

/// Keys or tokens that were found lately.
#[derive(Debug)]
pub(crate) struct Known<A>(Mutex<Remembered<A>>);

#[derive(Debug)]
struct Remembered<A> {
    /// What each opens, by its hash, and the instant of finding it.
    found: HashMap<[u8; 32], (A, Instant)>,
    /// How often something has changed. Whoever read before a change does not remember after it.
    changes: u64,
}

impl<A> Default for Known<A> {
    fn default() -> Self {
        Self(Mutex::new(Remembered { found: HashMap::new(), changes: 0 }))
    }
}

impl<A: Clone> Known<A> {
    fn find(&self, hash: &[u8; 32], now: Instant) -> Option<A> {
        let known = self.lock();
        known
            .found
            .get(hash)
            .filter(|(_, found_at)| is_fresh(*found_at, now))
            .map(|(access, _)| access.clone())
    }

    /// How often something has changed so far: asked before reading what is then remembered.
    fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Remembers what was read, unless something has changed since: what was read may have been so before.
    fn remember(&self, hash: [u8; 32], access: A, now: Instant, since: u64) {
        let mut known = self.lock();
        known.found.retain(|_, (_, found_at)| is_fresh(*found_at, now));
        if known.changes == since {
            known.found.insert(hash, (access, now));
        }
    }

    /// After a change of what they open, so that this process at least knows at once.
    pub(crate) fn forget(&self, is_changed: impl Fn(&A) -> bool) {
        let mut known = self.lock();
        known.found.retain(|_, (access, _)| !is_changed(access));
        known.changes += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Remembered<A>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that was set back makes nothing live longer.
fn is_fresh(found_at: Instant, now: Instant) -> bool {
    (0..KNOWN_MS).contains(&(now.as_ms() - found_at.as_ms()))
}

async fn has_reached(
    transaction: &mut Transaction,
    sql: &'static str,
    values: &[Value<'_>],
    limit: usize,
) -> Result<bool, StoreError> {
    let living = transaction.fetch_one(sql, values).await?.count("living")?;
    Ok(usize::try_from(living).unwrap_or(usize::MAX) >= limit)
}

fn new_entry(id: i64, secret: &Secret, now: Instant, bot_id: Option<BotId>) -> KeyEntry {
    let prefix = secret.prefix().to_owned();
    KeyEntry { id, prefix, created_at: now, last_used_at: None, bot_id, limit: None, sites: Sites::default() }
}

fn read_entry(row: &Row) -> Result<KeyEntry, StoreError> {
    Ok(KeyEntry {
        id: row.int("id")?,
        prefix: row.text("prefix")?,
        created_at: row.instant("created_at")?,
        last_used_at: row.optional_instant("last_used_at")?,
        bot_id: row.optional_int("bot_id")?.map(BotId::from_i64),
        limit: None,
        sites: Sites::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let (known, now, hash) = (Known::<u8>::default(), Instant::from_ms(0), [7; 32]);
        let since = known.changes();
        known.forget(|_| true);
        known.remember(hash, 1, now, since);
        assert_eq!(known.find(&hash, now), None);
        known.remember(hash, 2, now, known.changes());
        assert_eq!(known.find(&hash, now), Some(2));
    }
}
