//! A body becomes items, which stay unparsed here: one bad item cannot harm its neighbours.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::MAX_EVENTS;
use crate::problem::{Problem, ProblemCode};

/// The mark that some editors begin a file with.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The items of a body: of an array, of one object, or of lines.
///
/// # Errors
/// 400 for an empty body and a broken array, 413 above [`MAX_EVENTS`] items.
pub fn split(body: &[u8]) -> Result<Vec<&[u8]>, Problem> {
    let body = without_byte_order_mark(body).trim_ascii();
    match body.first() {
        None => Err(Problem::new(ProblemCode::BodyEmpty, "The body is empty.")),
        Some(b'[') => split_array(body),
        Some(_) if is_one_object(body) => Ok(vec![body]),
        Some(_) => split_lines(body),
    }
}

/// A text without [`BYTE_ORDER_MARK`].
pub fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// What is not UTF-8 is a matter of the item that holds it.
fn split_array(body: &[u8]) -> Result<Vec<&[u8]>, Problem> {
    let text = std::str::from_utf8(body).map_or_else(|_| Cow::Owned(mask(body)), Cow::Borrowed);
    let mut items = Vec::new();
    let mut json = serde_json::Deserializer::from_str(&text);
    let read = Items(&mut items).deserialize(&mut json).and_then(|()| json.end());
    if items.len() > MAX_EVENTS {
        return Err(Problem::too_many_items());
    }
    read.map_err(|error| {
        let detail = format!("The array is not valid JSON ({error}). Nothing of it is stored.");
        Problem::new(ProblemCode::ArrayInvalid, detail)
    })?;
    let place = |item: &[u8]| item.as_ptr().addr() - text.as_ptr().addr();
    Ok(items.into_iter().map(|item| &body[place(item)..place(item) + item.len()]).collect())
}

/// A text of the same shape: every byte that is not ASCII becomes a question mark, so that items stay where they are.
fn mask(body: &[u8]) -> String {
    body.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect()
}

/// Cheap for many lines too: reading stops behind the first object.
fn is_one_object(body: &[u8]) -> bool {
    body.starts_with(b"{") && serde_json::from_slice::<&RawValue>(body).is_ok()
}

fn split_lines(body: &[u8]) -> Result<Vec<&[u8]>, Problem> {
    let lines = body.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let items: Vec<_> = lines.take(MAX_EVENTS + 1).collect();
    if items.len() > MAX_EVENTS { Err(Problem::too_many_items()) } else { Ok(items) }
}

/// Collects an array's items, and gives up as soon as there are too many.
struct Items<'items, 'body>(&'items mut Vec<&'body [u8]>);

impl<'body> DeserializeSeed<'body> for Items<'_, 'body> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'body>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'body> Visitor<'body> for Items<'_, 'body> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'body>>(self, mut array: A) -> Result<(), A::Error> {
        while let Some(item) = array.next_element::<&RawValue>()? {
            self.0.push(item.get().as_bytes());
            if self.0.len() > MAX_EVENTS {
                return Err(A::Error::custom("too many events"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(body: &[u8]) -> Vec<String> {
        split(body).unwrap().into_iter().map(|item| String::from_utf8_lossy(item).into_owned()).collect()
    }

    fn is_refused(body: &[u8]) -> bool {
        split(body).is_err()
    }

    #[test]
    fn an_array_holds_its_elements_as_they_were_sent() {
        assert_eq!(items(br#" [{"a": 1}, 2 ,"x"] "#), [r#"{"a": 1}"#, "2", r#""x""#]);
        assert!(items(b"[]").is_empty());
    }

    #[test]
    fn what_is_not_utf_8_harms_no_neighbour() {
        let body = b"[{\"a\": \"\xc3\xa9\"}, \"\xff\", {\"b\": 1}]";
        let expected: [&[u8]; 3] = [b"{\"a\": \"\xc3\xa9\"}", b"\"\xff\"", b"{\"b\": 1}"];
        assert_eq!(split(body).unwrap(), expected);
        assert!(is_refused(b"[\xff]"));
    }

    #[test]
    fn one_object_may_span_lines() {
        assert_eq!(items(b"{\n\"a\": 1\n}\n"), ["{\n\"a\": 1\n}"]);
    }

    #[test]
    fn lines_are_items_and_blank_lines_are_none() {
        assert_eq!(items(b"{\"a\":1}\r\n\n{\"a\":2}\nbroken"), [r#"{"a":1}"#, r#"{"a":2}"#, "broken"]);
    }

    #[test]
    fn a_byte_order_mark_is_not_content() {
        assert_eq!(items(b"\xef\xbb\xbf[1]"), ["1"]);
    }

    #[test]
    fn an_empty_body_and_a_broken_array_are_refused() {
        for body in [b"".as_slice(), b" \n", b"[", b"[1,]", b"[1] 2", b"[{\"a\":]"] {
            assert!(is_refused(body), "{body:?}");
        }
    }

    #[test]
    fn nesting_however_deep_splits_without_harm() {
        let deep = format!("[{}{}]", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(split(deep.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn more_than_ten_thousand_are_too_many() {
        let array = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        assert_eq!(split(array(MAX_EVENTS).as_bytes()).unwrap().len(), MAX_EVENTS);
        assert!(is_refused(array(MAX_EVENTS + 1).as_bytes()));
        assert!(is_refused("1\n".repeat(MAX_EVENTS + 1).as_bytes()));
    }
}
