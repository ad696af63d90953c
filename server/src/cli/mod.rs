//! The command line: one file per command. Results go to stdout, everything else to stderr; exit codes are 0 done,
//! 1 failed, 2 usage.

mod account;
mod backup;
mod bot;
mod common;
mod email;
mod environment;
mod export;
mod import;
mod key;
mod log;
mod output;
mod password;
mod retention;
mod serve;
mod token;
mod user;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use store::Store;

use self::common::{Common, open};
use crate::history::usage::UsageError;

/// Analytics for chatbots.
#[derive(Debug, Parser)]
#[command(name = "parlance", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (the default)
    Serve(crate::config::ServeSettings),
    /// Accounts that may sign in
    #[command(subcommand)]
    Account(account::Command),
    /// Bots and their settings
    #[command(subcommand)]
    Bot(bot::Command),
    /// Write keys of bots
    #[command(subcommand)]
    Key(key::Command),
    /// Read tokens for programs
    #[command(subcommand)]
    Token(token::Command),
    /// Import a bot's history; run it again to resume
    Import(import::Args),
    /// Export a bot's history to stdout
    Export(export::Args),
    /// Set how long raw messages are kept; figures stay
    Retention(retention::Args),
    /// Users of a bot
    #[command(subcommand)]
    User(user::Command),
    /// Copy the database to a new file, also while a server runs
    Backup(backup::Backup),
    /// Copy a backup to a place without a database
    Restore(backup::Restore),
    /// Recount the counters from the raw messages
    Verify(verify::Args),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let command = environment::name_variables(Cli::command());
    if let Err(error) = environment::check_names(&command, std::env::vars_os().map(|(name, _)| name)) {
        return output::fail(&error, 2);
    }
    let arguments = with_default_command(std::env::args_os().collect());
    match command.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => run(cli),
        Err(error) => {
            if let Some(note) = environment::explain(&error) {
                output::tell(&note);
            }
            error.exit()
        }
    }
}

fn run(cli: Cli) -> ExitCode {
    match try_run(cli) {
        Ok(code) => code,
        Err(error) => output::fail(&error, if error.is::<UsageError>() { 2 } else { 1 }),
    }
}

fn try_run(Cli { common, command }: Cli) -> anyhow::Result<ExitCode> {
    log::start(common.log.as_deref(), matches!(command, Command::Serve(_)))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match command {
            Command::Serve(settings) => Box::pin(serve::run(common, settings)).await,
            Command::Account(command) => {
                with_store(&common, async |store| account::run(store, command).await).await
            }
            Command::Bot(command) => with_store(&common, async |store| bot::run(store, command).await).await,
            Command::Key(command) => with_store(&common, async |store| key::run(store, command).await).await,
            Command::Token(command) => {
                with_store(&common, async |store| token::run(store, command).await).await
            }
            Command::Import(args) => with_store(&common, async |store| import::run(store, args).await).await,
            Command::Export(args) => with_store(&common, async |store| export::run(store, args).await).await,
            Command::Retention(args) => {
                with_store(&common, async |store| retention::run(store, args).await).await
            }
            Command::User(command) => {
                with_store(&common, async |store| user::run(store, command).await).await
            }
            Command::Backup(args) => with_store(&common, async |store| backup::run(store, args).await).await,
            Command::Restore(args) => backup::restore(&common.database_url, args).await,
            Command::Verify(args) => with_store(&common, async |store| verify::run(store, args).await).await,
        }
    })
}

/// Opens the database for a command, and closes it whether or not the command succeeds.
async fn with_store(
    common: &Common,
    command: impl AsyncFnOnce(&Store) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let store = open(common).await?;
    let result = command(&store).await;
    store.close().await;
    result
}

/// `parlance` and `parlance --demo` are `parlance serve` and `parlance serve --demo`.
fn with_default_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let asks_about_all =
        |first: &OsString| ["-h", "--help", "-V", "--version"].iter().any(|flag| first == flag);
    let names_command = |first: &OsString| !first.to_string_lossy().starts_with('-') || asks_about_all(first);
    if !arguments.get(1).is_some_and(names_command) {
        arguments.insert(arguments.len().min(1), "serve".into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> String {
        let arguments = with_default_command(line.split(' ').map(OsString::from).collect());
        arguments.iter().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_definition_is_consistent() {
        environment::name_variables(Cli::command()).debug_assert();
    }

    #[test]
    fn serving_is_the_default() {
        assert_eq!(arguments("parlance"), "parlance serve");
        assert_eq!(arguments("parlance --demo"), "parlance serve --demo");
        assert_eq!(arguments("parlance --help"), "parlance --help");
        assert_eq!(arguments("parlance verify --repair"), "parlance verify --repair");
    }
}
