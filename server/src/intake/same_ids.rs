//! Items of one request under one id. Mostly one of them was sent twice; but some clients make ids of the time, and two
//! items of one moment have the same.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::item::derive_id::derive_id;
use super::item::{Item, Value};

/// What the first item under each id says.
#[derive(Debug, Default)]
pub struct SameIds {
    hashes: RandomState,
    first: HashMap<u64, u64>,
}

impl SameIds {
    /// An id for an item that says something else than the first with its id: the same one whenever it is sent. `None` for
    /// all others.
    pub fn tell_apart(&mut self, item: &Item<'_>) -> Option<String> {
        let id = item.id.as_ref()?.as_id()?;
        let hash = self.hashes.hash_one(said(item).map(Said::of));
        let first = *self.first.entry(self.hashes.hash_one(&id)).or_insert(hash);
        if first == hash {
            return None;
        }
        let content = said(item).map(|value| value.map(Value::to_json).unwrap_or_default());
        let parts: Vec<&str> =
            ["same_id", &id].into_iter().chain(content.iter().map(AsRef::as_ref)).collect();
        derive_id(&parts).ok().map(|id| id.as_str().to_owned())
    }
}

/// Who says what. The time is not part of it: it may be corrected a little differently each time the item is sent.
fn said<'a>(item: &'a Item<'a>) -> [Option<&'a Value<'a>>; 5] {
    [&item.user_id, &item.r#type, &item.direction, &item.text, &item.properties].map(Option::as_ref)
}

/// What is compared of a value: the characters of a text, however they were sent, and of anything else the JSON.
#[derive(Hash)]
enum Said<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Json(Cow<'a, str>),
}

impl<'a> Said<'a> {
    fn of(value: Option<&'a Value<'a>>) -> Self {
        let Some(value) = value else { return Self::Nothing };
        value.as_text().map_or_else(|| Self::Json(value.to_json()), Self::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item<'a>(id: &'a str, user: &'a str, text: &'a str) -> Item<'a> {
        Item { id: Some(id.into()), user_id: Some(user.into()), text: Some(text.into()), ..Item::default() }
    }

    #[test]
    fn only_what_says_something_else_gets_an_id_of_its_own() {
        let mut ids = SameIds::default();
        assert_eq!(ids.tell_apart(&item("1", "ada", "hi")), None);
        assert_eq!(ids.tell_apart(&item("1", "ada", "hi")), None);
        assert_eq!(ids.tell_apart(&item("2", "ada", "ho")), None);
        assert_eq!(ids.tell_apart(&Item::default()), None);
        let other = ids.tell_apart(&item("1", "ada", "ho")).unwrap();
        let of_eve = ids.tell_apart(&item("1", "eve", "hi")).unwrap();
        assert_ne!(other, of_eve);
        let mut again = SameIds::default();
        again.tell_apart(&item("1", "ada", "hi"));
        assert_eq!(again.tell_apart(&item("1", "ada", "ho")).unwrap(), other);
    }
}
