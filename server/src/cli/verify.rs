//! `parlance verify`: counters are a cache of the raw messages, and this proves it.

use std::process::ExitCode;

use analytics::ids::BotId;
use anyhow::Context;
use serde_json::json;
use store::Store;
use store::bots::BotScope;
use store::verify::Difference;

use super::output::{print_json, tell};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this bot; default: every bot
    #[arg(long, value_name = "ID")]
    bot: Option<BotId>,
    /// Replace counters that differ by the recount
    #[arg(long)]
    repair: bool,
}

/// Prints each counter that differs as a JSON object on a line of its own. Fails when there is one, unless it was
/// repaired.
pub(super) async fn run(store: &Store, args: Args) -> anyhow::Result<ExitCode> {
    let bots = find_bots(store, args.bot).await?;
    let mut differences = 0_u64;
    for &bot in &bots {
        tell_what_is_beyond(store, bot).await?;
        for difference in store.verify(bot, args.repair).await? {
            print_difference(&difference)?;
            differences += 1;
        }
    }
    let repaired = if args.repair { ", repaired" } else { "" };
    let noun = if bots.len() == 1 { "bot" } else { "bots" };
    tell(&format!("{} {noun} recounted, {differences} counters differ{repaired}", bots.len()));
    Ok(if differences == 0 || args.repair { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Raw messages before the horizon are gone: what was counted there cannot be recounted.
async fn tell_what_is_beyond(store: &Store, bot: BotId) -> anyhow::Result<()> {
    let retention = store.find_retention(bot).await?;
    if let Some((horizon, kept)) = retention.and_then(|kept| Some((kept.horizon?, kept))) {
        let messages = kept.messages_beyond;
        tell(&format!("bot {bot}: {messages} messages before {horizon} cannot be recounted"));
    }
    Ok(())
}

async fn find_bots(store: &Store, bot: Option<BotId>) -> anyhow::Result<Vec<BotId>> {
    match bot {
        Some(bot) => {
            store.find_bot(BotScope::All, bot).await?.with_context(|| format!("there is no bot {bot}"))?;
            Ok(vec![bot])
        }
        None => Ok(store.list_bots(BotScope::All).await?.into_iter().map(|bot| bot.id).collect()),
    }
}

fn print_difference(difference: &Difference) -> anyhow::Result<()> {
    let Difference { bot_id, counter, stored, recounted } = difference;
    print_json(&json!({ "bot_id": bot_id, "counter": counter, "stored": stored, "recounted": recounted }))
}
