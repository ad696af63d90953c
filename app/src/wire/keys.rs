//! Write keys and read tokens.

use serde::{Deserialize, Serialize};

/// A write key or read token, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyRow {
    /// Its number.
    pub id: i64,
    /// Its first characters.
    pub prefix: String,
    /// When it was made, in words.
    pub created: String,
    /// When it was last used, in words.
    pub last_used: String,
    /// The sites whose pages may send with a write key, between blanks.
    pub sites: String,
    /// What it is limited to: the bot of a read token, the way in of a write key.
    pub limit: Option<String>,
}
