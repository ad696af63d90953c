//! What several changes of accounts have in common: making one, setting a password, and ending what it had opened.

use analytics::ids::AccountId;
use analytics::instant::Instant;

use super::entries::{Kept, ReadTokens};
use crate::StoreError;
use crate::credentials::Secret;
use crate::engine::{Transaction, values};

/// Sets the password and ends what the old one had opened. False when there is no such account.
pub(super) async fn set_password(
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
    end_password_link(transaction, account).await?;
    if tokens == ReadTokens::End {
        let sql = "delete from read_tokens where account_id = $1";
        transaction.execute(sql, values![account.0]).await?;
    }
    Ok(changed > 0)
}

/// Ends the logins of an account but one.
pub(super) async fn end_logins(
    transaction: &mut Transaction,
    account: AccountId,
    keep: Option<&Secret>,
) -> Result<(), StoreError> {
    let sql = "delete from logins where account_id = $1 and token_hash <> $2";
    transaction.execute(sql, values![account.0, &hash_or_none(keep)]).await?;
    Ok(())
}

/// Forgets the known devices of an account but one.
pub(super) async fn end_devices(
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
pub(super) async fn is_last_admin(
    transaction: &mut Transaction,
    account: AccountId,
) -> Result<bool, StoreError> {
    let sql = "select account_id from accounts where is_admin = 1 and disabled_at is null
        order by account_id for update";
    let admins = transaction.fetch_all(sql, values![]).await?;
    Ok(admins.len() == 1 && admins[0].int("account_id")? == account.0)
}

/// A set-up token dies as soon as an account exists, and an invitation when its address has one, however it was made.
pub(super) async fn insert_account(
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
    let account = row.ok_or(StoreError::Conflict("an account with this address"))?.int("account_id")?;
    transaction.execute("delete from set_up", values![]).await?;
    transaction.execute("delete from invitations where email = $1", values![email]).await?;
    Ok(AccountId(account))
}

/// Whether there is any account.
pub(super) async fn has_accounts(transaction: &mut Transaction) -> Result<bool, StoreError> {
    let sql = "select case when exists (select 1 from accounts) then 1 else 0 end as has_accounts";
    transaction.fetch_one(sql, values![]).await?.flag("has_accounts")
}

/// Ends every link that the account has made, and the one that sets its password.
pub(super) async fn end_links(transaction: &mut Transaction, account: AccountId) -> Result<(), StoreError> {
    end_links_made_by(transaction, account).await?;
    end_password_link(transaction, account).await
}

pub(super) async fn end_links_made_by(
    transaction: &mut Transaction,
    account: AccountId,
) -> Result<(), StoreError> {
    for sql in ["delete from invitations where made_by = $1", "delete from password_links where made_by = $1"]
    {
        transaction.execute(sql, values![account.0]).await?;
    }
    Ok(())
}

pub(super) async fn end_password_link(
    transaction: &mut Transaction,
    account: AccountId,
) -> Result<(), StoreError> {
    transaction.execute("delete from password_links where account_id = $1", values![account.0]).await?;
    Ok(())
}
