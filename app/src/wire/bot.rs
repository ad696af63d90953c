//! One bot.

use analytics::ids::BotId;
use serde::{Deserialize, Serialize};

use super::bots::BotState;

/// A bot, and how to make it send if nothing came yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotView {
    /// Its id.
    pub id: BotId,
    /// Its name as it may be shown.
    pub name: String,
    /// How far it has come.
    pub state: BotState,
    /// Whether it ever had a message: its figures are kept while it is inactive.
    pub has_messages: bool,
    /// How to send the first message; only while waiting for it.
    pub first_steps: Option<FirstSteps>,
}

/// What a bot needs to send its first message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FirstSteps {
    /// A write key that was just made, shown this once.
    pub new_key: Option<String>,
    /// First characters of the write keys that live.
    pub key_prefixes: Vec<String>,
    /// Whether another key can be made.
    pub may_add_key: bool,
    /// Name of the language and the code that sends a message.
    pub snippets: Vec<(String, String)>,
}
