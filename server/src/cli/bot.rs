//! `parlance bot …`: bots and their settings.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use analytics::calendar::Zone;
use analytics::clock::Clock;
use analytics::ids::BotId;
use analytics::names::parse_bot_name;
use analytics::settings::{IdleTimeout, WeekStart};
use anyhow::{Context, bail, ensure};
use serde_json::json;
use store::Store;
use store::bots::{BotChange, BotScope, NewBot};
use store::credentials::Email;
use store::openings::{Openings, OpeningsError};

use super::email::{find_account, parse_email};
use super::output::{print_json, tell};
use crate::clock::SystemClock;

/// Longest secret of a webhook, in bytes.
const MAX_SECRET_BYTES: usize = 1_000;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create a bot with a write key. Prints {"bot_id": …, "write_key": …}; the key is shown only once
    Create(Create),
    /// Change a bot. Zone, week start and idle timeout apply to all history: at once for small bots, for others after a
    /// server has counted them again. Prints {"bot_id": …}
    Set(Set),
    /// Delete a bot with everything it ever sent. Prints {"bot_id": …}
    Delete {
        #[arg(long, value_name = "ID")]
        bot: BotId,
        /// Confirm: this cannot be undone
        #[arg(long, required = true)]
        yes: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Create {
    /// E-mail address of the owner's account
    #[arg(long, value_name = "EMAIL", value_parser = parse_email)]
    owner: Email,
    #[arg(long, value_parser = parse_bot_name)]
    name: String,
    /// Zone in which its days begin, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = Zone::from_str)]
    time_zone: Zone,
    /// Let it send, and show its figures
    #[arg(long)]
    activate: bool,
    /// Your own id for the bot: 13 characters of 0-9 and a-z without i, l, o, u
    #[arg(long)]
    id: Option<BotId>,
}

#[derive(Debug, clap::Args)]
pub(super) struct Set {
    #[arg(long, value_name = "ID")]
    bot: BotId,
    #[arg(long, value_parser = parse_bot_name)]
    name: Option<String>,
    /// Zone in which its days begin, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = Zone::from_str)]
    time_zone: Option<Zone>,
    /// Pause after which the next message opens a new session, such as 30m
    #[arg(long, value_name = "DURATION", value_parser = parse_idle_timeout)]
    idle_timeout: Option<IdleTimeout>,
    /// Day on which its weeks begin: monday to sunday
    #[arg(long, value_name = "DAY", value_parser = parse_week_start)]
    week_start: Option<WeekStart>,
    /// Let it send, and show its figures
    #[arg(long, conflicts_with = "deactivate")]
    activate: bool,
    /// Keep its history, but store and show nothing
    #[arg(long)]
    deactivate: bool,
    /// File with the secret of Chatwoot's webhooks, - for stdin; webhooks without its signature are then refused
    #[arg(long, value_name = "FILE")]
    chatwoot_secret_file: Option<PathBuf>,
    /// Accept unsigned webhooks of Chatwoot again
    #[arg(long, conflicts_with = "chatwoot_secret_file")]
    no_chatwoot_secret: bool,
    /// Texts that its widget sends by itself when it opens, one a line; empty for none. Default: /session_start and
    /// /get_started
    #[arg(long, value_name = "TEXTS", value_parser = parse_openings)]
    openings: Option<Openings>,
    /// Count its history again in this command, and wait until it is done
    #[arg(long)]
    wait: bool,
}

pub(super) async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Create(bot) => create(store, bot).await?,
        Command::Set(change) => set(store, change).await?,
        Command::Delete { bot, yes: _ } => delete(store, bot).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(store: &Store, bot: Create) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let owner = find_account(store, &bot.owner).await?;
    let bot = NewBot { id: bot.id, owner, name: bot.name, zone: bot.time_zone, is_activated: bot.activate };
    let id = store.create_bot(&bot, now).await?;
    let (key, _) = store.create_write_key(id, now).await?.context("the bot could not get a write key")?;
    print_json(&json!({ "bot_id": id, "write_key": key.expose() }))
}

async fn set(store: &Store, set: Set) -> anyhow::Result<()> {
    let secret = set.chatwoot_secret_file.as_deref().map(read_secret).transpose()?;
    let change = BotChange {
        name: set.name,
        zone: set.time_zone,
        week_start: set.week_start,
        idle_timeout: set.idle_timeout,
        is_activated: (set.activate || set.deactivate).then_some(set.activate),
        ..BotChange::default()
    };
    if !store.change_bot(set.bot, &change).await? {
        bail!("there is no bot {}", set.bot);
    }
    if secret.is_some() || set.no_chatwoot_secret {
        store.set_chatwoot_secret(set.bot, secret.as_deref()).await?;
    }
    if let Some(openings) = &set.openings {
        store.set_openings(set.bot, Some(openings)).await?;
    }
    if set.wait {
        store.finish_rebuild(set.bot).await?;
    }
    let bot = store.find_bot(BotScope::All, set.bot).await?;
    if bot.is_some_and(|bot| bot.recalculation.is_some()) {
        tell("a running server counts the history again; figures keep the old settings until it is done");
    }
    print_json(&json!({ "bot_id": set.bot }))
}

fn parse_openings(text: &str) -> Result<Openings, OpeningsError> {
    Openings::parse(text)
}

/// A command line can be read by everybody on the machine, a file and stdin cannot.
fn read_secret(path: &Path) -> anyhow::Result<String> {
    let text = match path.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(path),
    };
    let text = text.with_context(|| format!("the secret cannot be read from {}", path.display()))?;
    let secret = text.trim();
    ensure!(
        !secret.is_empty() && secret.len() <= MAX_SECRET_BYTES,
        "the secret must have 1 to {MAX_SECRET_BYTES} bytes"
    );
    Ok(secret.to_owned())
}

async fn delete(store: &Store, bot: BotId) -> anyhow::Result<()> {
    if !store.delete_bot(bot, SystemClock.now()).await? {
        bail!("there is no bot {bot}");
    }
    print_json(&json!({ "bot_id": bot }))
}

fn parse_idle_timeout(text: &str) -> Result<IdleTimeout, String> {
    let milliseconds =
        humantime::parse_duration(text).ok().and_then(|time| i64::try_from(time.as_millis()).ok());
    let timeout = milliseconds.and_then(IdleTimeout::from_ms);
    timeout.ok_or_else(|| "expected 1 minute to 24 hours, such as 30m or 1h 30m".to_owned())
}

fn parse_week_start(text: &str) -> Result<WeekStart, String> {
    WeekStart::from_word(text).ok_or_else(|| "expected a day of the week, such as monday".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_timeout_is_a_duration_in_words() {
        assert_eq!(parse_idle_timeout("30m"), Ok(IdleTimeout::default()));
        assert_eq!(parse_idle_timeout("1h 30m").unwrap().as_ms(), 90 * 60_000);
        for text in ["", "30", "59s", "25h", "-5m", "999999999999999h"] {
            assert!(parse_idle_timeout(text).is_err(), "{text:?}");
        }
    }
}
