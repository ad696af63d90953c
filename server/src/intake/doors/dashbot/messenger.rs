//! Messenger's webhook, `{entry: [{messaging: [{sender, recipient, timestamp, message}]}]}`, and what a bot posts to
//! Messenger, `{json: {recipient, message}, responseBody: {message_id}}`.

use analytics::fact::Direction;
use serde_json::value::RawValue;

use super::call::Call;
use crate::intake::doors::sent::Sent;
use crate::intake::item::{Item, Value};
use crate::intake::translation::Translation;

/// Adds every message of a webhook, or the one that was posted.
pub(super) fn add_messages(index: usize, sent: &Sent<'_>, call: &Call<'_>, translation: &mut Translation) {
    let Some(entries) = sent.array("entry") else {
        return add_posted(index, sent, call, translation);
    };
    let entries = entries.into_iter().filter_map(parse);
    for message in entries.filter_map(|entry| entry.array("messaging")).flatten().filter_map(parse) {
        add_received(index, &message, call, translation);
    }
}

/// A tap on a button says what stands on it. Deliveries and readings are no messages.
fn add_received(index: usize, sent: &Sent<'_>, call: &Call<'_>, translation: &mut Translation) {
    let postback = || Some((sent.object("postback")?, "title"));
    let Some((message, text)) = sent.object("message").map(|message| (message, "text")).or_else(postback)
    else {
        let other =
            ["delivery", "read", "reaction", "referral"].into_iter().find(|name| sent.find(name).is_some());
        return translation.ignore(index, other.unwrap_or("facebook"));
    };
    let is_echo = message.flag("is_echo") == Some(true);
    let direction = if is_echo { Direction::Outgoing } else { Direction::Incoming };
    let user = if is_echo { "recipient" } else { "sender" };
    let draft = Item {
        id: message.id("mid").map(Value::from),
        user_id: sent.object(user).and_then(|user| user.id("id")).map(Value::from),
        at: sent.find("timestamp").map(Value::from),
        direction: Some(direction.into()),
        channel: Some(call.platform.into()),
        text: message.find(text).map(Value::from),
        ..Item::default()
    };
    translation.push(index, &draft);
}

fn add_posted(index: usize, sent: &Sent<'_>, call: &Call<'_>, translation: &mut Translation) {
    let posted = sent.object("json");
    let Some(message) = posted.as_ref().and_then(|posted| posted.object("message")) else {
        return translation.ignore(index, "facebook");
    };
    let recipient = posted.as_ref().and_then(|posted| posted.object("recipient"));
    let answer = sent.object("responseBody");
    let draft = Item {
        id: answer.as_ref().and_then(|answer| answer.id("message_id")).map(Value::from),
        user_id: recipient.and_then(|recipient| recipient.id("id")).map(Value::from),
        at: sent.find("dashbot_timestamp").map(Value::from),
        direction: Some(Direction::Outgoing.into()),
        channel: Some(call.platform.into()),
        text: message.find("text").map(Value::from),
        ..Item::default()
    };
    translation.push(index, &draft);
}

fn parse(raw: &RawValue) -> Option<Sent<'_>> {
    Sent::parse(raw.get().as_bytes())
}
