//! Botpress Cloud: messages and conversations as its API answers them.

use std::collections::HashMap;

use analytics::fact::Direction;

use super::{channel_word, find_id, find_text, find_time, note_page, objects, read_objects};
use crate::history::chat::{Chats, More, Said};
use crate::history::options::Options;
use crate::history::sink::Sink;
use crate::history::source::InputFile;
use crate::history::words::read_direction;
use crate::intake::doors::sent::{Sent, ignored_name};

/// Conversations whose channels are remembered.
const MAX_CHANNELS: usize = 100_000;

/// Whether a file certainly holds such messages.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    let is_message = ["conversationId", "payload", "direction"].into_iter().all(|name| file.has_member(name));
    is_message || (file.has_member("integration") && file.has_member("messageCount"))
}

/// Reads messages.
///
/// # Errors
/// When the file cannot be read.
pub(in crate::history) fn read(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    let mut reader = Reader::default();
    let read = read_objects(file, options, sink, |number, object, sink| reader.read(number, object, sink));
    if reader.number == 0 && !reader.channels.is_empty() {
        anyhow::bail!("these are conversations without messages: fetch the messages of each (listMessages)");
    }
    reader.chats.finish_after(read, sink)
}

#[derive(Default)]
struct Reader {
    chats: Chats,
    /// By conversation.
    channels: HashMap<String, String>,
    number: u64,
}

impl Reader {
    fn read(&mut self, number: u64, object: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        note_page(sink, object.object("meta").and_then(|meta| meta.find("nextToken")), "meta.nextToken");
        if object.find("integration").is_some() {
            self.learn_channel(object);
        }
        let conversations = objects(object, "conversations");
        for conversation in conversations.iter().flatten() {
            self.learn_channel(conversation);
            self.add_all(conversation, sink)?;
        }
        self.add_all(object, sink)?;
        if object.find("direction").is_some() {
            return self.add(object, sink);
        }
        let is_known = conversations.is_some()
            || ["messages", "integration", "users"].into_iter().any(|name| object.find(name).is_some());
        if !is_known {
            sink.skip(number, ignored_name("no message"))?;
        }
        Ok(())
    }

    fn add_all(&mut self, object: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let messages = objects(object, "messages").unwrap_or_default();
        messages.iter().try_for_each(|message| self.add(message, sink))
    }

    /// An integration may stand behind the name of a workspace.
    fn learn_channel(&mut self, conversation: &Sent<'_>) {
        let integration = conversation.text("integration").unwrap_or_default();
        let channel = channel_word(integration.rsplit('/').next().unwrap_or_default());
        if let (Some(id), Some(channel)) = (find_id(conversation, &["id"]), channel)
            && self.channels.len() < MAX_CHANNELS
        {
            self.channels.insert(id, channel);
        }
    }

    fn add(&mut self, message: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.number += 1;
        let direction = message.text("direction").unwrap_or_default();
        let Some(direction) = read_direction(&direction) else {
            return Ok(sink.skip(self.number, ignored_name("without direction"))?);
        };
        let conversation = find_id(message, &["conversationId"]).unwrap_or_default();
        let said = Said {
            id: find_id(message, &["id"]).map(|id| format!("botpress-{id}")),
            // Of an outgoing message it is the bot.
            author: find_id(message, &["userId"]).filter(|_| direction == Direction::Incoming),
            at: find_time(message, &["createdAt"]),
            text: message.object("payload").and_then(|payload| read_payload(&payload)),
            more: More { channel: self.channels.get(&conversation).cloned(), ..More::default() },
            ..Said::new(self.number, direction)
        };
        Ok(self.chats.add(&conversation, said, sink)?)
    }
}

fn read_payload(payload: &Sent<'_>) -> Option<String> {
    let own = ["text", "markdown", "title"].into_iter().find_map(|name| find_text(payload, name));
    let items = || {
        let items = objects(payload, "items")?;
        let texts = items.iter().filter_map(|item| {
            let inner = item.object("payload");
            read_payload(inner.as_ref().unwrap_or(item))
        });
        Some(texts.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
    };
    own.or_else(items)
}
