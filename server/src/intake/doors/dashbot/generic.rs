//! Dashbot's own form, which most platforms use: `{userId, text, intent: {name}, dashbot_timestamp, …}`.

use std::borrow::Cow;

use analytics::ids::EventName;

use super::call::Call;
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::derive_id::derive_id;
use crate::intake::item::direction_word;
use crate::intake::item::{Item, Value};
use crate::intake::translation::Translation;

/// The intent of what was not understood.
const NOT_HANDLED: &str = "NotHandled";
/// The type of an event that has a name of its own.
const CUSTOM_EVENT: &str = "customEvent";

/// Adds a message.
pub(super) fn add_message(index: usize, sent: &Sent<'_>, call: &Call<'_>, translation: &mut Translation) {
    let Some(direction) = call.direction else { return translation.ignore(index, "all") };
    let intent = sent.object("intent").and_then(|intent| intent.text("name"));
    let is_unhandled = intent.as_deref() == Some(NOT_HANDLED);
    let text = sent.text("text").unwrap_or_default();
    let draft = Item {
        id: find_id(sent, direction_word(direction), &text),
        direction: Some(direction.into()),
        text: sent.find("text").map(Value::from),
        intent: intent.filter(|_| !is_unhandled).map(Value::from),
        handled: is_unhandled.then_some(false.into()),
        ..anything(sent, call)
    };
    translation.push(index, &draft);
}

/// Adds an event, under its name or else its type.
pub(super) fn add_event(index: usize, sent: &Sent<'_>, call: &Call<'_>, translation: &mut Translation) {
    let kind = sent.text("type").filter(|kind| kind != CUSTOM_EVENT);
    let name = |name: &Cow<'_, str>| EventName::parse(name.as_ref()).is_ok();
    let Some(name) = sent.text("name").filter(name).or(kind).filter(name) else {
        return translation.ignore(index, ignored_name(CUSTOM_EVENT));
    };
    let draft = Item {
        id: find_id(sent, "event", &name),
        r#type: Some(name.into()),
        value: sent.find("amount").map(Value::from),
        properties: sent.find("extraInfo").map(Value::from),
        ..anything(sent, call)
    };
    translation.push(index, &draft);
}

/// The conversation is left out: no client of Dashbot's says when it ends.
fn anything<'a>(sent: &Sent<'a>, call: &Call<'a>) -> Item<'a> {
    Item {
        user_id: sent.find("userId").map(Value::from),
        at: sent.find("dashbot_timestamp").map(Value::from),
        channel: Some(call.platform.into()),
        ..Item::default()
    }
}

/// Without a time of its own nothing tells a repeat from somebody who says the same again.
fn find_id(sent: &Sent<'_>, kind: &str, text: &str) -> Option<Value<'static>> {
    let at = sent.find("dashbot_timestamp")?.get();
    let user = sent.id("userId").unwrap_or_default();
    let conversation = sent.id("conversationId").unwrap_or_default();
    let id = derive_id(&["dashbot", &user, &conversation, at, kind, text]).ok()?;
    Some(id.as_str().to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_takes_the_time_for_a_repeat() {
        let id = |json: &str| find_id(&Sent::parse(json.as_bytes()).unwrap(), "incoming", "hi").is_some();
        assert!(id(r#"{"userId": 1, "dashbot_timestamp": 1767323045000}"#));
        assert!(!id(r#"{"userId": 1}"#));
    }
}
