//! A JSON object as a client sent it, read field by field: what it says wrongly in one field harms no other.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::intake::json;

/// Longest name of something ignored, in bytes.
const MAX_NAME_BYTES: usize = 40;

/// Most fields of an object. A body of tiny ones would take many times its size in memory.
const MAX_FIELDS: usize = 10_000;

/// An object's fields by name. `null` is the same as absent, and the last of several wins.
#[derive(Debug, Default)]
pub struct Sent<'a>(BTreeMap<Name<'a>, &'a RawValue>);

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Borrow<str> for Name<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Sent<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields).map(Self)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = BTreeMap<Name<'de>, &'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of at most {MAX_FIELDS} fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            fields.insert(name, value);
            if fields.len() > MAX_FIELDS {
                return Err(A::Error::invalid_length(fields.len(), &self));
            }
        }
        Ok(fields)
    }
}

impl<'a> Sent<'a> {
    /// Reads an object; `None` for anything else, for what is not UTF-8, and for more than [`MAX_FIELDS`].
    pub fn parse(json: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// The names of the fields, `null` ones too, in the order of the alphabet.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &*name.0)
    }

    /// A field as it was sent.
    pub fn find(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied().filter(|value| value.get() != "null")
    }

    /// An object inside.
    pub fn object(&self, name: &str) -> Option<Self> {
        Self::parse(self.find(name)?.get().as_bytes())
    }

    /// The elements of an array inside, each as it was sent.
    pub fn array(&self, name: &str) -> Option<Vec<&'a RawValue>> {
        serde_json::from_str(self.find(name)?.get()).ok()
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        json::read_text(self.find(name)?)
    }

    /// An id: a text that is not empty, or a number as the very characters that were sent.
    pub fn id(&self, name: &str) -> Option<Cow<'a, str>> {
        json::read_text_or_number(self.find(name)?).filter(|id| !id.is_empty())
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Option<bool> {
        json::read_bool(self.find(name)?)
    }
}

/// The name under which something is ignored: the client's own, unless it is no name.
pub fn ignored_name(kind: &str) -> Cow<'static, str> {
    let is_name = !kind.is_empty() && kind.len() <= MAX_NAME_BYTES && !kind.chars().any(char::is_control);
    if is_name { Cow::Owned(kind.to_owned()) } else { Cow::Borrowed("unknown") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_of_too_many_fields_is_none() {
        let object = |count: usize| {
            let fields: Vec<_> = (0..count).map(|place| format!("\"{place}\":0")).collect();
            format!("{{{}}}", fields.join(","))
        };
        assert_eq!(Sent::parse(object(MAX_FIELDS).as_bytes()).unwrap().names().count(), MAX_FIELDS);
        assert!(Sent::parse(object(MAX_FIELDS + 1).as_bytes()).is_none());
    }

    #[test]
    fn a_field_is_read_alone_and_the_last_of_several_wins() {
        let json = br#"{"a": "x\u00e9", "a": "y", "b": null, "c": 12345678901234567890, "d": {"e": true}, "f": [1, "2"], "g": ""}"#;
        let sent = Sent::parse(json).unwrap();
        assert_eq!(sent.text("a").unwrap(), "y");
        assert!(sent.find("b").is_none() && sent.text("c").is_none() && sent.id("g").is_none());
        assert_eq!(sent.id("c").unwrap(), "12345678901234567890");
        assert_eq!(sent.object("d").unwrap().flag("e"), Some(true));
        assert_eq!(sent.array("f").unwrap().len(), 2);
        assert_eq!(sent.names().collect::<String>(), "abcdfg");
    }

    #[test]
    fn what_is_ignored_has_a_short_name() {
        assert_eq!(ignored_name("typing"), "typing");
        for name in ["", "a\u{7}", &"x".repeat(41)] {
            assert_eq!(ignored_name(name), "unknown");
        }
    }
}
