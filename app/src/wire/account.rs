//! The viewer's own account.

use serde::{Deserialize, Serialize};

use super::keys::KeyRow;
use super::viewer::BotLink;

/// The viewer's account as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountView {
    /// Their address.
    pub email: String,
    /// Whether they manage accounts.
    pub is_admin: bool,
    /// Living sign-ins, the latest used first.
    pub logins: Vec<LoginRow>,
    /// Living read tokens.
    pub tokens: Vec<KeyRow>,
    /// Whether another token can be made.
    pub may_add_token: bool,
    /// The bots that a token can be limited to.
    pub bots: Vec<BotLink>,
    /// A token that was just made, shown this once.
    pub new_token: Option<String>,
    /// "light", "dark" or "system".
    pub theme: String,
    /// What was done a moment ago.
    pub done: Option<String>,
}

/// A sign-in, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LoginRow {
    /// Its number.
    pub id: i64,
    /// "Firefox on Linux".
    pub browser: String,
    /// When it began, in words.
    pub created: String,
    /// When it was last used, in words.
    pub last_used: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
}
