//! `parlance account …`: who may sign in.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use analytics::clock::Clock;
use anyhow::Context;
use serde_json::json;
use store::Store;
use store::credentials::{Email, MIN_PASSWORD_CHARS, Password};

use super::output::{print_json, tell};
use crate::clock::SystemClock;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create an account; its password is read from stdin. Prints {"account_id": …}
    Create {
        /// E-mail address to sign in with
        #[arg(long, value_parser = parse_email)]
        email: Email,
        /// May manage accounts and see every bot
        #[arg(long)]
        admin: bool,
    },
}

pub(super) async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Create { email, admin } = command;
    let password = read_password()?;
    let account = store.create_account(&email, &password, admin, SystemClock.now()).await?;
    print_json(&json!({ "account_id": account }))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn parse_email(text: &str) -> Result<Email, String> {
    Email::parse(text).ok_or_else(|| "expected an e-mail address, such as you@example.org".to_owned())
}

fn read_password() -> anyhow::Result<Password> {
    if io::stdin().is_terminal() {
        tell("Password (it can be seen while you type):");
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("the password could not be read from stdin")?;
    let password = Password::parse(line.trim_end_matches(['\r', '\n']));
    password.with_context(|| {
        format!("a password has at least {MIN_PASSWORD_CHARS} characters and at most 1,000 bytes")
    })
}
