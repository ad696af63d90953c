//! The room as a whole: what comes in is what reports say.

mod account_links;
mod account_states;
mod accounts;
mod aliases;
mod any_order;
mod backup;
mod devices;
mod distribution;
mod figures;
mod foreign;
mod held_spans;
mod intake_log;
mod keeping;
mod keys;
mod limits;
mod migrations;
mod moving;
mod plans;
mod private_files;
mod processes;
mod rebuilds;
mod settings;
mod traffic;
mod uses;

use analytics::ids::BotId;

use crate::Store;
use crate::bots::BotScope;
use crate::reports::Reading;

impl Store {
    /// Any bot, opened for reading.
    async fn reading(&self, bot: BotId) -> Reading {
        self.read_bot(BotScope::All, bot).await.unwrap().unwrap()
    }
}
