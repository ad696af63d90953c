//! `parlance key …`: write keys, with which bots send.

use std::process::ExitCode;

use analytics::clock::Clock;
use analytics::ids::BotId;
use anyhow::{Context, bail};
use serde_json::{Value, json};
use store::Store;
use store::bots::BotScope;
use store::doors::KeyLimit;
use store::keys::{KeyEntry, MAX_WRITE_KEYS};
use store::sites::{Sites, SitesError};

use super::output::print_json;
use crate::clock::SystemClock;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create a write key. Prints {"key_id": …, "write_key": …}; the key is shown only once
    Create {
        #[arg(long, value_name = "ID")]
        bot: BotId,
        /// Works at this door only: native, segment, posthog, otlp, dashbot, rasa or chatwoot; default: every door.
        /// model_calls works at otlp and counts only the model calls of traces: for programs in which nobody talks
        #[arg(long, value_name = "DOOR", value_parser = parse_limit)]
        door: Option<KeyLimit>,
    },
    /// Print {"keys": […]}: the bot's keys with their first characters, their door, and when they were last used
    List {
        #[arg(long, value_name = "ID")]
        bot: BotId,
    },
    /// Set the sites whose pages may send with a write key. Prints {"key_id": …}
    Set {
        #[arg(long, value_name = "ID")]
        bot: BotId,
        /// The key_id that `list` prints
        #[arg(long, value_name = "NUMBER")]
        key: i64,
        /// Origins, separated by commas, such as https://shop.example; empty for none
        #[arg(long, value_name = "ORIGINS", value_parser = parse_sites)]
        sites: Sites,
    },
    /// Revoke a write key. Prints {"key_id": …}
    Revoke {
        #[arg(long, value_name = "ID")]
        bot: BotId,
        /// The key_id that `list` prints
        #[arg(long, value_name = "NUMBER")]
        key: i64,
    },
}

pub(super) async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Create { bot, door } => create(store, bot, door).await?,
        Command::List { bot } => list(store, bot).await?,
        Command::Set { bot, key, sites } => set_sites(store, bot, key, &sites).await?,
        Command::Revoke { bot, key } => revoke(store, bot, key).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(store: &Store, bot: BotId, limit: Option<KeyLimit>) -> anyhow::Result<()> {
    check_bot(store, bot).await?;
    let made = store.create_write_key_for(bot, limit, SystemClock.now()).await?;
    let (key, entry) =
        made.with_context(|| format!("the bot has {MAX_WRITE_KEYS} keys of this kind already: revoke one"))?;
    print_json(&json!({ "key_id": entry.id, "write_key": key.expose() }))
}

async fn list(store: &Store, bot: BotId) -> anyhow::Result<()> {
    check_bot(store, bot).await?;
    let keys = store.list_write_keys(bot).await?;
    print_json(&json!({ "keys": keys.iter().map(describe).collect::<Vec<_>>() }))
}

async fn revoke(store: &Store, bot: BotId, key: i64) -> anyhow::Result<()> {
    if !store.revoke_write_key(bot, key).await? {
        bail!("bot {bot} has no key {key}");
    }
    print_json(&json!({ "key_id": key }))
}

async fn set_sites(store: &Store, bot: BotId, key: i64, sites: &Sites) -> anyhow::Result<()> {
    if !store.set_sites(bot, key, sites).await? {
        bail!("bot {bot} has no key {key}");
    }
    print_json(&json!({ "key_id": key }))
}

fn parse_sites(text: &str) -> Result<Sites, SitesError> {
    Sites::parse(text)
}

async fn check_bot(store: &Store, bot: BotId) -> anyhow::Result<()> {
    let found = store.find_bot(BotScope::All, bot).await?;
    found.map(drop).with_context(|| format!("there is no bot {bot}"))
}

fn describe(key: &KeyEntry) -> Value {
    json!({
        "key_id": key.id,
        "prefix": key.prefix,
        "door": key.limit.map(KeyLimit::word),
        "sites": key.sites.iter().collect::<Vec<_>>(),
        "created_at": key.created_at.to_string(),
        "last_used_at": key.last_used_at.map(|at| at.to_string()),
    })
}

fn parse_limit(text: &str) -> Result<KeyLimit, String> {
    let limits = || KeyLimit::ALL.map(KeyLimit::word).join(", ");
    KeyLimit::from_word(text).ok_or_else(|| format!("expected one of {}", limits()))
}
