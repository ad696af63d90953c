//! Bots and their settings.

mod bot;
mod lifecycle;
mod settings;
mod stored;

pub use crate::limits::{MAX_BOTS, RESERVED_MS};
pub use bot::{Bot, BotChange, BotScope, NewBot, TimeoutPreview};
pub(crate) use stored::{StoredBot, find_bot_key, load_bot, load_channels, lock_bot, take_turn};
