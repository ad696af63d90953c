//! Where the stored rows are not what the raw facts give.

use analytics::ids::BotId;

/// One counter that differs from the recount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which bot.
    pub bot_id: BotId,
    /// Which table, and which row of it, in words.
    pub counter: String,
    /// What is stored.
    pub stored: i64,
    /// What the raw messages give.
    pub recounted: i64,
}
