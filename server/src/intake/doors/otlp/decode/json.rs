//! Finds the spans of a request in JSON, without building anything.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::found::{Found, MAX_MEMBERS, not_readable, too_many_members};
use crate::intake::MAX_EVENTS;
use crate::problem::Problem;

/// The members that lead to spans, from the outside in.
const PATH: [&str; 3] = ["resourceSpans", "scopeSpans", "spans"];
/// The same as some writers have them.
const SNAKE_PATH: [&str; 3] = ["resource_spans", "scope_spans", "spans"];
/// An attribute in JSON is written with so many brackets and commas.
const MARKS_OF_A_MEMBER: usize = 4;

pub(super) fn find_spans(body: &[u8]) -> Result<Found<'_>, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| not_readable())?;
    let mut found = Found::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Holder { path: &PATH, found: &mut found }.deserialize(&mut json).and_then(|()| json.end());
    if found.spans.len() > MAX_EVENTS {
        return Err(Problem::too_many_items());
    }
    read.map_err(|_| not_readable())?;
    let mut pieces = found.spans.iter().map(|(span, _)| span).chain(&found.resources);
    if pieces.any(|piece| count_marks(piece) > MAX_MEMBERS * MARKS_OF_A_MEMBER) {
        return Err(too_many_members());
    }
    Ok(found)
}

/// Opening brackets and commas outside of texts: there are at least as many as values.
fn count_marks(json: &[u8]) -> usize {
    let (mut marks, mut in_text, mut is_escaped) = (0, false, false);
    for &byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' | b',' if !in_text => marks += 1,
            _ => {}
        }
    }
    marks
}

/// An object that holds a list under the first name of a path. `null` in its place is the same as nothing.
struct Holder<'s, 'a> {
    path: &'static [&'static str],
    found: &'s mut Found<'a>,
}

impl Holder<'_, '_> {
    /// Whether the list stands under this name.
    fn is_wanted(&self, name: &str) -> bool {
        let depth = PATH.len() - self.path.len();
        self.path.first().is_some_and(|wanted| *wanted == name) || SNAKE_PATH.get(depth) == Some(&name)
    }

    /// Whether the object may hold what is said of a process.
    fn holds_resource(&self) -> bool {
        self.path.len() + 1 == PATH.len()
    }
}

/// The list: of objects that lead on, or of spans.
struct List<'s, 'a>(Holder<'s, 'a>);

impl<'a> DeserializeSeed<'a> for Holder<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Holder<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<(), A::Error> {
        let (first, mut resource) = (self.found.spans.len(), None);
        while let Some(name) = members.next_key::<Name<'a>>()? {
            if self.is_wanted(&name.0) {
                members.next_value_seed(List(Holder { path: self.path, found: &mut *self.found }))?;
            } else if self.holds_resource() && name.0 == "resource" {
                resource = members.next_value::<Option<&'a RawValue>>()?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        self.found.set_resource(first, resource.map(|resource| resource.get().as_bytes()));
        Ok(())
    }
}

impl<'a> DeserializeSeed<'a> for List<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for List<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut members: A) -> Result<(), A::Error> {
        let Holder { path, found } = self.0;
        let inner = path.get(1..).unwrap_or_default();
        if !inner.is_empty() {
            while members.next_element_seed(Holder { path: inner, found: &mut *found })?.is_some() {}
            return Ok(());
        }
        while let Some(span) = members.next_element::<&'a RawValue>()? {
            found.spans.push((span.get().as_bytes(), None));
            if found.spans.len() > MAX_EVENTS {
                return Err(A::Error::custom("too many spans"));
            }
        }
        Ok(())
    }
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Result<Vec<&str>, &'static str> {
        let found = find_spans(body.as_bytes()).map_err(|problem| problem.code())?;
        Ok(found.spans.into_iter().map(|(span, _)| std::str::from_utf8(span).unwrap()).collect())
    }

    #[test]
    fn a_span_has_the_resource_that_stands_beside_its_list_before_it_or_behind() {
        let body = r#"{"resourceSpans": [{"resource": {"a": 1}, "scopeSpans": [{"spans": [{}, {}]}]},
            {"scopeSpans": [{"spans": [{}]}], "resource": {"b": 2}}, {"resource": {"c": 3}}, {"resource": null,
            "scopeSpans": [{"spans": [{}]}]}]}"#;
        let found = find_spans(body.as_bytes()).unwrap();
        let places: Vec<_> = found.spans.iter().map(|(_, place)| *place).collect();
        assert_eq!(places, [Some(0), Some(0), Some(1), None]);
        assert_eq!(found.resources, [br#"{"a": 1}"#, br#"{"b": 2}"#]);
    }

    #[test]
    fn spans_are_found_in_all_scopes() {
        let body = r#"{"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"spans": [{"a": 1}, {}]},
            {"scope": {}, "spans": null}, {"spans": [{"b": [2]}]}]}, {"scopeSpans": null}, null]}"#;
        assert_eq!(found(body).unwrap(), [r#"{"a": 1}"#, "{}", r#"{"b": [2]}"#]);
        assert!(found("{}").unwrap().is_empty());
    }

    #[test]
    fn empty_spans_are_counted_before_they_are_built() {
        let spans = "{},".repeat(1_000_000);
        let body = format!(r#"{{"resourceSpans": [{{"scopeSpans": [{{"spans": [{spans}{{}}]}}]}}]}}"#);
        assert_eq!(found(&body), Err("too_many_items"));
    }

    #[test]
    fn members_of_a_span_are_counted() {
        let body =
            |span: &str| format!(r#"{{"resourceSpans": [{{"scopeSpans": [{{"spans": [{span}]}}]}}]}}"#);
        let attributes = "{},".repeat(1_000_000);
        let numbers = "0,".repeat(1_000_000);
        assert_eq!(found(&body(&format!(r#"{{"attributes": [{attributes}{{}}]}}"#))), Err("span_too_large"));
        assert_eq!(found(&body(&format!(r#"{{"attributes": [{numbers}0]}}"#))), Err("span_too_large"));
        let text = format!(r#"{{"name": "{attributes}"}}"#);
        assert_eq!(found(&body(&text)).unwrap(), [text]);
    }

    #[test]
    fn another_value_in_the_place_of_a_list_is_refused() {
        for body in ["", "[]", "7", "{", r#"{"resourceSpans": {}}"#, r#"{"resourceSpans": [7]}"#, "{} {}"] {
            assert_eq!(found(body), Err("otlp_invalid"), "{body}");
        }
        assert_eq!(find_spans(b"\xff").unwrap_err().code(), "otlp_invalid");
    }
}
