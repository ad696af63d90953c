//! Who may sign in, and who is signed in now.

use analytics::ids::AccountId;
use analytics::instant::Instant;

use crate::credentials::{Email, Password, Secret, SecretKind, os_random};
use crate::engine::{Row, Transaction, values};
use crate::uses::note_use;
use crate::{Store, StoreError};

/// How long a login lives after its last use, in milliseconds: 30 days, sliding.
pub const LOGIN_LIFETIME_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Viewer {
    /// Their account.
    pub account_id: AccountId,
    /// Their address.
    pub email: String,
    /// Whether they see every bot and manage accounts.
    pub is_admin: bool,
    /// What they chose on the pages, as a JSON object that only `app` reads (theme, dates, last period).
    pub preferences: String,
}

/// A sign-in that can be seen and revoked.
#[derive(Clone, Debug, PartialEq)]
pub struct LoginEntry {
    /// Its number.
    pub id: i64,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub last_used_at: Instant,
    /// What the browser called itself.
    pub user_agent: String,
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
        let account = insert_account(&mut transaction, email, &hash, is_admin, now).await?;
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

    /// Whether an account sees every bot; an absent one sees none.
    pub async fn is_admin(&self, account: AccountId) -> Result<bool, StoreError> {
        let mut transaction = self.database().read().await?;
        let sql = "select is_admin from accounts where account_id = $1";
        let row = transaction.fetch_optional(sql, values![account.0]).await?;
        row.map_or(Ok(false), |row| row.flag(0))
    }

    /// Whether anybody may sign in yet.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        has_accounts(&mut self.database().read().await?).await
    }

    /// Makes a one-time set-up token that replaces any earlier one; `None` when an account exists.
    pub async fn create_set_up_token(&self, now: Instant) -> Result<Option<Secret>, StoreError> {
        let mut transaction = self.database().write().await?;
        if has_accounts(&mut transaction).await? {
            return Ok(None);
        }
        let token = Secret::generate(SecretKind::SetUp, &mut os_random());
        let sql = "insert into set_up (only_row, token_hash, created_at) values (1, $1, $2)
            on conflict (only_row) do update set token_hash = excluded.token_hash, created_at = excluded.created_at";
        transaction.execute(sql, values![&token.hash(), now.as_ms()]).await?;
        transaction.commit().await?;
        Ok(Some(token))
    }

    /// Creates the first account, an admin, in one transaction with the token's end. `None` when the token is wrong
    /// or an account exists already.
    pub async fn set_up(
        &self,
        token: &Secret,
        email: &Email,
        password: &Password,
        now: Instant,
    ) -> Result<Option<AccountId>, StoreError> {
        // Asked before the costly hash too: a wrong token costs nothing.
        if !may_set_up(&mut self.database().read().await?, token).await? {
            return Ok(None);
        }
        let hash = self.inner.passwords.hash(password).await?;
        let mut transaction = self.database().write().await?;
        // Taking the token decides: of two at once the second finds it gone.
        let sql = "delete from set_up where token_hash = $1 and not exists (select 1 from accounts)";
        if transaction.execute(sql, values![&token.hash()]).await? == 0 {
            return Ok(None);
        }
        let account = insert_account(&mut transaction, email, &hash, true, now).await?;
        transaction.commit().await?;
        Ok(Some(account))
    }

    /// Checks address and password in the same time whether or not the address exists; `None` when they don't match,
    /// else the secret of a new login.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        user_agent: &str,
        now: Instant,
    ) -> Result<Option<Secret>, StoreError> {
        let known = self.find_password_hash(email).await?;
        let (account, hash) = known.unzip();
        let matches = self.inner.passwords.check(password, hash).await?;
        match account {
            Some(account) if matches => self.create_login(account, user_agent, now).await.map(Some),
            _ => Ok(None),
        }
    }

    /// A new login without a password: after set-up.
    pub async fn create_login(
        &self,
        account: AccountId,
        user_agent: &str,
        now: Instant,
    ) -> Result<Secret, StoreError> {
        let login = Secret::generate(SecretKind::Login, &mut os_random());
        let mut transaction = self.database().write().await?;
        let dead = "delete from logins where account_id = $1 and last_used_at <= $2";
        transaction.execute(dead, values![account.0, oldest_living(now)]).await?;
        let sql = "insert into logins (account_id, token_hash, user_agent, created_at, last_used_at)
            values ($1, $2, $3, $4, $4)";
        transaction.execute(sql, values![account.0, &login.hash(), user_agent, now.as_ms()]).await?;
        transaction.commit().await?;
        Ok(login)
    }

    /// Who holds this login, if it is alive. Slides its end, at most once a minute.
    pub async fn find_viewer(&self, login: &Secret, now: Instant) -> Result<Option<Viewer>, StoreError> {
        let sql = "select account_id, email, is_admin, preferences, last_used_at
            from logins join accounts using (account_id) where token_hash = $1 and last_used_at > $2";
        let row = self.database().fetch_optional(sql, values![&login.hash(), oldest_living(now)]).await?;
        let Some(row) = row else { return Ok(None) };
        let sql = "update logins set last_used_at = $2 where token_hash = $1 and last_used_at < $2";
        note_use(self.database(), sql, login.hash(), row.optional_instant(4)?, now);
        Ok(Some(Viewer {
            account_id: AccountId(row.int(0)?),
            email: row.text(1)?,
            is_admin: row.flag(2)?,
            preferences: row.text(3)?,
        }))
    }

    /// Ends a login. Ending one that does not exist is done already.
    pub async fn sign_out(&self, login: &Secret) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        transaction.execute("delete from logins where token_hash = $1", values![&login.hash()]).await?;
        transaction.commit().await
    }

    /// The account's living logins, the latest used first, and whether each is `current`.
    pub async fn list_logins(
        &self,
        account: AccountId,
        current: &Secret,
        now: Instant,
    ) -> Result<Vec<(LoginEntry, bool)>, StoreError> {
        let sql = "select login_id, created_at, last_used_at, user_agent,
                case when token_hash = $2 then 1 else 0 end from logins
            where account_id = $1 and last_used_at > $3 order by last_used_at desc, login_id desc";
        let current = current.hash();
        let values = values![account.0, &current, oldest_living(now)];
        let rows = self.database().fetch_all(sql, values).await?;
        let entry = |row: &Row| {
            let login = LoginEntry {
                id: row.int(0)?,
                created_at: row.instant(1)?,
                last_used_at: row.instant(2)?,
                user_agent: row.text(3)?,
            };
            Ok((login, row.flag(4)?))
        };
        rows.iter().map(entry).collect()
    }

    /// Ends one of the account's logins; says whether there was one.
    pub async fn revoke_login(&self, account: AccountId, login_id: i64) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "delete from logins where account_id = $1 and login_id = $2";
        let ended = transaction.execute(sql, values![account.0, login_id]).await?;
        transaction.commit().await?;
        Ok(ended > 0)
    }

    /// Changes the password after checking the current one (false when it is wrong) and ends every login but `keep`.
    pub async fn change_password(
        &self,
        account: AccountId,
        current: &str,
        new: &Password,
        keep: &Secret,
    ) -> Result<bool, StoreError> {
        let sql = "select password_hash from accounts where account_id = $1";
        let row = self.database().fetch_optional(sql, values![account.0]).await?;
        let old = row.map(|row| row.text(0)).transpose()?;
        if !self.inner.passwords.check(current, old.clone()).await? {
            return Ok(false);
        }
        let hash = self.inner.passwords.hash(new).await?;
        let mut transaction = self.database().write().await?;
        // Only over the one that was checked: of two changes at once the second is told that it is wrong.
        let sql = "update accounts set password_hash = $3 where account_id = $1 and password_hash = $2";
        let changed =
            transaction.execute(sql, values![account.0, old.as_deref().unwrap_or(""), &*hash]).await?;
        if changed == 0 {
            return Ok(false);
        }
        let sql = "delete from logins where account_id = $1 and token_hash <> $2";
        transaction.execute(sql, values![account.0, &keep.hash()]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Keeps what the viewer chose on the pages: a JSON object of at most 4 KiB.
    pub async fn save_preferences(&self, account: AccountId, preferences: &str) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "update accounts set preferences = $2 where account_id = $1";
        transaction.execute(sql, values![account.0, preferences]).await?;
        transaction.commit().await
    }

    async fn find_password_hash(&self, email: &str) -> Result<Option<(AccountId, String)>, StoreError> {
        let Some(email) = Email::parse(email) else { return Ok(None) };
        let sql = "select account_id, password_hash from accounts where email = $1";
        let row = self.database().fetch_optional(sql, values![email.as_str()]).await?;
        row.map(|row| Ok((AccountId(row.int(0)?), row.text(1)?))).transpose()
    }
}

fn oldest_living(now: Instant) -> i64 {
    now.plus_ms(-LOGIN_LIFETIME_MS).as_ms()
}

async fn has_accounts(transaction: &mut Transaction) -> Result<bool, StoreError> {
    let sql = "select case when exists (select 1 from accounts) then 1 else 0 end";
    transaction.fetch_one(sql, values![]).await?.flag(0)
}

async fn may_set_up(transaction: &mut Transaction, token: &Secret) -> Result<bool, StoreError> {
    let sql = "select 1 from set_up where token_hash = $1 and not exists (select 1 from accounts)";
    Ok(transaction.fetch_optional(sql, values![&token.hash()]).await?.is_some())
}

/// The set-up token dies as soon as an account exists, however it was created.
async fn insert_account(
    transaction: &mut Transaction,
    email: &Email,
    password_hash: &str,
    is_admin: bool,
    now: Instant,
) -> Result<AccountId, StoreError> {
    let sql = "insert into accounts (email, password_hash, is_admin, created_at) values ($1, $2, $3, $4)
        on conflict (email) do nothing returning account_id";
    let values = values![email.as_str(), password_hash, is_admin, now.as_ms()];
    let row = transaction.fetch_optional(sql, values).await?;
    let account = row.ok_or(StoreError::Conflict("an account with this address"))?.int(0)?;
    transaction.execute("delete from set_up", values![]).await?;
    Ok(AccountId(account))
}
