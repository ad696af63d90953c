//! Who is the bot in a transcript, where its messages do not say it: the same ids appear in other activities too, and
//! some of those only a channel or only a bot sends.

use std::collections::HashSet;

use analytics::fact::Direction;

use crate::intake::doors::bot_framework::{Role, read_role};
use crate::intake::doors::sent::Sent;

/// Ids that are known to be of one side.
#[derive(Debug, Default)]
pub(super) struct Sides {
    bots: HashSet<String>,
    people: HashSet<String>,
    /// Whether it cannot be told who is the bot, as nobody replies to a message by its id.
    is_undecided: bool,
}

/// Ids of one activity.
struct Ends<'a> {
    from: Option<std::borrow::Cow<'a, str>>,
    recipient: Option<std::borrow::Cow<'a, str>>,
}

impl<'a> Ends<'a> {
    fn of(activity: &Sent<'a>) -> Self {
        let id = |side: &str| activity.object(side).and_then(|side| side.id("id"));
        Self { from: id("from"), recipient: id("recipient") }
    }
}

impl Sides {
    /// Learns from all activities of a transcript. `bot_names` are ids or names that somebody tells.
    pub(super) fn learn<'a>(activities: &[Sent<'a>], bot_names: &[String]) -> Self {
        let mut sides = Self::default();
        for activity in activities {
            sides.learn_names(activity, bot_names);
            // An event may be sent in the name of either side.
            if activity.text("type").as_deref() != Some("event") {
                sides.learn_roles(activity);
                sides.learn_kinds(activity);
            }
        }
        // Whoever talks to a known side is of the other; what one message so tells may tell another one.
        for _ in 0..2 {
            messages(activities).for_each(|activity| sides.learn_other_side(activity));
        }
        sides.learn_two_without_recipients(activities);
        sides.is_undecided = sides.are_both_people(activities);
        sides
    }

    /// The direction of a message, as far as it can be known.
    pub(super) fn direction(&self, message: &Sent<'_>) -> Option<Direction> {
        let guess = || Self::guess(message).filter(|_| !self.is_undecided);
        self.known_direction(message).or_else(guess)
    }

    /// Whether two who write to each other would both be people: then one of them is the bot, and nobody knows which.
    fn are_both_people(&self, activities: &[Sent<'_>]) -> bool {
        let is_guessed = |message: &&Sent<'_>| {
            self.known_direction(message).is_none() && Self::guess(message) == Some(Direction::Incoming)
        };
        let ends: Vec<_> = messages(activities).filter(is_guessed).map(Ends::of).collect();
        let senders: HashSet<_> = ends.iter().filter_map(|ends| ends.from.as_deref()).collect();
        ends.iter().filter_map(|ends| ends.recipient.as_deref()).any(|id| senders.contains(id))
    }

    /// The direction, where roles, names or ids tell it.
    fn known_direction(&self, message: &Sent<'_>) -> Option<Direction> {
        let ends = Ends::of(message);
        let is_in = |ids: &HashSet<String>, id: &Option<std::borrow::Cow<'_, str>>| {
            id.as_deref().is_some_and(|id| ids.contains(id))
        };
        match (read_role(message, "from"), read_role(message, "recipient")) {
            (Some(Role::User), _) => Some(Direction::Incoming),
            (Some(Role::Bot), _) => Some(Direction::Outgoing),
            _ if is_in(&self.bots, &ends.from) => Some(Direction::Outgoing),
            _ if is_in(&self.people, &ends.from) => Some(Direction::Incoming),
            (_, Some(Role::Bot)) => Some(Direction::Incoming),
            (_, Some(Role::User)) => Some(Direction::Outgoing),
            _ if is_in(&self.bots, &ends.recipient) => Some(Direction::Incoming),
            _ if is_in(&self.people, &ends.recipient) => Some(Direction::Outgoing),
            _ => None,
        }
    }

    /// The direction, by whether a message replies to another.
    fn guess(message: &Sent<'_>) -> Option<Direction> {
        // A pressed button replies to the card it stands on, and in a thread everybody replies to its root.
        let replies =
            message.id("replyToId").is_some() && message.find("value").is_none() && !is_in_thread(message);
        if replies {
            Some(Direction::Outgoing)
        } else if message.id("replyToId").is_none() && Ends::of(message).recipient.is_some() {
            Some(Direction::Incoming)
        } else {
            None
        }
    }

    /// Whether an id is known to be the bot's.
    pub(super) fn is_bot(&self, id: &str) -> bool {
        self.bots.contains(id)
    }

    fn learn_names(&mut self, activity: &Sent<'_>, bot_names: &[String]) {
        for side in ["from", "recipient"] {
            let Some(side) = activity.object(side) else { continue };
            let is_named =
                |name: &str| side.text(name).is_some_and(|name| bot_names.iter().any(|bot| *bot == name));
            if let Some(id) = side.id("id").filter(|_| is_named("id") || is_named("name")) {
                self.bots.insert(id.into_owned());
            }
        }
    }

    fn learn_roles(&mut self, activity: &Sent<'_>) {
        for side in ["from", "recipient"] {
            let id = activity.object(side).and_then(|side| side.id("id"));
            let Some(id) = id else { continue };
            // Teams, Skype and Direct Line tell people and bots apart by how their ids begin.
            match read_role(activity, side) {
                Some(Role::Bot) => self.add_bot(&id),
                Some(Role::User) => self.add_person(&id),
                None if id.starts_with("28:") => self.add_bot(&id),
                None if ["29:", "8:", "dl_"].iter().any(|start| id.starts_with(start)) => {
                    self.add_person(&id)
                }
                // Slack's begin with what they are, and end with the workspace.
                None if id.contains(":T") && id.starts_with('B') => self.add_bot(&id),
                None if id.contains(":T") && id.starts_with(['U', 'W']) => self.add_person(&id),
                None => {}
            }
        }
    }

    fn learn_kinds(&mut self, activity: &Sent<'_>) {
        let Ends { from, recipient } = Ends::of(activity);
        let has = |name: &str| activity.find(name).is_some();
        match activity.text("type").as_deref() {
            Some("conversationUpdate" | "installationUpdate" | "invoke" | "messageReaction") => {
                recipient.iter().for_each(|id| self.add_bot(id));
            }
            Some("trace" | "endOfConversation") => from.iter().for_each(|id| self.add_bot(id)),
            Some("typing") if has("replyToId") => from.iter().for_each(|id| self.add_bot(id)),
            Some("message") if has("localTimestamp") || has_client_info(activity) => {
                from.iter().for_each(|id| self.add_person(id));
                recipient.iter().for_each(|id| self.add_bot(id));
            }
            Some("message") if has("inputHint") => from.iter().for_each(|id| self.add_bot(id)),
            _ => {}
        }
    }

    fn learn_other_side(&mut self, message: &Sent<'_>) {
        let Ends { from: Some(from), recipient: Some(recipient) } = Ends::of(message) else { return };
        for (one, other) in [(&from, &recipient), (&recipient, &from)] {
            if self.bots.contains(&**one) {
                self.add_person(other);
            } else if self.people.contains(&**one) {
                self.add_bot(other);
            }
        }
    }

    /// Of two who talk without naming whom they talk to, the bot is the one that replies.
    fn learn_two_without_recipients(&mut self, activities: &[Sent<'_>]) {
        let senders: HashSet<_> = messages(activities).filter_map(|message| Ends::of(message).from).collect();
        let repliers = messages(activities).filter(|message| message.id("replyToId").is_some());
        let repliers: HashSet<_> = repliers.filter_map(|message| Ends::of(message).from).collect();
        let has_recipient = messages(activities).any(|message| Ends::of(message).recipient.is_some());
        if senders.len() == 2 && repliers.len() == 1 && !has_recipient {
            for sender in &senders {
                if repliers.contains(sender) { self.add_bot(sender) } else { self.add_person(sender) }
            }
        }
    }

    /// The first that is known of an id stays.
    fn add_bot(&mut self, id: &str) {
        if !self.people.contains(id) && !id.is_empty() {
            self.bots.insert(id.to_owned());
        }
    }

    fn add_person(&mut self, id: &str) {
        if !self.bots.contains(id) && !id.is_empty() {
            self.people.insert(id.to_owned());
        }
    }
}

fn messages<'s, 'a>(activities: &'s [Sent<'a>]) -> impl Iterator<Item = &'s Sent<'a>> {
    activities.iter().filter(|activity| activity.text("type").as_deref() == Some("message"))
}

/// What a client adds to what a person writes.
fn has_client_info(activity: &Sent<'_>) -> bool {
    let in_channel_data =
        activity.object("channelData").is_some_and(|data| data.find("clientActivityID").is_some());
    let entities = activity.array("entities").unwrap_or_default();
    let is_client_info = |entity: &serde_json::value::RawValue| {
        Sent::parse(entity.get().as_bytes())
            .is_some_and(|entity| entity.text("type").as_deref() == Some("clientInfo"))
    };
    in_channel_data || entities.iter().any(|entity| is_client_info(entity))
}

fn is_in_thread(message: &Sent<'_>) -> bool {
    let Some(conversation) = message.object("conversation") else { return false };
    let kind = conversation.text("conversationType");
    conversation.text("id").is_some_and(|id| id.contains(";messageid="))
        || matches!(kind.as_deref(), Some("channel" | "groupChat"))
}
