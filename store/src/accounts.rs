//! Who has an account, what it may do, and its password.

pub mod devices;
mod entries;
pub mod links;
pub mod logins;
mod rows;
mod set_up;

use analytics::ids::AccountId;
use analytics::instant::Instant;

use crate::credentials::{Email, Password};
use crate::engine::{Row, values};
use crate::names::sort_by_name;
use crate::{Store, StoreError};
pub use entries::{AccountChange, AccountEntry, Kept, ReadTokens, Role};
pub use logins::{LOGIN_LIFETIME_MS, LOGIN_LONGEST_MS, LoginEntry, SignedIn, Viewer};

pub use crate::passwords::{Asker, STRANGERS};
use rows::{
    end_devices, end_links, end_links_made_by, end_logins, has_accounts, insert_account, is_last_admin,
    set_password,
};

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
        row.map(|row| row.int("account_id").map(AccountId)).transpose()
    }

    /// Every account, by address.
    pub async fn list_accounts(&self) -> Result<Vec<AccountEntry>, StoreError> {
        let sql = "select account_id, email, is_admin, created_at, last_sign_in_at, disabled_at,
                (select count(*) from bots where owner_id = account_id) as bots
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
        row.map_or(Ok(false), |row| row.flag("is_admin"))
    }

    /// Whether anybody may sign in yet.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        has_accounts(&mut self.database().read().await?).await
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
        end_links(&mut transaction, account).await?;
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
            end_links_made_by(&mut transaction, account).await?;
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
        let old = row.map(|row| row.text("password_hash")).transpose()?;
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

fn read_entry(row: &Row) -> Result<AccountEntry, StoreError> {
    Ok(AccountEntry {
        id: AccountId(row.int("account_id")?),
        email: row.text("email")?,
        is_admin: row.flag("is_admin")?,
        created_at: row.instant("created_at")?,
        last_sign_in_at: row.optional_instant("last_sign_in_at")?,
        disabled_at: row.optional_instant("disabled_at")?,
        bots: row.count("bots")?,
    })
}
