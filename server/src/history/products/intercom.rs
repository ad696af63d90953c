//! Intercom: conversations with their parts, as its API answers them.

use std::borrow::Cow;

use analytics::fact::Direction;
use anyhow::bail;

use super::html::to_words;
use super::{channel_word, find_id, find_time, objects, read_objects};
use crate::history::chat::{Chats, More, Said};
use crate::history::options::Options;
use crate::history::sink::Sink;
use crate::history::source::InputFile;
use crate::intake::doors::sent::{Sent, ignored_name};

/// Parts that say something also without words.
const MESSAGES: [&str; 2] = ["comment", "quick_reply"];

/// Whether a file certainly holds conversations of Intercom.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    file.has_member("conversation_parts")
        || file.has_member("delivered_as")
        || ["\"conversation.list\"", "\"notification_event\""]
            .into_iter()
            .any(|kind| file.has_member("type") && file.text_head().contains(kind))
}

/// Reads conversations.
///
/// # Errors
/// When the file cannot be read, or lists conversations without their parts.
pub(in crate::history) fn read(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    let mut reader = Reader::default();
    let read = read_objects(file, options, sink, |_, object, sink| {
        let kind = object.text("type").unwrap_or_default();
        match &*kind {
            "notification_event" => {
                let item = object.object("data").and_then(|data| data.object("item")).unwrap_or_default();
                reader.read(&item, sink)
            }
            "conversation.list" => {
                let conversations = objects(object, "conversations").unwrap_or_default();
                conversations.iter().try_for_each(|conversation| reader.read(conversation, sink))
            }
            _ => reader.read(object, sink),
        }
    });
    reader.chats.finish_after(read, sink)
}

#[derive(Default)]
struct Reader {
    chats: Chats,
    number: u64,
}

/// What holds for all of a conversation.
struct Conversation {
    id: String,
    /// The only person of it.
    person: Option<String>,
    channel: Option<String>,
}

impl Reader {
    fn read(&mut self, object: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(list) = object.object("conversation_parts") else {
            bail!("these are conversations without their parts: fetch each conversation by its id");
        };
        let parts = objects(&list, "conversation_parts").unwrap_or_default();
        let total = find_id(&list, &["total_count"]).and_then(|total| total.parse::<usize>().ok());
        if total.is_some_and(|total| total > parts.len()) {
            sink.note("a conversation has more parts than the file: Intercom gives 500 at most".to_owned());
        }
        let source = object.object("source").or_else(|| object.object("conversation_message"));
        let conversation = Conversation {
            id: find_id(object, &["id"]).unwrap_or_default(),
            person: find_person(object),
            channel: source.as_ref().and_then(find_channel),
        };
        if let Some(source) = source {
            let at = find_time(object, &["created_at"]);
            let id = format!("intercom-{}-source", conversation.id);
            self.add(&conversation, &source, Some(id), at, sink)?;
        }
        for part in &parts {
            let id = find_id(part, &["id"]).map(|id| format!("intercom-{id}"));
            self.add_part(&conversation, part, id, sink)?;
        }
        Ok(())
    }

    fn add_part(
        &mut self,
        conversation: &Conversation,
        part: &Sent<'_>,
        id: Option<String>,
        sink: &mut Sink<'_>,
    ) -> anyhow::Result<()> {
        let kind = part.text("part_type").unwrap_or_default();
        let has_words = part.text("body").is_some_and(|body| !to_words(&body).is_empty());
        let is_message = MESSAGES.contains(&&*kind) || (has_words && !kind.starts_with("note"));
        if !is_message {
            self.number += 1;
            return Ok(sink.skip(self.number, ignored_name(&kind))?);
        }
        self.add(conversation, part, id, find_time(part, &["created_at"]), sink)
    }

    fn add(
        &mut self,
        conversation: &Conversation,
        part: &Sent<'_>,
        id: Option<String>,
        at: Option<crate::intake::item::Value<'static>>,
        sink: &mut Sink<'_>,
    ) -> anyhow::Result<()> {
        self.number += 1;
        let author = part.object("author").unwrap_or_default();
        let kind = author.text("type").unwrap_or_default();
        let direction = match &*kind {
            "user" | "lead" | "contact" => Direction::Incoming,
            "bot" | "admin" | "team" => Direction::Outgoing,
            other => return Ok(sink.skip(self.number, ignored_name(other))?),
        };
        let words = part.text("body").map(|body| to_words(&body)).filter(|words| !words.is_empty());
        let said = Said {
            id,
            author: find_id(&author, &["id"]).filter(|_| direction == Direction::Incoming),
            to: conversation.person.clone(),
            at,
            text: words,
            more: More { channel: conversation.channel.clone(), ..More::default() },
            ..Said::new(self.number, direction)
        };
        Ok(self.chats.add(&conversation.id, said, sink)?)
    }
}

fn find_person(object: &Sent<'_>) -> Option<String> {
    let list = object.object("contacts").and_then(|contacts| {
        Some(
            objects(&contacts, "contacts")?
                .iter()
                .filter_map(|contact| find_id(contact, &["id"]))
                .collect::<Vec<_>>(),
        )
    });
    match list.as_deref() {
        Some([only]) => Some(only.clone()),
        Some(_) => None,
        None => find_id(&object.object("user")?, &["id"]),
    }
}

/// Intercom calls its own messenger a conversation.
fn find_channel(source: &Sent<'_>) -> Option<String> {
    let kind = source.text("type").filter(|kind| *kind != "conversation_message")?;
    if kind == "conversation" { Some("web".to_owned()) } else { channel_word(&Cow::into_owned(kind)) }
}
