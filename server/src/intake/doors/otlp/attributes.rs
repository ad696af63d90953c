//! The attributes of one span, and what they say.

use data_encoding::BASE64;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use serde_json::{Map, Value};

use super::names::{METADATA, Names, OBJECTS};
use crate::intake::nothing::is_nothing;

/// What stands in an attribute in place of a value that nobody shall see, in lower case.
const MASKS: [&str; 3] = ["__redacted__", "<redacted>", "redacted-by-litellm"];
/// What Logfire writes over a value whose name looks like a secret's begins with this.
const SCRUBBED: &str = "[scrubbed due to ";

/// The attributes of one span, or of the process that it comes from.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    all: &'a [KeyValue],
    /// In the order of [`sort_key`].
    by_key: Vec<(&'a str, Option<&'a Any>)>,
}

/// Keys of other lengths are told apart without looking at them: a span is asked for a hundred keys, and has a few.
fn sort_key(key: &str) -> (usize, &str) {
    (key.len(), key)
}

impl<'a> Attributes<'a> {
    /// Of several attributes of one name the first counts.
    pub(super) fn new(all: &'a [KeyValue]) -> Self {
        let value = |attribute: &'a KeyValue| attribute.value.as_ref()?.value.as_ref();
        let mut by_key: Vec<_> =
            all.iter().map(|attribute| (attribute.key.as_str(), value(attribute))).collect();
        by_key.sort_by_key(|(key, _)| sort_key(key));
        by_key.dedup_by_key(|(key, _)| *key);
        Self { all, by_key }
    }

    /// Everything, in its order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a Any)> {
        pairs(self.all)
    }

    /// The value of one.
    pub(super) fn find(&self, key: &str) -> Option<&'a Any> {
        self.by_key[self.place(key)?].1
    }

    /// Whether one of these is there, with a value or without: JavaScript writes a number that is none as `null`.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.place(key).is_some())
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.by_key.binary_search_by_key(&sort_key(key), |(key, _)| sort_key(key)).ok()
    }

    /// The first of these that says something.
    pub(super) fn find_text(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| read_name(self.find(key)?))
    }

    /// The name of a person, a conversation or a channel.
    pub(super) fn find_name(&self, names: &Names) -> Option<String> {
        let own = self.find_text(names.own);
        let in_metadata = || self.find_in_metadata(names.words);
        let in_objects = || OBJECTS.iter().find_map(|key| find_member(&self.find_json(key)?, names.words));
        let in_requests = || {
            let mut found =
                names.inside.iter().filter_map(|(key, way)| find_inside(&self.find_json(key)?, way));
            found.next()
        };
        let told = own.or_else(in_metadata).or_else(in_objects);
        told.or_else(|| self.find_text(names.weak)).or_else(in_requests)
    }

    /// One pass over all: each of the prefixes with each of the words would be a hundred look-ups.
    fn find_in_metadata(&self, words: &[&str]) -> Option<String> {
        let rank = |key: &str| {
            let named = METADATA.iter().enumerate();
            named.filter_map(|(rank, prefix)| Some((rank, key.strip_prefix(prefix)?))).find_map(
                |(rank, word)| Some((rank, words.iter().position(|known| is_same_word(known, word))?)),
            )
        };
        let ranked = self.iter().filter_map(|(key, value)| Some((rank(key)?, read_name(value)?)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, name)| name)
    }

    /// An attribute that holds JSON as text, or is built alike.
    pub(super) fn find_json(&self, key: &str) -> Option<Value> {
        match self.find(key)? {
            Any::StringValue(text) => serde_json::from_str(text).ok(),
            value => Some(to_json(value)),
        }
    }
}

fn pairs(all: &[KeyValue]) -> impl Iterator<Item = (&str, &Any)> {
    all.iter()
        .filter_map(|attribute| Some((attribute.key.as_str(), attribute.value.as_ref()?.value.as_ref()?)))
}

fn find_member(object: &Value, words: &[&str]) -> Option<String> {
    let members = object.as_object()?;
    words.iter().find_map(|word| {
        let mut named = members.iter().filter(|(name, _)| is_same_word(word, name));
        named.find_map(|(_, value)| name_of(value))
    })
}

/// Whether authors of bots mean the same by two words: `userId`, `user_id`, `userID`.
fn is_same_word(known: &str, word: &str) -> bool {
    let letters = |word: &'_ str| {
        let letters: Vec<u8> = word.bytes().filter(|byte| !b"_-.".contains(byte)).collect();
        letters.to_ascii_lowercase()
    };
    known == word || letters(known) == letters(word)
}

/// A name behind members with points between them: `metadata.user_id`.
fn find_inside(object: &Value, way: &str) -> Option<String> {
    name_of(way.split('.').try_fold(object, |inside, member| inside.get(member))?)
}

fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => clean(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A text, or a number as text; `None` where it says nothing.
pub(super) fn read_name(value: &Any) -> Option<String> {
    read_text(value).and_then(clean)
}

/// Several clients write a text as JSON, in quotes.
fn clean(text: String) -> Option<String> {
    let quoted = text.starts_with('"').then(|| serde_json::from_str::<String>(&text).ok()).flatten();
    let text = quoted.unwrap_or(text);
    Some(text.trim()).filter(|text| !is_placeholder(text)).map(str::to_owned)
}

fn is_placeholder(text: &str) -> bool {
    is_nothing(text)
        || MASKS.iter().any(|mask| text.eq_ignore_ascii_case(mask))
        || text.get(..SCRUBBED.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCRUBBED))
}

/// A text, or a number as text.
pub(super) fn read_text(value: &Any) -> Option<String> {
    match value {
        Any::StringValue(text) => Some(text.clone()),
        Any::IntValue(number) => Some(number.to_string()),
        // JavaScript's numbers are all of this kind.
        Any::DoubleValue(number) if number.is_finite() => Some(number.to_string()),
        _ => None,
    }
}

/// A value as JSON.
pub(super) fn to_json(value: &Any) -> Value {
    let nested = |value: &AnyValue| value.value.as_ref().map_or(Value::Null, to_json);
    match value {
        Any::StringValue(text) => Value::from(text.as_str()),
        Any::BoolValue(flag) => Value::from(*flag),
        Any::IntValue(number) => Value::from(*number),
        Any::DoubleValue(number) => Value::from(*number),
        Any::BytesValue(bytes) => Value::from(BASE64.encode(bytes)),
        Any::ArrayValue(array) => array.values.iter().map(nested).collect(),
        Any::KvlistValue(list) => {
            let member =
                |pair: &KeyValue| (pair.key.clone(), pair.value.as_ref().map_or(Value::Null, nested));
            Value::Object(list.values.iter().map(member).collect::<Map<_, _>>())
        }
        Any::StringValueStrindex(_) => Value::Null,
    }
}
