//! Slack's messages inside of Dashbot's form: `{team, bot, message: {type, user, channel, ts, text}}`.

use std::borrow::Cow;

use analytics::fact::Direction;
use analytics::written_time::Moment;

use super::call::Call;
use crate::intake::doors::moment::at_or_as_sent;
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::derive_id::derive_id;
use crate::intake::item::{Item, Value};
use crate::intake::translation::Translation;

/// Adds a message. What Slack tells besides (that somebody joined, or typed) is none.
pub(super) fn add_message(index: usize, sent: &Sent<'_>, call: &Call<'_>, translation: &mut Translation) {
    let Some(message) = sent.object("message") else { return translation.ignore(index, "slack") };
    let kind = message.text("type").unwrap_or(Cow::Borrowed("message"));
    let (Some(direction), "message") = (call.direction, &*kind) else {
        return translation.ignore(index, ignored_name(&kind));
    };
    let sent_at = message.find("ts");
    let draft = Item {
        id: find_id(&message),
        user_id: find_user(sent, &message, direction).map(Value::from),
        at: at_or_as_sent(message.text("ts").and_then(|seconds| Moment::of_number(&seconds)), sent_at),
        direction: Some(direction.into()),
        channel: Some(call.platform.into()),
        text: message.find("text").map(Value::from),
        ..Item::default()
    };
    translation.push(index, &draft);
}

/// What a bot says names no person: the place where it is said stands for those who are there.
fn find_user<'a>(sent: &Sent<'a>, message: &Sent<'a>, direction: Direction) -> Option<Cow<'a, str>> {
    let bot = sent.object("bot").and_then(|bot| bot.id("id"));
    let user =
        message.id("user").filter(|user| direction == Direction::Incoming || Some(user) != bot.as_ref());
    user.or_else(|| message.id("channel").filter(|_| direction == Direction::Outgoing))
}

/// A message's time names it within its channel.
fn find_id(message: &Sent<'_>) -> Option<Value<'static>> {
    let id = derive_id(&["slack", &message.id("channel")?, &message.id("ts")?]).ok()?;
    Some(id.as_str().to_owned().into())
}
