//! `parlance retention`: how long raw messages are kept.

use std::process::ExitCode;

use analytics::clock::Clock;
use analytics::ids::BotId;
use anyhow::bail;
use serde_json::json;
use store::Store;
use store::retention::MAX_RETENTION_DAYS;

use super::output::print_json;
use crate::clock::SystemClock;

/// Without --days and --keep-all it only prints the setting.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "ID")]
    bot: BotId,
    /// Keep the raw messages of this many local days, today included; delete older ones now and every day
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_RETENTION_DAYS)))]
    days: Option<u32>,
    /// Keep all raw messages from now on
    #[arg(long, conflicts_with = "days")]
    keep_all: bool,
}

/// Prints {"bot_id": …, "days": …, "horizon": …, "messages_beyond": …}.
pub(super) async fn run(store: &Store, args: Args) -> anyhow::Result<ExitCode> {
    let Args { bot, days, keep_all } = args;
    if days.is_some() || keep_all {
        store.set_retention(bot, days).await?;
        store.apply_retention(bot, SystemClock.now()).await?;
    }
    let Some(kept) = store.find_retention(bot).await? else { bail!("there is no bot {bot}") };
    print_json(&json!({
        "bot_id": bot,
        "days": kept.days,
        "horizon": kept.horizon.map(|horizon| horizon.to_string()),
        "messages_beyond": kept.messages_beyond,
    }))?;
    Ok(ExitCode::SUCCESS)
}
