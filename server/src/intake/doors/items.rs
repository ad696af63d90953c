//! The items of a body that may hold one or many.

use http::StatusCode;
use serde_json::value::RawValue;

use crate::intake::split;
use crate::problem::Problem;

/// What a body holds: the elements of an array, one object, or lines of JSON.
///
/// # Errors
/// 400 when the body is empty or nothing of it is JSON, 413 for too many items.
pub fn split_body(body: &[u8]) -> Result<Vec<&[u8]>, Problem> {
    let items = split::split(body)?;
    let is_json = |item: &[u8]| serde_json::from_slice::<&RawValue>(item).is_ok();
    // A neighbour that can be read is worth storing; alone, an answer of success would say nothing.
    match items.as_slice() {
        [alone] if !is_json(alone) => Err(not_json()),
        _ => Ok(items),
    }
}

/// The body is no JSON.
pub fn not_json() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "json_invalid", "The body is not valid JSON. Nothing of it is stored.")
}
