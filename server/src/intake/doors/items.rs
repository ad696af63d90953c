//! The items of a body that may hold one or many.

use serde_json::value::RawValue;

use super::json_body::{not_json, read_json};
use crate::intake::split::split;
use crate::problem::Problem;

/// What a body holds: the elements of an array, one object, or lines of JSON.
///
/// # Errors
/// 400 when the body is empty or nothing of it is JSON, 413 for too many items.
pub fn split_body(body: &str) -> Result<Vec<&[u8]>, Problem> {
    if body.trim_ascii_start().starts_with('[') {
        read_json(body)?;
    }
    let items = split(body.as_bytes())?;
    // A neighbour that can be read is worth storing; alone, an answer of success would say nothing.
    if let [alone] = items.as_slice() {
        serde_json::from_slice::<&RawValue>(alone).map_err(|_| not_json())?;
    }
    Ok(items)
}
