//! Who has an account, what it may do, and its password.

pub mod devices;
pub mod links;
pub mod logins;
mod set_up;

use analytics::ids::AccountId;
use analytics::instant::Instant;

use crate::credentials::{Email, Password, Secret};
use crate::engine::{Row, Transaction, values};
use crate::names::sort_by_name;
use crate::{Store, StoreError};
pub use logins::{LOGIN_LIFETIME_MS, LOGIN_LONGEST_MS, LoginEntry, SignedIn, Viewer};

pub use crate::passwords::{Asker, STRANGERS};

/// An account as admins see it.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountEntry {
    /// Its number.
    pub id: AccountId,
    /// Its address.
    pub email: String,
    /// Whether it manages accounts and sees every bot.
    pub is_admin: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When somebody last signed in with it; `None` is never.
    pub last_sign_in_at: Option<Instant>,
    /// Since when it may not sign in; `None` where it may.
    pub disabled_at: Option<Instant>,
    /// How many bots it owns.
    pub bots: u64,
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Sees and changes its own bots.
    Member,
    /// Sees and changes every bot, and manages accounts.
    Admin,
}

/// What becomes of an account's read tokens when its password changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadTokens {
    /// They go on.
    Keep,
    /// They end.
    End,
}

/// How a change of an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It is done, or was so already.
    Done,
    /// There is no such account.
    Unknown,
    /// Nobody would be left who can manage accounts: nothing was changed.
    LastAdmin,
}

impl Store {
    /// Creates an account.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address has one.
    pub async fn create_account(
        &self,
        email: &Email,
        password: &Password,
        is_admin: bool,
        now: Instant,
    ) -> Result<AccountId, StoreError> {
        let hash = self.inner.passwords.hash(password).await?;
        let mut transaction = self.database().write().await?;
        let account = insert_account(&mut transaction, email.as_str(), &hash, is_admin, now).await?;
        transaction.commit().await?;
        Ok(account)
    }

    /// The account of an address.
    pub async fn find_account(&self, email: &Email) -> Result<Option<AccountId>, StoreError> {
        let mut transaction = self.database().read().await?;
        let sql = "select account_id from accounts where email = $1";
        let row = transaction.fetch_optional(sql, values![email.as_str()]).await?;
        row.map(|row| row.int(0).map(AccountId)).transpose()
    }

    /// Every account, by address.
    pub async fn list_accounts(&self) -> Result<Vec<AccountEntry>, StoreError> {
        let sql = "select account_id, email, is_admin, created_at, last_sign_in_at, disabled_at,
                (select count(*) from bots where owner_id = account_id)
            from accounts";
        let rows = self.database().read().await?.fetch_all(sql, values![]).await?;
        let mut entries = rows.iter().map(read_entry).collect::<Result<Vec<_>, _>>()?;
        sort_by_name(&mut entries, |entry| &entry.email);
        Ok(entries)
    }

    /// Whether an account sees every bot; an absent one sees none.
    pub async fn is_admin(&self, account: AccountId) -> Result<bool, StoreError> {
        let mut transaction = self.database().read().await?;
        let sql = "select is_admin from accounts where account_id = $1";
        let row = transaction.fetch_optional(sql, values![account.0]).await?;
        row.map_or(Ok(false), |row| row.flag(0))
    }

    /// Whether anybody may sign in yet.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        set_up::has_accounts(&mut self.database().read().await?).await
    }

    /// Keeps an account from signing in. Its logins, its known devices and the links that it has made end for good; its
    /// read tokens open nothing until it is enabled again. Its bots go on taking messages.
    ///
    /// Another process may answer a read token that it has just found for another
    /// [`KNOWN_MS`](crate::keys::KNOWN_MS).
    pub async fn disable_account(
        &self,
        account: AccountId,
        now: Instant,
    ) -> Result<AccountChange, StoreError> {
        let mut transaction = self.database().write().await?;
        if is_last_admin(&mut transaction, account).await? {
            return Ok(AccountChange::LastAdmin);
        }
        let sql = "update accounts set disabled_at = coalesce(disabled_at, $2) where account_id = $1";
        if transaction.execute(sql, values![account.0, now.as_ms()]).await? == 0 {
            return Ok(AccountChange::Unknown);
        }
        end_logins(&mut transaction, account, None).await?;
        end_devices(&mut transaction, account, None).await?;
        links::end_links(&mut transaction, account).await?;
        transaction.commit().await?;
        self.forget_tokens_of(account);
        tracing::info!(target: "audit", { account.id = account.0 }, "an account was disabled");
        Ok(AccountChange::Done)
    }

    /// Lets a disabled account sign in again.
    pub async fn enable_account(&self, account: AccountId) -> Result<AccountChange, StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "update accounts set disabled_at = null where account_id = $1";
        let changed = transaction.execute(sql, values![account.0]).await?;
        transaction.commit().await?;
        if changed == 0 {
            return Ok(AccountChange::Unknown);
        }
        tracing::info!(target: "audit", { account.id = account.0 }, "an account was enabled");
        Ok(AccountChange::Done)
    }

    /// Makes an account an admin or takes that back. The links that it has made end with its rights.
    pub async fn change_role(&self, account: AccountId, role: Role) -> Result<AccountChange, StoreError> {
        let mut transaction = self.database().write().await?;
        if role == Role::Member && is_last_admin(&mut transaction, account).await? {
            return Ok(AccountChange::LastAdmin);
        }
        let sql = "update accounts set is_admin = $2 where account_id = $1";
        if transaction.execute(sql, values![account.0, role == Role::Admin]).await? == 0 {
            return Ok(AccountChange::Unknown);
        }
        if role == Role::Member {
            links::end_links_made_by(&mut transaction, account).await?;
        }
        transaction.commit().await?;
        self.forget_tokens_of(account);
        tracing::info!(target: "audit", { account.id = account.0, ?role }, "an account's role was set");
        Ok(AccountChange::Done)
    }

    /// Changes the password after checking the current one (false when it is wrong). Ends every login but `login`, and
    /// forgets every device but `device`.
    pub async fn change_password(
        &self,
        account: AccountId,
        current: &str,
        new: &Password,
        keep: Kept<'_>,
        tokens: ReadTokens,
    ) -> Result<bool, StoreError> {
        let sql = "select password_hash from accounts where account_id = $1";
        let row = self.database().fetch_optional(sql, values![account.0]).await?;
        let old = row.map(|row| row.text(0)).transpose()?;
        if !self.inner.passwords.check(current, old.clone(), Asker::Known).await? {
            return Ok(false);
        }
        let hash = self.inner.passwords.hash(new).await?;
        let mut transaction = self.database().write().await?;
        // Only over the one that was checked: of two changes at once the second is told that it is wrong.
        let sql = "select account_id from accounts where account_id = $1 and password_hash = $2 for update";
        let old = old.as_deref().unwrap_or("");
        if transaction.fetch_optional(sql, values![account.0, old]).await?.is_none() {
            return Ok(false);
        }
        set_password(&mut transaction, account, &hash, keep, tokens).await?;
        transaction.commit().await?;
        self.forget_tokens_of(account);
        Ok(true)
    }

    /// Sets the password, whatever it was: every login and every known device ends. Says whether there is such an account.
    pub async fn reset_password(
        &self,
        account: AccountId,
        new: &Password,
        tokens: ReadTokens,
    ) -> Result<bool, StoreError> {
        let hash = self.inner.passwords.hash(new).await?;
        let mut transaction = self.database().write().await?;
        let is_done = set_password(&mut transaction, account, &hash, Kept::default(), tokens).await?;
        transaction.commit().await?;
        self.forget_tokens_of(account);
        tracing::info!(target: "audit", { account.id = account.0 }, "a password was reset");
        Ok(is_done)
    }

    /// Keeps what the viewer chose on the pages: a JSON object of at most 4 KiB.
    pub async fn save_preferences(&self, account: AccountId, preferences: &str) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "update accounts set preferences = $2 where account_id = $1";
        transaction.execute(sql, values![account.0, preferences]).await?;
        transaction.commit().await
    }

    /// Reads the account's tokens anew from here on.
    fn forget_tokens_of(&self, account: AccountId) {
        self.inner.known_tokens.forget(|access| access.account_id == account);
    }
}

/// What goes on after a change of password: the browser in which it was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept<'a> {
    /// Its login.
    pub login: Option<&'a Secret>,
    /// The token by which it is known.
    pub device: Option<&'a Secret>,
}

/// Sets the password and ends what the old one had opened. False when there is no such account.
async fn set_password(
    transaction: &mut Transaction,
    account: AccountId,
    hash: &str,
    keep: Kept<'_>,
    tokens: ReadTokens,
) -> Result<bool, StoreError> {
    let sql = "update accounts set password_hash = $2 where account_id = $1";
    let changed = transaction.execute(sql, values![account.0, hash]).await?;
    end_logins(transaction, account, keep.login).await?;
    end_devices(transaction, account, keep.device).await?;
    links::end_password_link(transaction, account).await?;
    if tokens == ReadTokens::End {
        let sql = "delete from read_tokens where account_id = $1";
        transaction.execute(sql, values![account.0]).await?;
    }
    Ok(changed > 0)
}

async fn end_logins(
    transaction: &mut Transaction,
    account: AccountId,
    keep: Option<&Secret>,
) -> Result<(), StoreError> {
    let sql = "delete from logins where account_id = $1 and token_hash <> $2";
    transaction.execute(sql, values![account.0, &hash_or_none(keep)]).await?;
    Ok(())
}

async fn end_devices(
    transaction: &mut Transaction,
    account: AccountId,
    keep: Option<&Secret>,
) -> Result<(), StoreError> {
    let sql = "delete from devices where account_id = $1 and token_hash <> $2";
    transaction.execute(sql, values![account.0, &hash_or_none(keep)]).await?;
    Ok(())
}

/// The hash of a secret; where there is none, one that no secret has.
fn hash_or_none(secret: Option<&Secret>) -> [u8; 32] {
    secret.map_or([0; 32], Secret::hash)
}

/// Whether this is the only account left that can manage accounts. Waits for the turn of all of them: of two admins who
/// disable each other at once the second is refused.
async fn is_last_admin(transaction: &mut Transaction, account: AccountId) -> Result<bool, StoreError> {
    let sql = "select account_id from accounts where is_admin = 1 and disabled_at is null
        order by account_id for update";
    let admins = transaction.fetch_all(sql, values![]).await?;
    Ok(admins.len() == 1 && admins[0].int(0)? == account.0)
}

/// A set-up token dies as soon as an account exists, and an invitation when its address has one, however it was made.
async fn insert_account(
    transaction: &mut Transaction,
    email: &str,
    password_hash: &str,
    is_admin: bool,
    now: Instant,
) -> Result<AccountId, StoreError> {
    let sql = "insert into accounts (email, password_hash, is_admin, created_at) values ($1, $2, $3, $4)
        on conflict (email) do nothing returning account_id";
    let values = values![email, password_hash, is_admin, now.as_ms()];
    let row = transaction.fetch_optional(sql, values).await?;
    let account = row.ok_or(StoreError::Conflict("an account with this address"))?.int(0)?;
    transaction.execute("delete from set_up", values![]).await?;
    transaction.execute("delete from invitations where email = $1", values![email]).await?;
    Ok(AccountId(account))
}

fn read_entry(row: &Row) -> Result<AccountEntry, StoreError> {
    Ok(AccountEntry {
        id: AccountId(row.int(0)?),
        email: row.text(1)?,
        is_admin: row.flag(2)?,
        created_at: row.instant(3)?,
        last_sign_in_at: row.optional_instant(4)?,
        disabled_at: row.optional_instant(5)?,
        bots: row.count(6)?,
    })
}
