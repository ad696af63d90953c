//! Accounts are named by their e-mail address.

use analytics::ids::AccountId;
use anyhow::Context;
use store::Store;
use store::credentials::Email;

/// An account by the address that somebody gave.
pub(super) async fn find_account(store: &Store, email: &Email) -> anyhow::Result<AccountId> {
    let account = store.find_account(email).await?;
    account.with_context(|| format!("{} has no account", email.as_str()))
}

pub(super) fn parse_email(text: &str) -> Result<Email, String> {
    Email::parse(text).ok_or_else(|| "expected an e-mail address, such as you@example.org".to_owned())
}
