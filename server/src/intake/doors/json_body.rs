//! Bodies that are one JSON value with events inside.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::sent::Sent;
use crate::intake::split::{split, without_byte_order_mark};
use crate::problem::{Problem, ProblemCode};

/// A body as text. Bytes that are no UTF-8 become U+FFFD: they are a matter of the text that holds them.
pub fn read_text(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(without_byte_order_mark(body))
}

/// A whole body.
///
/// # Errors
/// 400 when it is empty or no JSON.
pub fn read_json(body: &str) -> Result<&RawValue, Problem> {
    if body.trim_ascii().is_empty() {
        return Err(Problem::new(ProblemCode::BodyEmpty, "The body is empty."));
    }
    serde_json::from_str(body).map_err(|_| not_json())
}

/// The body is no JSON.
pub fn not_json() -> Problem {
    Problem::new(ProblemCode::JsonInvalid, "The body is not valid JSON. Nothing of it is stored.")
}

/// A whole body that is an object.
///
/// # Errors
/// 400 when it is empty, no JSON, or another value.
pub fn read_object(body: &str) -> Result<Sent<'_>, Problem> {
    Sent::parse(read_json(body)?.get().as_bytes())
        .ok_or_else(|| Problem::new(ProblemCode::NotAnObject, "The body is not a JSON object."))
}

/// The items of an array, at most as many as a request may have.
///
/// # Errors
/// 400 for any other value, 413 for more.
pub fn read_array(value: &RawValue) -> Result<Vec<&[u8]>, Problem> {
    if value.get().starts_with('[') { split(value.get().as_bytes()) } else { Err(batch_invalid()) }
}

/// There are no events where they have to be.
pub fn batch_invalid() -> Problem {
    Problem::new(ProblemCode::BatchInvalid, "The body has no array of events under batch.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf_8_harm_only_their_text() {
        let body = read_text(b"\xef\xbb\xbf{\"batch\": [\"\xff\", 1]}");
        let object = read_object(&body).unwrap();
        let items = read_array(object.find("batch").unwrap()).unwrap();
        assert_eq!(items, ["\"\u{fffd}\"".as_bytes(), b"1"]);
    }

    #[test]
    fn nesting_without_end_is_read_without_harm() {
        let deep = format!(r#"{{"a": {}{}}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(read_object(&deep).is_ok());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for body in ["", " ", "[]", "{", "{} {}", "1", "null", r#"{"a": }"#] {
            assert!(read_object(body).is_err(), "{body}");
        }
    }
}
