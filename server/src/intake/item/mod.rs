//! What any way in says of one message, event or model call: one table of fields, one reader, one writer.

pub mod derive_id;
mod fields;
pub mod nano;
mod parse;
mod read;
mod rejection;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use self::fields::{
    Field, Item, Kind, MAX_PROPERTIES_BYTES, MAX_TEXT_BYTES, MAX_WORD_BYTES, MESSAGE, MODEL_CALL,
};
pub use self::read::{ItemReader, MAX_AHEAD_MS, MAX_DEPTH, Strictness, is_word};
pub use self::rejection::Rejection;
pub use self::value::{Value, direction_word};
