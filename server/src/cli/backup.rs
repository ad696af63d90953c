//! `parlance backup` and `parlance restore`: a copy of everything, and its way back. Neither overwrites.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use serde_json::json;
use store::Store;

use super::output::print_json;
use crate::config::check_database_url;
use crate::history::usage::UsageError;

#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// The new file; it must not exist yet
    destination: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The backup file; it must not be a database in use
    source: PathBuf,
}

/// Prints {"backup": …, "bytes": …}.
pub(super) async fn run(store: &Store, args: Backup) -> anyhow::Result<ExitCode> {
    let destination = args.destination;
    ensure!(!destination.exists(), "{} exists already", destination.display());
    store
        .back_up(&destination)
        .await
        .with_context(|| format!("{} cannot be written", destination.display()))?;
    let bytes = std::fs::metadata(&destination)?.len();
    print_json(&json!({ "backup": destination, "bytes": bytes }))?;
    Ok(ExitCode::SUCCESS)
}

/// Copies a backup to where DATABASE_URL points, and checks that it can be opened. Prints {"restored": …, "bots": …}.
pub(super) async fn restore(url: &str, args: Restore) -> anyhow::Result<ExitCode> {
    check_database_url(url).map_err(UsageError)?;
    Store::restore(&args.source, url).await?;
    let store = Store::open(url).await?;
    let bots = store.list_bots(store::bots::BotScope::All).await;
    store.close().await;
    print_json(&json!({ "restored": url, "bots": bots?.len() }))?;
    Ok(ExitCode::SUCCESS)
}
