//! How a bot is connected.

use serde::{Deserialize, Serialize};

/// A bot's ways in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectView {
    /// The bot's name.
    pub name: String,
    /// Whether what it sends is stored.
    pub is_activated: bool,
    /// A write key that was just made, shown this once; the lines hold it too.
    pub new_key: Option<String>,
    /// First characters of the write keys that live.
    pub key_prefixes: Vec<String>,
    /// Whether another key can be made.
    pub may_add_key: bool,
    /// What the lines hold in place of a key.
    pub placeholder: String,
    /// The ways in, by their kind.
    pub groups: Vec<WayGroup>,
}

/// Ways in of one kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WayGroup {
    /// A word for addresses.
    pub id: String,
    /// What they have in common.
    pub title: String,
    /// For whom they are.
    pub intro: String,
    /// Each of them.
    pub ways: Vec<Way>,
}

/// One way in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Way {
    /// The client or program.
    pub title: String,
    /// What the lines do.
    pub note: String,
    /// The lines, in order.
    pub blocks: Vec<Lines>,
}

/// Lines to paste in one place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lines {
    /// Names them for programs.
    pub id: String,
    /// Where they go.
    pub place: String,
    /// The text.
    pub code: String,
}
