//! Who is signed in.

use analytics::ids::BotId;
use serde::{Deserialize, Serialize};

/// Who is signed in, and the bots they may go to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewerBar {
    /// Their address.
    pub email: String,
    /// The name of the bot whose page is open, if it is one that they may see.
    pub present: Option<String>,
    /// The first ones by name.
    pub bots: Vec<BotLink>,
    /// How many there are.
    pub total: u64,
}

/// Most bots that the switcher shows at a time: more are found by their name.
pub const SWITCHER_BOTS: usize = 20;

/// A bot to go to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotLink {
    /// Its id.
    pub id: BotId,
    /// Its name as it may be shown.
    pub name: String,
}
