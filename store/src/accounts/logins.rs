//! Signing in, and who is signed in now.

use analytics::ids::AccountId;
use analytics::instant::{DAY_MS, Instant};

use crate::credentials::{Email, Secret, SecretKind, os_random};
use crate::engine::{Row, Transaction, values};
use crate::last_use::note_use;
use crate::passwords::Asker;
use crate::{Store, StoreError};

/// How long a login lives after its last use, in milliseconds: 30 days, sliding.
pub const LOGIN_LIFETIME_MS: i64 = 30 * DAY_MS;
/// How long a login lives at most, however often it is used, in milliseconds: 180 days.
pub const LOGIN_LONGEST_MS: i64 = 180 * DAY_MS;

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

/// What the right password has opened.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Whose password it was.
    pub account_id: AccountId,
    /// The new login.
    pub login: Secret,
}

impl Store {
    /// Checks address and password in the same time whether or not the address exists; `None` when they don't match or
    /// the account is disabled.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many passwords wait to be checked.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        user_agent: &str,
        asker: Asker,
        now: Instant,
    ) -> Result<Option<SignedIn>, StoreError> {
        let (account, hash) = self.find_password_hash(email).await?.unzip();
        let matches = self.inner.passwords.check(password, hash.clone(), asker).await?;
        let (Some(account_id), Some(hash), true) = (account, hash, matches) else { return Ok(None) };
        let mut transaction = self.database().write().await?;
        // What ended every login while the password was checked ends this one too.
        let sql = "select account_id from accounts
            where account_id = $1 and password_hash = $2 and disabled_at is null for update";
        if transaction.fetch_optional(sql, values![account_id.0, &*hash]).await?.is_none() {
            return Ok(None);
        }
        let login = insert_login(&mut transaction, account_id, user_agent, now).await?;
        transaction.commit().await?;
        Ok(Some(SignedIn { account_id, login }))
    }

    /// A new login without a password: after set-up, or by a one-time link.
    pub async fn create_login(
        &self,
        account: AccountId,
        user_agent: &str,
        now: Instant,
    ) -> Result<Secret, StoreError> {
        let mut transaction = self.database().write().await?;
        let login = insert_login(&mut transaction, account, user_agent, now).await?;
        transaction.commit().await?;
        Ok(login)
    }

    /// Who holds this login, if it is alive and the account is not disabled. Slides its end, at most once a minute.
    pub async fn find_viewer(&self, login: &Secret, now: Instant) -> Result<Option<Viewer>, StoreError> {
        let sql = "select account_id, email, is_admin, preferences, last_used_at
            from logins join accounts using (account_id)
            where token_hash = $1 and last_used_at > $2 and logins.created_at > $3 and disabled_at is null";
        let hash = login.hash();
        let values = values![&hash, oldest_use(now), oldest_beginning(now)];
        let row = self.database().fetch_optional(sql, values).await?;
        let Some(row) = row else { return Ok(None) };
        let sql = "update logins set last_used_at = $2 where token_hash = $1 and last_used_at < $2";
        note_use(self.database(), sql, hash, row.optional_instant("last_used_at")?, now);
        Ok(Some(Viewer {
            account_id: AccountId(row.int("account_id")?),
            email: row.text("email")?,
            is_admin: row.flag("is_admin")?,
            preferences: row.text("preferences")?,
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
                case when token_hash = $2 then 1 else 0 end as is_current from logins
            where account_id = $1 and last_used_at > $3 and created_at > $4
            order by last_used_at desc, login_id desc";
        let current = current.hash();
        let values = values![account.0, &current, oldest_use(now), oldest_beginning(now)];
        let rows = self.database().fetch_all(sql, values).await?;
        let entry = |row: &Row| {
            let login = LoginEntry {
                id: row.int("login_id")?,
                created_at: row.instant("created_at")?,
                last_used_at: row.instant("last_used_at")?,
                user_agent: row.text("user_agent")?,
            };
            Ok((login, row.flag("is_current")?))
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

    async fn find_password_hash(&self, email: &str) -> Result<Option<(AccountId, String)>, StoreError> {
        let Some(email) = Email::parse(email) else { return Ok(None) };
        let sql = "select account_id, password_hash from accounts where email = $1 and disabled_at is null";
        let row = self.database().fetch_optional(sql, values![email.as_str()]).await?;
        row.map(|row| Ok((AccountId(row.int("account_id")?), row.text("password_hash")?))).transpose()
    }
}

/// Makes a login, removes those that have ended by themselves, and notes the sign-in.
async fn insert_login(
    transaction: &mut Transaction,
    account: AccountId,
    user_agent: &str,
    now: Instant,
) -> Result<Secret, StoreError> {
    let dead = "delete from logins where account_id = $1 and (last_used_at <= $2 or created_at <= $3)";
    transaction.execute(dead, values![account.0, oldest_use(now), oldest_beginning(now)]).await?;
    let login = Secret::generate(SecretKind::Login, &mut os_random());
    let sql = "insert into logins (account_id, token_hash, user_agent, created_at, last_used_at)
        values ($1, $2, $3, $4, $4)";
    transaction.execute(sql, values![account.0, &login.hash(), user_agent, now.as_ms()]).await?;
    let sql = "update accounts set last_sign_in_at = $2 where account_id = $1";
    transaction.execute(sql, values![account.0, now.as_ms()]).await?;
    Ok(login)
}

fn oldest_use(now: Instant) -> i64 {
    now.plus_ms(-LOGIN_LIFETIME_MS).as_ms()
}

fn oldest_beginning(now: Instant) -> i64 {
    now.plus_ms(-LOGIN_LONGEST_MS).as_ms()
}
