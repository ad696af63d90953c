//! Ids for items that come without one.

use analytics::error::RejectionCode;
use analytics::fact::FactKind;
use analytics::ids::FactId;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::fields::{MESSAGE, MODEL_CALL};
use super::value::direction_word;

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

/// An id for an item without one, from these parts and from everything that its kind says.
///
/// # Errors
/// Never: the text has the form of an id.
pub fn derive_from(parts: &[&str], kind: &FactKind) -> Result<FactId, RejectionCode> {
    match kind {
        FactKind::Message(message) => {
            let direction = direction_word(message.direction);
            derive_id(&[parts, &[MESSAGE, direction, message.text.as_deref().unwrap_or("")]].concat())
        }
        FactKind::Event(event) => {
            let value = event.value_nano.map(|nano| nano.to_string()).unwrap_or_default();
            let properties = event.properties.as_deref().unwrap_or("");
            derive_id(&[parts, &[event.name.as_str(), &value, properties]].concat())
        }
        FactKind::ModelCall(used) => {
            let count = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
            let (input, output) = (count(used.input_tokens), count(used.output_tokens));
            let cost = used.cost_nano_usd.map(|nano| nano.to_string()).unwrap_or_default();
            let (latency, failed) = (count(used.latency_ms), used.failed.to_string());
            let model = used.model.as_deref().unwrap_or("");
            let used = [MODEL_CALL, model, &input, &output, &cost, &latency, &failed];
            derive_id(&[parts, &used].concat())
        }
    }
}
