//! An item in JSON: its fields are found and not yet read, so that one bad field has a code of its own.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::{Field, Item};
use super::value::Value;
use crate::intake::json::Text;

impl<'a> Item<'a> {
    /// Finds the fields of an object. `null` is the same as absent, the last of several wins, unknown ones are ignored.
    /// `None` for anything but an object in UTF-8.
    pub fn parse(json: &'a [u8]) -> Option<Self> {
        serde_json::from_str(std::str::from_utf8(json).ok()?).ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Item<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut item = Item::default();
        while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            if let Some(field) = Field::from_word(&name) {
                item.set(field, (value.get() != "null").then_some(Value::Raw(value)));
            }
        }
        Ok(item)
    }
}
