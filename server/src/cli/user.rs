//! `parlance user …`: people who talk to a bot.

use std::process::ExitCode;

use analytics::ids::{BotId, UserId};
use anyhow::bail;
use serde_json::json;
use store::Store;

use super::output::print_json;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Erase a user with everything they ever sent, and remove them from all figures. Prints {"bot_id": …, "erased": …},
    /// the number of their raw messages and events
    Erase {
        #[arg(long, value_name = "ID")]
        bot: BotId,
        /// The user_id that the bot sends
        #[arg(long, value_name = "USER", value_parser = parse_user)]
        user: UserId,
    },
}

pub(super) async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Erase { bot, user } = command;
    let Some(erased) = store.erase_user(bot, &user).await? else {
        bail!("there is no such user of bot {bot}");
    };
    print_json(&json!({ "bot_id": bot, "erased": erased }))?;
    Ok(ExitCode::SUCCESS)
}

fn parse_user(text: &str) -> Result<UserId, String> {
    UserId::parse(text).map_err(|code| code.detail().to_owned())
}
