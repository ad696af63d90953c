//! Who may sign in, and who is signed in now.

use analytics::ids::AccountId;
use analytics::instant::Instant;

use crate::credentials::{Email, Password, Secret};
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
        let _ = (email, password, is_admin, now);
        unimplemented!()
    }

    /// The account of an address.
    pub async fn find_account(&self, email: &Email) -> Result<Option<AccountId>, StoreError> {
        let _ = email;
        unimplemented!()
    }

    /// Whether anybody may sign in yet.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        unimplemented!()
    }

    /// Makes a one-time set-up token that replaces any earlier one; `None` when an account exists.
    pub async fn create_set_up_token(&self, now: Instant) -> Result<Option<Secret>, StoreError> {
        let _ = now;
        unimplemented!()
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
        let _ = (token, email, password, now);
        unimplemented!()
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
        let _ = (email, password, user_agent, now);
        unimplemented!()
    }

    /// A new login without a password: after set-up.
    pub async fn create_login(
        &self,
        account: AccountId,
        user_agent: &str,
        now: Instant,
    ) -> Result<Secret, StoreError> {
        let _ = (account, user_agent, now);
        unimplemented!()
    }

    /// Who holds this login, if it is alive. Slides its end, at most once a minute.
    pub async fn find_viewer(&self, login: &Secret, now: Instant) -> Result<Option<Viewer>, StoreError> {
        let _ = (login, now);
        unimplemented!()
    }

    /// Ends a login. Ending one that does not exist is done already.
    pub async fn sign_out(&self, login: &Secret) -> Result<(), StoreError> {
        let _ = login;
        unimplemented!()
    }

    /// The account's living logins, the latest used first, and whether each is `current`.
    pub async fn list_logins(
        &self,
        account: AccountId,
        current: &Secret,
        now: Instant,
    ) -> Result<Vec<(LoginEntry, bool)>, StoreError> {
        let _ = (account, current, now);
        unimplemented!()
    }

    /// Ends one of the account's logins; says whether there was one.
    pub async fn revoke_login(&self, account: AccountId, login_id: i64) -> Result<bool, StoreError> {
        let _ = (account, login_id);
        unimplemented!()
    }

    /// Changes the password after checking the current one (false when it is wrong) and ends every login but `keep`.
    pub async fn change_password(
        &self,
        account: AccountId,
        current: &str,
        new: &Password,
        keep: &Secret,
    ) -> Result<bool, StoreError> {
        let _ = (account, current, new, keep);
        unimplemented!()
    }

    /// Keeps what the viewer chose on the pages: a JSON object of at most 4 KiB.
    pub async fn save_preferences(&self, account: AccountId, preferences: &str) -> Result<(), StoreError> {
        let _ = (account, preferences);
        unimplemented!()
    }
}
