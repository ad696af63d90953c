//! `parlance token …`: read tokens for programs.

use std::process::ExitCode;
use std::time::Duration;

use analytics::clock::Clock;
use analytics::ids::BotId;
use anyhow::Context;
use serde_json::json;
use store::Store;
use store::credentials::Email;
use store::keys::{KNOWN_MS, MAX_READ_TOKENS, ReadAccess};

use super::email::{find_account, parse_email};
use super::output::{print_json, tell};
use crate::clock::SystemClock;
use crate::read::scope_of;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create a read token. Prints {"token": …}; it is shown only once
    Create {
        /// E-mail address of the token's account
        #[arg(long, value_name = "EMAIL", value_parser = parse_email)]
        account: Email,
        /// Limit the token to this bot, which the account must see; default: every bot that the account sees
        #[arg(long, value_name = "ID")]
        bot: Option<BotId>,
    },
}

pub(super) async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Create { account: email, bot } = command;
    let account = find_account(store, &email).await?;
    if let Some(bot) = bot {
        let is_admin = store.is_admin(account).await?;
        let scope = scope_of(ReadAccess { account_id: account, is_admin, bot_id: Some(bot) });
        store.find_bot(scope, bot).await?.with_context(|| format!("there is no bot {bot}"))?;
    }
    let token = store.create_read_token(account, bot, SystemClock.now()).await?;
    let (token, _) =
        token.with_context(|| format!("the account has {MAX_READ_TOKENS} tokens already: revoke one"))?;
    print_json(&json!({ "token": token.expose() }))?;
    Ok(ExitCode::SUCCESS)
}

/// Waits for as long as running servers may still answer a read token that they have found before: when a command that
/// shuts somebody out returns, they are out.
pub(super) async fn wait_until_forgotten() {
    tell("waiting 5 seconds, until no running server remembers the account's read tokens");
    tokio::time::sleep(Duration::from_millis(KNOWN_MS.unsigned_abs())).await;
}
