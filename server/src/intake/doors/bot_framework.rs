//! Bot Framework activities, as Dashbot's middleware and transcripts hold them.

use std::borrow::Cow;

use analytics::fact::Direction;
use analytics::written_time::Moment;

use super::moment::{at_or_as_sent, read_moment};
use super::sent::{Sent, ignored_name};
use crate::intake::item::derive_id::derive_id;
use crate::intake::item::direction_word;
use crate::intake::item::{Item, Value};
use crate::intake::translation::Translation;

/// What somebody knows of a message that the activity does not say.
#[derive(Debug, Default)]
pub struct Told {
    /// Who spoke.
    pub direction: Option<Direction>,
    /// The other side than the bot.
    pub user: Option<String>,
    /// What stands for the conversation where the activity names none.
    pub conversation: Option<String>,
    /// Whether another message of the conversation has the same id.
    pub repeats_id: bool,
    /// Whether the bot understood.
    pub handled: Option<bool>,
    /// What the bot understood.
    pub intent: Option<String>,
}

/// Which side of a conversation somebody is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A person.
    User,
    /// The bot, or a skill that speaks for it.
    Bot,
}

/// The role of a side, `from` or `recipient`: a word, or the number that Copilot Studio and the emulator write.
pub fn read_role(activity: &Sent<'_>, side: &str) -> Option<Role> {
    match activity.object(side)?.id("role")?.to_lowercase().as_str() {
        "user" | "1" => Some(Role::User),
        "bot" | "skill" | "0" => Some(Role::Bot),
        _ => None,
    }
}

/// Adds an activity. `told` is the direction where somebody else says it.
pub fn add_activity(
    index: usize,
    activity: &Sent<'_>,
    told: Option<Direction>,
    translation: &mut Translation,
) {
    match activity.text("type").as_deref() {
        Some("message") => {
            translation.push_apart(index, draft(activity, Told { direction: told, ..Told::default() }))
        }
        kind => translation.ignore(index, ignored_name(kind.unwrap_or_default())),
    }
}

/// Adds an activity that is a message.
pub fn add_message(index: usize, activity: &Sent<'_>, told: Told, translation: &mut Translation) {
    translation.push(index, &draft(activity, told));
}

fn draft<'a>(activity: &Sent<'a>, told: Told) -> Item<'a> {
    let direction = told.direction.unwrap_or_else(|| find_direction(activity));
    let user = match direction {
        Direction::Incoming => "from",
        Direction::Outgoing => "recipient",
    };
    let sent_at = activity.find("timestampMs").or_else(|| activity.find("timestamp"));
    let at = sent_at.and_then(read_moment);
    let named = || activity.object(user).and_then(|user| user.id("id")).map(Value::from);
    Item {
        id: find_id(activity, direction, at, &told).map(Into::into),
        user_id: told.user.map(Value::from).or_else(named),
        at: at_or_as_sent(at, sent_at),
        direction: Some(direction.into()),
        channel: find_channel(activity).map(Value::from),
        text: activity.find("text").map(Into::into),
        handled: told.handled.map(Value::from),
        intent: told.intent.map(Value::from),
        ..Item::default()
    }
}

/// Newer clients name a part of a channel behind a colon.
fn find_channel<'a>(activity: &Sent<'a>) -> Option<Cow<'a, str>> {
    let channel = activity.text("channelId")?;
    Some(match channel.split_once(':') {
        Some((channel, _)) => Cow::Owned(channel.to_owned()),
        None => channel,
    })
}

/// The side that says what it is decides. Only bots reply to an activity by its id, unless a button was pressed.
fn find_direction(activity: &Sent<'_>) -> Direction {
    match (read_role(activity, "from"), read_role(activity, "recipient")) {
        (Some(Role::User), _) => Direction::Incoming,
        (Some(Role::Bot), _) => Direction::Outgoing,
        (_, Some(Role::Bot)) if activity.find("replyToId").is_none() => Direction::Incoming,
        _ => Direction::Outgoing,
    }
}

/// Ids of activities are unique in a conversation only: many channels count them from 0. Where even that does not hold,
/// the time and the words are part of the id too.
fn find_id(activity: &Sent<'_>, direction: Direction, at: Option<Moment>, told: &Told) -> Option<String> {
    let channel = activity.text("channelId").unwrap_or_default();
    let conversation = activity.object("conversation").and_then(|conversation| conversation.id("id"));
    let conversation = conversation.unwrap_or_else(|| told.conversation.clone().unwrap_or_default().into());
    let text = activity.text("text").unwrap_or_default();
    let said = || Some([at?.as_us().to_string(), direction_word(direction).to_owned()]);
    let id = match activity.id("id") {
        Some(id) if told.repeats_id => {
            let [at, direction] = said()?;
            derive_id(&["bot_framework", &channel, &conversation, &id, &at, &direction, &text])
        }
        Some(id) => derive_id(&["bot_framework", &channel, &conversation, &id]),
        None => {
            let [at, direction] = said()?;
            derive_id(&["bot_framework", &channel, &conversation, &at, &direction, &text])
        }
    };
    id.ok().map(|id| id.as_str().to_owned())
}
