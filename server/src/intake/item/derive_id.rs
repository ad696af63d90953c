//! Ids for items that come without one.

use analytics::error::RejectionCode;
use analytics::ids::FactId;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Bytes of the hash that are kept: no two items of a bot share 128 bits by chance.
const KEPT_BYTES: usize = 16;

/// An id that the same parts always give, so that an item that is sent again still counts once. Each part goes in
/// with its length: nothing can move from one part into the next.
///
/// # Errors
/// Never: the text has the form of an id.
pub fn derive_id(parts: &[&str]) -> Result<FactId, RejectionCode> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    FactId::parse(format!("derived-{}", HEXLOWER.encode(&hash.finalize()[..KEPT_BYTES])))
}

/// An id that nothing else has: for items that do not even say when.
///
/// # Errors
/// Never: the text has the form of an id.
pub fn draw_id() -> Result<FactId, RejectionCode> {
    FactId::parse(format!("drawn-{:032x}", rand::random::<u128>()))
}
