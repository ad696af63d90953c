//! One-time links that admins make, since no mail is sent: an invitation makes an account, a password link sets the
//! password of one. Of their tokens only the hash is stored; they expire, and end with the rights of who made them.

use analytics::ids::AccountId;
use analytics::instant::{DAY_MS, Instant};

use super::entries::{Kept, ReadTokens, Role};
use super::rows::{insert_account, set_password};
use crate::credentials::{Email, Password, Secret, SecretKind, os_random};
use crate::engine::{Row, Transaction, values};
use crate::{Store, StoreError};

/// How long an invitation can be used, in milliseconds: 7 days.
pub const INVITATION_LIFETIME_MS: i64 = 7 * DAY_MS;
/// How long a password link can be used, in milliseconds: one day.
pub const PASSWORD_LINK_LIFETIME_MS: i64 = DAY_MS;

/// An open invitation.
#[derive(Clone, Debug, PartialEq)]
pub struct InvitationEntry {
    /// Its number.
    pub id: i64,
    /// The address that will sign in.
    pub email: String,
    /// Whether the account will be an admin.
    pub is_admin: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it can't be used any more.
    pub expires_at: Instant,
}

impl Store {
    /// Invites an address; an earlier invitation of the same address ends. `None` when `by` is no admin (any more).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address has an account.
    pub async fn create_invitation(
        &self,
        by: AccountId,
        email: &Email,
        role: Role,
        now: Instant,
    ) -> Result<Option<Secret>, StoreError> {
        let mut transaction = self.database().write().await?;
        if !take_turn_as_admin(&mut transaction, by).await? {
            return Ok(None);
        }
        let sql = "select 1 from accounts where email = $1";
        if transaction.fetch_optional(sql, values![email.as_str()]).await?.is_some() {
            return Err(StoreError::Conflict("an account with this address"));
        }
        let expired = "delete from invitations where expires_at <= $1 or email = $2";
        transaction.execute(expired, values![now.as_ms(), email.as_str()]).await?;
        let token = Secret::generate(SecretKind::Invitation, &mut os_random());
        let sql = "insert into invitations (token_hash, email, is_admin, made_by, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6) on conflict (email) do update set token_hash = excluded.token_hash,
                is_admin = excluded.is_admin, made_by = excluded.made_by, created_at = excluded.created_at,
                expires_at = excluded.expires_at";
        let (hash, expires_at) = (token.hash(), now.plus_ms(INVITATION_LIFETIME_MS).as_ms());
        let values = values![&hash, email.as_str(), role == Role::Admin, by.0, now.as_ms(), expires_at];
        transaction.execute(sql, values).await?;
        transaction.commit().await?;
        tracing::info!(target: "audit", { account.id = by.0, ?role }, "somebody was invited");
        Ok(Some(token))
    }

    /// The invitations that can still be used, the latest first.
    pub async fn list_invitations(&self, now: Instant) -> Result<Vec<InvitationEntry>, StoreError> {
        let sql = "select invitation_id, email, is_admin, created_at, expires_at from invitations
            where expires_at > $1 order by created_at desc, invitation_id desc";
        let rows = self.database().fetch_all(sql, values![now.as_ms()]).await?;
        rows.iter().map(read_invitation).collect()
    }

    /// Ends an invitation; says whether there was one.
    pub async fn withdraw_invitation(&self, invitation_id: i64) -> Result<bool, StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "delete from invitations where invitation_id = $1";
        let ended = transaction.execute(sql, values![invitation_id]).await?;
        transaction.commit().await?;
        Ok(ended > 0)
    }

    /// The address that an invitation is for, if it can be used.
    pub async fn find_invitation(&self, token: &Secret, now: Instant) -> Result<Option<String>, StoreError> {
        let sql = "select email from invitations where token_hash = $1 and expires_at > $2";
        let row = self.database().fetch_optional(sql, values![&token.hash(), now.as_ms()]).await?;
        row.map(|row| row.text("email")).transpose()
    }

    /// Makes the account of an invitation, in one transaction with its end. `None` when it can't be used (any more).
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address has got an account by another way at the same moment.
    pub async fn accept_invitation(
        &self,
        token: &Secret,
        password: &Password,
        now: Instant,
    ) -> Result<Option<AccountId>, StoreError> {
        // Asked before the costly hash too: a wrong token costs nothing.
        if self.find_invitation(token, now).await?.is_none() {
            return Ok(None);
        }
        let hash = self.inner.passwords.hash(password).await?;
        let mut transaction = self.database().write().await?;
        // Taking the token decides: of two at once the second finds it gone.
        let sql =
            "delete from invitations where token_hash = $1 and expires_at > $2 returning email, is_admin";
        let row = transaction.fetch_optional(sql, values![&token.hash(), now.as_ms()]).await?;
        let Some(row) = row else { return Ok(None) };
        let account =
            insert_account(&mut transaction, &row.text("email")?, &hash, row.flag("is_admin")?, now).await?;
        transaction.commit().await?;
        tracing::info!(target: "audit", { account.id = account.0 }, "an invitation was accepted");
        Ok(Some(account))
    }

    /// A link with which the account's password can be set once; an earlier one ends. Until it is used the present
    /// password stays. `None` when `by` is no admin (any more), or the account is absent or disabled.
    pub async fn create_password_link(
        &self,
        by: AccountId,
        account: AccountId,
        now: Instant,
    ) -> Result<Option<Secret>, StoreError> {
        let mut transaction = self.database().write().await?;
        let sql = "select 1 from accounts where account_id = $1 and disabled_at is null";
        if !take_turn_as_admin(&mut transaction, by).await?
            || transaction.fetch_optional(sql, values![account.0]).await?.is_none()
        {
            return Ok(None);
        }
        let token = Secret::generate(SecretKind::PasswordLink, &mut os_random());
        let sql = "insert into password_links (account_id, token_hash, made_by, expires_at) values ($1, $2, $3, $4)
            on conflict (account_id) do update set token_hash = excluded.token_hash, made_by = excluded.made_by,
                expires_at = excluded.expires_at";
        let expires_at = now.plus_ms(PASSWORD_LINK_LIFETIME_MS).as_ms();
        transaction.execute(sql, values![account.0, &token.hash(), by.0, expires_at]).await?;
        transaction.commit().await?;
        tracing::info!(target: "audit", { account.id = account.0, by = by.0 }, "a password link was made");
        Ok(Some(token))
    }

    /// The address whose password a link sets, if it can be used.
    pub async fn find_password_link(
        &self,
        token: &Secret,
        now: Instant,
    ) -> Result<Option<String>, StoreError> {
        let sql = "select email from password_links join accounts using (account_id)
            where token_hash = $1 and expires_at > $2 and disabled_at is null";
        let row = self.database().fetch_optional(sql, values![&token.hash(), now.as_ms()]).await?;
        row.map(|row| row.text("email")).transpose()
    }

    /// Sets the password of a link's account, in one transaction with the link's end; every login and every known device
    /// ends too. `None` when the link can't be used (any more).
    pub async fn use_password_link(
        &self,
        token: &Secret,
        password: &Password,
        tokens: ReadTokens,
        now: Instant,
    ) -> Result<Option<AccountId>, StoreError> {
        if self.find_password_link(token, now).await?.is_none() {
            return Ok(None);
        }
        let hash = self.inner.passwords.hash(password).await?;
        let mut transaction = self.database().write().await?;
        let sql = "delete from password_links where token_hash = $1 and expires_at > $2 returning account_id";
        let row = transaction.fetch_optional(sql, values![&token.hash(), now.as_ms()]).await?;
        let Some(row) = row else { return Ok(None) };
        let account = AccountId(row.int("account_id")?);
        set_password(&mut transaction, account, &hash, Kept::default(), tokens).await?;
        transaction.commit().await?;
        self.forget_tokens_of(account);
        tracing::info!(target: "audit", { account.id = account.0 }, "a password link was used");
        Ok(Some(account))
    }
}

/// Whether the account may make links, which stays so until the transaction ends.
async fn take_turn_as_admin(transaction: &mut Transaction, by: AccountId) -> Result<bool, StoreError> {
    let sql = "select account_id from accounts
        where account_id = $1 and is_admin = 1 and disabled_at is null for update";
    Ok(transaction.fetch_optional(sql, values![by.0]).await?.is_some())
}

fn read_invitation(row: &Row) -> Result<InvitationEntry, StoreError> {
    Ok(InvitationEntry {
        id: row.int("invitation_id")?,
        email: row.text("email")?,
        is_admin: row.flag("is_admin")?,
        created_at: row.instant("created_at")?,
        expires_at: row.instant("expires_at")?,
    })
}
