//! Events of Rasa's in their order. What one event does not say, those around it do: a bot's message has the channel of
//! the user's before it, and a fallback after a user's message says that it was not understood.

use std::collections::HashMap;

use analytics::error::RejectionCode;
use analytics::fact::Direction;

use super::event::Event;
use crate::intake::doors::sent::ignored_name;
use crate::intake::item::{Item, Value};
use crate::intake::translation::Translation;

/// Conversations that are remembered at once. Beyond, all are forgotten: their messages count, and say less.
const MAX_CONVERSATIONS: usize = 10_000;
/// What Rasa does when it did not understand.
const DEFAULT_FALLBACK: &str = "action_default_fallback";
/// What Rasa does when its turn is over.
const LISTEN: &str = "action_listen";

/// What is remembered of the conversations.
#[derive(Debug, Default)]
pub struct History(HashMap<String, Conversation>);

#[derive(Debug, Default)]
struct Conversation {
    channel: Option<String>,
    /// The user's last message, with its index, until it is known what the bot made of it.
    waiting: Option<(usize, Item<'static>)>,
}

impl History {
    /// Adds an event, as JSON, with its index; `sender` where that stands beside it.
    pub fn add(&mut self, index: usize, json: &[u8], sender: Option<&str>, translation: &mut Translation) {
        let Some(event) = Event::parse(json, sender) else {
            return translation.reject(index, RejectionCode::NotAnObject);
        };
        match event.direction() {
            Some(Direction::Incoming) => self.add_incoming(index, &event, translation),
            Some(Direction::Outgoing) => self.add_outgoing(index, &event, translation),
            None => self.add_other(index, &event, translation),
        }
    }

    /// Adds the messages that still wait. Nothing more is known of them.
    pub fn finish(&mut self, translation: &mut Translation) {
        for (_, mut conversation) in self.0.drain() {
            conversation.release(translation);
        }
    }

    fn add_incoming(&mut self, index: usize, event: &Event<'_>, translation: &mut Translation) {
        let draft = event.draft(Direction::Incoming);
        let Some(sender) = &event.sender else { return translation.push(index, &draft) };
        if self.0.len() >= MAX_CONVERSATIONS && !self.0.contains_key(&**sender) {
            self.finish(translation);
        }
        let conversation = self.0.entry(sender.to_string()).or_default();
        conversation.release(translation);
        conversation.channel = event.channel().map(|channel| channel.into_owned());
        if draft.handled.is_some() {
            translation.push(index, &draft);
        } else {
            conversation.waiting = Some((index, draft));
        }
    }

    fn add_outgoing(&self, index: usize, event: &Event<'_>, translation: &mut Translation) {
        let mut draft = event.draft(Direction::Outgoing);
        let conversation = event.sender.as_deref().and_then(|sender| self.0.get(sender));
        let channel = conversation.and_then(|conversation| conversation.channel.clone());
        draft.channel = draft.channel.or(channel.map(Value::from));
        translation.push(index, &draft);
    }

    fn add_other(&mut self, index: usize, event: &Event<'_>, translation: &mut Translation) {
        if event.is_external() {
            return translation.ignore(index, "external");
        }
        let conversation = event.sender.as_deref().and_then(|sender| self.0.get_mut(sender));
        if let (Some(conversation), "action") = (conversation, &*event.kind) {
            conversation.note_action(event.action().as_deref(), translation);
        }
        translation.ignore(index, ignored_name(&event.kind));
    }
}

impl Conversation {
    fn note_action(&mut self, name: Option<&str>, translation: &mut Translation) {
        if name == Some(DEFAULT_FALLBACK)
            && let Some((_, draft)) = &mut self.waiting
        {
            draft.handled = Some(false.into());
        }
        if matches!(name, Some(DEFAULT_FALLBACK | LISTEN)) {
            self.release(translation);
        }
    }

    fn release(&mut self, translation: &mut Translation) {
        if let Some((index, draft)) = self.waiting.take() {
            translation.push(index, &draft);
        }
    }
}
