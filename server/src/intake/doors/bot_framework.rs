//! Bot Framework activities, as Dashbot's middleware and transcripts hold them.

use std::borrow::Cow;

use analytics::fact::Direction;

use super::moment::{Moment, at_or_as_sent};
use super::sent::{Sent, ignored_name};
use crate::intake::item::Item;
use crate::intake::item::derive_id::derive_id;
use crate::intake::item::direction_word;
use crate::intake::translation::Translation;

/// Adds an activity. `told` is the direction where somebody else says it.
pub fn add_activity(
    index: usize,
    activity: &Sent<'_>,
    told: Option<Direction>,
    translation: &mut Translation,
) {
    match activity.text("type").as_deref() {
        Some("message") => translation.push(index, &draft(activity, told)),
        kind => translation.ignore(index, ignored_name(kind.unwrap_or_default())),
    }
}

fn draft<'a>(activity: &Sent<'a>, told: Option<Direction>) -> Item<'a> {
    let direction = told.unwrap_or_else(|| find_direction(activity));
    let user = match direction {
        Direction::Incoming => "from",
        Direction::Outgoing => "recipient",
    };
    let sent_at = activity.find("timestamp");
    let at = sent_at.and_then(Moment::of_seconds);
    Item {
        id: find_id(activity, direction, at).map(Into::into),
        user_id: activity.object(user).and_then(|user| user.id("id")).map(Into::into),
        at: at_or_as_sent(at, sent_at),
        direction: Some(direction.into()),
        channel: activity.find("channelId").map(Into::into),
        text: activity.find("text").map(Into::into),
        ..Item::default()
    }
}

/// The side that says what it is decides. Transcripts mark users only, and only bots reply to an activity by its id.
fn find_direction(activity: &Sent<'_>) -> Direction {
    let role = |side: &str| activity.object(side).and_then(|side| side.text("role"));
    match (role("from").as_deref(), role("recipient").as_deref()) {
        (Some("user"), _) => Direction::Incoming,
        (Some("bot" | "skill"), _) => Direction::Outgoing,
        (_, Some("bot" | "skill")) if activity.find("replyToId").is_none() => Direction::Incoming,
        _ => Direction::Outgoing,
    }
}

/// Ids of activities are unique in a conversation only: many channels count them from 0.
fn find_id(activity: &Sent<'_>, direction: Direction, at: Option<Moment>) -> Option<String> {
    let channel = activity.text("channelId").unwrap_or_default();
    let conversation = activity.object("conversation").and_then(|conversation| conversation.id("id"));
    let conversation = conversation.unwrap_or(Cow::Borrowed(""));
    let id = match activity.id("id") {
        Some(id) => derive_id(&["bot_framework", &channel, &conversation, &id]),
        None => {
            let text = activity.text("text").unwrap_or_default();
            let at = at?.as_us().to_string();
            derive_id(&["bot_framework", &channel, &conversation, &at, direction_word(direction), &text])
        }
    };
    id.ok().map(|id| id.as_str().to_owned())
}
