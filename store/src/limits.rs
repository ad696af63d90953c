//! Limits that more than one part of the room keeps or names.

/// Most bots of an account.
pub const MAX_BOTS: u64 = 1_000;
/// How long a known key or token is answered from memory, in milliseconds: so long may a process go on that has not ended
/// it itself.
pub const KNOWN_MS: i64 = 5_000;
/// How long the id of a deleted bot is given to no other, in milliseconds: as long as any process may remember its keys,
/// and as long again, since clocks differ.
pub const RESERVED_MS: i64 = 2 * KNOWN_MS;
