//! What the key columns of the tables hold.

use analytics::visits::Tier;

use crate::engine::Value;

/// The number by which the tables with many rows know a bot. It never leaves the store: everybody else has a
/// [`BotId`](analytics::ids::BotId).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BotKey(i64);

impl BotKey {
    /// A key as a table holds it.
    pub(crate) fn from_i64(key: i64) -> Self {
        Self(key)
    }
}

impl From<BotKey> for Value<'_> {
    fn from(key: BotKey) -> Self {
        Self::from(key.0)
    }
}

/// One user on one channel: the session rule and the links between facts know no other line of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChatLine {
    pub(crate) user: i64,
    pub(crate) channel: i64,
}

/// The scope of counters over all channels; another scope is a channel's key.
pub(crate) const EVERYTHING: i64 = 0;
/// Stored for "never before": less than every instant that a fact may have.
pub(crate) const NEVER: i64 = -1;

/// A tier as `counts` and `visits` hold it.
pub(crate) fn tier_number(tier: Tier) -> i64 {
    match tier {
        Tier::Quarter => 0,
        Tier::Hour => 1,
        Tier::Day => 2,
        Tier::Week => 3,
        Tier::Month => 4,
    }
}
