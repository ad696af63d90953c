//! A bot's settings.

use analytics::ids::BotId;
use analytics::settings::WeekStart;
use serde::{Deserialize, Serialize};

use super::keys::KeyRow;

/// A bot's settings as they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingsView {
    /// Its id.
    pub id: BotId,
    /// Its name as it may be shown.
    pub name: String,
    /// Its name as it was given, for changing it.
    pub given_name: String,
    /// IANA name of its zone.
    pub time_zone: String,
    /// The day on which its weeks begin.
    pub week_start: WeekStart,
    /// The session rule's timeout, in minutes.
    pub timeout_min: i64,
    /// What another timeout would do, if one was asked about.
    pub preview: Option<TimeoutEffect>,
    /// Whether it may send and its figures can be seen.
    pub is_activated: bool,
    /// Whether message text is stored.
    pub stores_text: bool,
    /// What to tell while history is counted again; the settings above hold when that is done.
    pub recalculating: Option<String>,
    /// Channels seen.
    pub channels: Vec<String>,
    /// Its living write keys.
    pub keys: Vec<KeyRow>,
    /// What its widget sends by itself when it opens, one a line.
    pub openings: String,
    /// What another key may open: word and name. The empty word is every way in.
    pub key_doors: Vec<(String, String)>,
    /// A write key that was just made, shown this once.
    pub new_key: Option<String>,
    /// What was done a moment ago.
    pub done: Option<String>,
}

/// What another timeout would do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum TimeoutEffect {
    /// It is not between 1 minute and 24 hours.
    OutOfRange,
    /// Sessions of the past 28 days, as counted now and then.
    Sessions {
        /// The timeout asked about.
        timeout_min: i64,
        /// As counted now.
        now: String,
        /// As counted then.
        then: String,
    },
}
