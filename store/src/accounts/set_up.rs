//! The first account, made with a one-time token.

use analytics::ids::AccountId;
use analytics::instant::Instant;

use super::rows::{has_accounts, insert_account};
use crate::credentials::{Email, Password, Secret, SecretKind, os_random};
use crate::engine::{Transaction, values};
use crate::{Store, StoreError};

impl Store {
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
        let account = insert_account(&mut transaction, email.as_str(), &hash, true, now).await?;
        transaction.commit().await?;
        Ok(Some(account))
    }
}

async fn may_set_up(transaction: &mut Transaction, token: &Secret) -> Result<bool, StoreError> {
    let sql = "select 1 from set_up where token_hash = $1 and not exists (select 1 from accounts)";
    Ok(transaction.fetch_optional(sql, values![&token.hash()]).await?.is_some())
}
