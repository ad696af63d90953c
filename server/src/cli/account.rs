//! `parlance account …`: who may sign in.

use std::process::ExitCode;

use analytics::clock::Clock;
use analytics::ids::AccountId;
use anyhow::bail;
use serde_json::{Value, json};
use store::Store;
use store::accounts::{AccountChange, AccountEntry, ReadTokens};
use store::credentials::Email;

use super::email::{find_account, parse_email};
use super::output::print_json;
use super::password::read_password;
use super::token::wait_until_forgotten;
use crate::clock::SystemClock;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create an account. Asks for its password, or reads it from stdin. Prints {"account_id": …}
    Create {
        /// E-mail address to sign in with
        #[arg(long, value_parser = parse_email)]
        email: Email,
        /// The account may manage accounts and see every bot
        #[arg(long)]
        admin: bool,
    },
    /// List every account. Prints {"accounts": […]}
    List,
    /// Set a new password: asks for it, or reads it from stdin. Every sign-in of the account ends. Prints
    /// {"account_id": …}
    ResetPassword {
        #[arg(long, value_parser = parse_email)]
        email: Email,
        /// Also revoke its read tokens
        #[arg(long)]
        end_tokens: bool,
    },
    /// Disable an account: its sign-ins end and its read tokens do not work; its bots still send. Prints
    /// {"account_id": …}
    Disable {
        #[arg(long, value_parser = parse_email)]
        email: Email,
    },
    /// Let a disabled account sign in again. Prints {"account_id": …}
    Enable {
        #[arg(long, value_parser = parse_email)]
        email: Email,
    },
}

pub(super) async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Create { email, admin } => create(store, &email, admin).await?,
        Command::List => list(store).await?,
        Command::ResetPassword { email, end_tokens } => reset_password(store, &email, end_tokens).await?,
        Command::Disable { email } => disable(store, &email).await?,
        Command::Enable { email } => enable(store, &email).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(store: &Store, email: &Email, admin: bool) -> anyhow::Result<()> {
    let password = read_password()?;
    print_account(store.create_account(email, &password, admin, SystemClock.now()).await?)
}

async fn list(store: &Store) -> anyhow::Result<()> {
    let accounts: Vec<Value> = store.list_accounts().await?.iter().map(describe).collect();
    print_json(&json!({ "accounts": accounts }))
}

async fn reset_password(store: &Store, email: &Email, end_tokens: bool) -> anyhow::Result<()> {
    let account = find_account(store, email).await?;
    let password = read_password()?;
    let tokens = if end_tokens { ReadTokens::End } else { ReadTokens::Keep };
    if !store.reset_password(account, &password, tokens).await? {
        bail!("{} has no account", email.as_str());
    }
    if end_tokens {
        wait_until_forgotten().await;
    }
    print_account(account)
}

async fn disable(store: &Store, email: &Email) -> anyhow::Result<()> {
    let account = find_account(store, email).await?;
    let has_tokens = !store.list_read_tokens(account).await?.is_empty();
    finish(store.disable_account(account, SystemClock.now()).await?, email)?;
    if has_tokens {
        wait_until_forgotten().await;
    }
    print_account(account)
}

async fn enable(store: &Store, email: &Email) -> anyhow::Result<()> {
    let account = find_account(store, email).await?;
    finish(store.enable_account(account).await?, email)?;
    print_account(account)
}

fn finish(change: AccountChange, email: &Email) -> anyhow::Result<()> {
    match change {
        AccountChange::Done => Ok(()),
        AccountChange::Unknown => bail!("{} has no account", email.as_str()),
        AccountChange::LastAdmin => bail!(
            "{} is the last admin who can sign in: create or enable another admin first",
            email.as_str()
        ),
    }
}

fn print_account(account: AccountId) -> anyhow::Result<()> {
    print_json(&json!({ "account_id": account }))
}

fn describe(account: &AccountEntry) -> Value {
    json!({
        "account_id": account.id,
        "email": account.email,
        "is_admin": account.is_admin,
        "is_disabled": account.disabled_at.is_some(),
        "created_at": account.created_at.to_string(),
        "last_sign_in_at": account.last_sign_in_at.map(|at| at.to_string()),
        "bots": account.bots,
    })
}
