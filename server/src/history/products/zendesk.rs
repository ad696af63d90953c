//! Zendesk: the conversation log of a ticket, messages of Sunshine Conversations, tickets with comments, and chats.

use analytics::fact::Direction;
use anyhow::bail;

use super::html::to_words;
use super::{channel_word, find_id, find_text, find_time, note_page, objects, read_objects};
use crate::history::chat::{Chats, More, Said};
use crate::history::options::Options;
use crate::history::sink::Sink;
use crate::history::source::InputFile;
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::derive_id::derive_id;

/// How references of messages and comments begin in a conversation log.
const REFERENCES: [(&str, &str); 2] =
    [("zen:sunco:conversation_message:", "zendesk-msg-"), ("zen:ticket_event:", "zendesk-comment-")];

/// Whether a file certainly is of Zendesk.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    let has = |name| file.has_member(name);
    (has("reference") && file.text_head().contains("\"zen:"))
        || (has("received") && has("author") && has("content"))
        || (has("requester_id") && has("comments"))
        || (has("author_id") && has("plain_body"))
        || (has("visitor") && (has("history") || file.text_head().contains("\"offline_msg\"")))
}

/// Reads any of these.
///
/// # Errors
/// When the file cannot be read, or does not hold who asked.
pub(in crate::history) fn read(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    let mut reader = Reader { place: file.name.clone(), ..Reader::default() };
    let read = read_objects(file, options, sink, |number, object, sink| reader.read(number, object, sink));
    reader.chats.finish_after(read, sink)
}

#[derive(Default)]
struct Reader {
    chats: Chats,
    number: u64,
    /// Stands for the conversation where none is named.
    place: String,
}

impl Reader {
    fn read(&mut self, number: u64, object: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let more = object.object("meta").and_then(|meta| {
            meta.find("has_more").or_else(|| meta.find("hasMore")).filter(|more| more.get() == "true")
        });
        note_page(sink, more.or_else(|| object.find("next_page")), "next_page");
        if let Some(chats) = objects(object, "chats") {
            return chats.iter().try_for_each(|chat| self.read_chat(chat, sink));
        }
        if let Some(tickets) = objects(object, "tickets") {
            return tickets.iter().try_for_each(|ticket| self.read_ticket(ticket, sink));
        }
        if let Some(events) = objects(object, "events") {
            let place = self.place.clone();
            return events.iter().try_for_each(|event| self.add_event(&place, event, sink));
        }
        if let Some(messages) = objects(object, "messages") {
            let conversation =
                object.object("conversation").and_then(|conversation| find_id(&conversation, &["id"]));
            let place = conversation.unwrap_or_else(|| format!("{} {number}", self.place));
            return messages.iter().try_for_each(|message| self.add_message(&place, message, sink));
        }
        if object.find("visitor").is_some() {
            return self.read_chat(object, sink);
        }
        if object.find("received").is_some() {
            let place = self.place.clone();
            return self.add_message(&place, object, sink);
        }
        self.read_ticket(object, sink)
    }

    fn add(&mut self, place: &str, said: Said, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        Ok(self.chats.add(place, said, sink)?)
    }

    fn skip(&mut self, name: &str, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        Ok(sink.skip(self.number, ignored_name(name))?)
    }

    /// A thing of a conversation log.
    fn add_event(&mut self, place: &str, event: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.number += 1;
        let kind = event.text("type").unwrap_or_default();
        let is_comment = kind == "Comment";
        let is_public = event.object("metadata").and_then(|metadata| metadata.flag("public"));
        if is_comment && is_public != Some(true) {
            return self.skip("private", sink);
        }
        if !is_comment && kind != "Messaging::ConversationMessage" {
            return self.skip(&kind, sink);
        }
        let author = event.object("author").unwrap_or_default();
        let Some(direction) = read_author(&author) else {
            return self.skip(&author.text("type").unwrap_or_default(), sink);
        };
        let reference = event.text("reference").unwrap_or_default();
        let known = REFERENCES
            .iter()
            .find_map(|(start, ours)| Some(format!("{ours}{}", reference.strip_prefix(start)?)));
        let support =
            find_id(&author, &["zen:support:user_id"]).filter(|id| !id.starts_with('-') && id != "0");
        let body = || find_text(event, "body").map(|body| to_words(&body));
        let said = Said {
            id: known.or_else(|| find_id(event, &["id"]).map(|id| format!("zendesk-{id}"))),
            author: support
                .or_else(|| find_id(&author, &["zen:sunco:user_id"]))
                .filter(|_| direction == Direction::Incoming),
            at: find_time(event, &["received_at", "created_at"]),
            text: event.object("content").and_then(|content| read_content(&content)).or_else(body),
            more: More {
                channel: if is_comment { Some("ticket".to_owned()) } else { find_channel(event) },
                ..More::default()
            },
            ..Said::new(self.number, direction)
        };
        self.add(place, said, sink)
    }

    /// A message of Sunshine Conversations.
    fn add_message(&mut self, place: &str, message: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.number += 1;
        let author = message.object("author").unwrap_or_default();
        let subtypes = author.array("subtypes").unwrap_or_default();
        if subtypes.iter().any(|subtype| subtype.get() == "\"activity\"") {
            return self.skip("activity", sink);
        }
        let Some(direction) = read_author(&author) else {
            return self.skip(&author.text("type").unwrap_or_default(), sink);
        };
        let text = message.object("content").and_then(|content| read_content(&content));
        let said = Said {
            id: find_id(message, &["id"]).map(|id| format!("zendesk-msg-{id}")),
            author: find_id(&author, &["userId"]).filter(|_| direction == Direction::Incoming),
            at: find_time(message, &["received"]),
            text: text.filter(|_| message.flag("deleted") != Some(true)),
            more: More { channel: find_channel(message), ..More::default() },
            ..Said::new(self.number, direction)
        };
        self.add(place, said, sink)
    }

    fn read_ticket(&mut self, ticket: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let (Some(comments), Some(requester)) =
            (objects(ticket, "comments"), find_id(ticket, &["requester_id"]))
        else {
            bail!(
                "the requester is missing: import the tickets (with requester_id) together with their comments"
            );
        };
        let place = find_id(ticket, &["id"]).unwrap_or_default();
        for comment in &comments {
            self.number += 1;
            if comment.flag("public") != Some(true) {
                self.skip("private", sink)?;
                continue;
            }
            let is_requester = find_id(comment, &["author_id"]).as_deref() == Some(requester.as_str());
            let via = comment.object("via").or_else(|| ticket.object("via"));
            let channel = via.and_then(|via| find_text(&via, "channel")).and_then(|name| channel_word(&name));
            let said = Said {
                id: find_id(comment, &["id"]).map(|id| format!("zendesk-comment-{id}")),
                author: Some(requester.clone()).filter(|_| is_requester),
                to: Some(requester.clone()),
                at: find_time(comment, &["created_at"]),
                text: find_text(comment, "plain_body").or_else(|| find_text(comment, "body")),
                more: More { channel, ..More::default() },
                ..Said::new(self.number, if is_requester { Direction::Incoming } else { Direction::Outgoing })
            };
            self.add(&place, said, sink)?;
        }
        Ok(())
    }

    fn read_chat(&mut self, chat: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let (id, visitor) = (
            find_id(chat, &["id"]).unwrap_or_default(),
            chat.object("visitor").and_then(|visitor| find_id(&visitor, &["id"])),
        );
        let said = |row: u64, direction: Direction, key: &str| Said {
            id: derive_id(&["zendesk-chat", &id, key]).ok().map(|id| id.as_str().to_owned()),
            author: visitor.clone().filter(|_| direction == Direction::Incoming),
            to: visitor.clone(),
            // A chat ends.
            more: More { session: Some(id.clone()), channel: Some("chat".to_owned()), ..More::default() },
            ..Said::new(row, direction)
        };
        if let Some(text) = find_text(chat, "message") {
            self.number += 1;
            let said = Said {
                text: Some(text),
                at: find_time(chat, &["timestamp"]),
                ..said(self.number, Direction::Incoming, "message")
            };
            self.add(&id, said, sink)?;
        }
        let mut repeats = std::collections::HashMap::new();
        for entry in objects(chat, "history").unwrap_or_default() {
            self.number += 1;
            let kind = entry.text("type").unwrap_or_default();
            let Some(direction) =
                read_nick(&entry).filter(|_| matches!(&*kind, "chat.msg" | "chat.file" | "chat.file.upload"))
            else {
                self.skip(&kind, sink)?;
                continue;
            };
            let written = format!("{} {kind}", find_id(&entry, &["timestamp"]).unwrap_or_default());
            let repeat: &mut u64 = repeats.entry(written.clone()).or_default();
            *repeat += 1;
            let key = find_id(&entry, &["msg_id"]).unwrap_or_else(|| format!("{written} {repeat}"));
            let said = Said {
                text: find_text(&entry, "msg"),
                at: find_time(&entry, &["timestamp"]),
                ..said(self.number, direction, &key)
            };
            self.add(&id, said, sink)?;
        }
        Ok(())
    }
}

/// Whoever answers, a bot or a person, sends to the user.
fn read_author(author: &Sent<'_>) -> Option<Direction> {
    match &*author.text("type")?.to_lowercase() {
        "user" | "end-user" | "end_user" => Some(Direction::Incoming),
        "bot" | "agent" | "business" | "admin" => Some(Direction::Outgoing),
        _ => None,
    }
}

/// Lines of the system are nobody's.
fn read_nick(entry: &Sent<'_>) -> Option<Direction> {
    let (sender, nick) =
        (entry.text("sender_type").unwrap_or_default(), entry.text("nick").unwrap_or_default());
    match (&*sender, &*nick) {
        (_, "agent:system") => None,
        ("Visitor", _) => Some(Direction::Incoming),
        ("Agent" | "Trigger", _) => Some(Direction::Outgoing),
        (_, nick) if nick.starts_with("visitor") => Some(Direction::Incoming),
        (_, nick) if nick.starts_with("agent") => Some(Direction::Outgoing),
        _ => None,
    }
}

/// Zendesk's own programs say what they are where others name a channel.
fn find_channel(message: &Sent<'_>) -> Option<String> {
    let name = find_text(&message.object("source")?, "type")?;
    channel_word(&name).filter(|name| !name.contains(':'))
}

fn read_content(content: &Sent<'_>) -> Option<String> {
    let items = || {
        let titles: Vec<_> =
            objects(content, "items")?.iter().filter_map(|item| find_text(item, "title")).collect();
        Some(titles.join("\n")).filter(|titles| !titles.is_empty())
    };
    find_text(content, "text").or_else(|| find_text(content, "textFallback")).or_else(items)
}
