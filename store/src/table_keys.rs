//! What stands in the key columns of the tables.

use analytics::visits::Tier;

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
