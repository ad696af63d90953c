//! All the bots that somebody may see.

use analytics::ids::BotId;
use serde::{Deserialize, Serialize};

/// The bots that somebody may see.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotList {
    /// One page of those that were searched for, sorted as asked.
    pub cards: Vec<BotCard>,
    /// How many there are, found or not.
    pub total: u64,
    /// How many were found.
    pub found: u64,
    /// Pages that come before this one.
    pub page: u64,
}

/// Most cards of a page.
pub const PAGE_BOTS: u64 = 50;

/// A bot at a glance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotCard {
    /// Its id.
    pub id: BotId,
    /// Its name.
    pub name: String,
    /// Whether it sends.
    pub state: BotState,
    /// When its last message came, in words.
    pub last_message: Option<String>,
    /// Its past 7 days: users, sessions, messages. None where there is nothing to count.
    pub figures: Vec<CardFigure>,
}

/// How far a bot has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BotState {
    /// Not activated: it has no dashboard, and what it sends is refused.
    Inactive,
    /// Activated, and nothing came yet.
    Waiting,
    /// Activated, with messages.
    Receiving,
}

/// A figure of a bot's past 7 days, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CardFigure {
    /// "Users".
    pub label: String,
    /// Short: "12.4 k".
    pub value: String,
    /// Exact: "12,431".
    pub exact: String,
    /// Against the 7 days before: "+12 %".
    pub index: String,
    /// The same in words.
    pub index_words: String,
    /// "up", "down" or "same".
    pub trend: String,
    /// One point a day, as the `d` of a path in a box of 100 by 28.
    pub sparkline: String,
}

/// The order of the cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BotSort {
    /// Alphabetical.
    #[default]
    Name,
    /// The latest first.
    LastMessage,
    /// The most of the past 7 days first.
    Messages,
}

impl BotSort {
    /// Every choice with its word in the URL and its name.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Name, "name", "By name"),
        (Self::LastMessage, "last_message", "By last message"),
        (Self::Messages, "messages", "By messages"),
    ];

    /// Reads the word of the URL; the name's order for any other.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map_or(Self::Name, |(sort, ..)| *sort)
    }
}
