//! Chatwoot: messages as its API answers them, or tables of its database, under the ids of the live door.

use std::borrow::Cow;
use std::collections::HashMap;

use analytics::fact::Direction;
use anyhow::bail;

use super::{find_id, find_text, find_time, objects, read_objects};
use crate::history::chat::{Chats, More, Said};
use crate::history::kind::Kind;
use crate::history::options::Options;
use crate::history::sink::Sink;
use crate::history::source::InputFile;
use crate::history::table::{Record, Rows, TextTable, find, find_delimiter};
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::Value;

/// Columns without which a table is none of messages.
const COLUMNS: [&str; 5] = ["id", "content", "conversation_id", "message_type", "created_at"];

/// Whether a file certainly holds messages of Chatwoot.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    match file.kind {
        Kind::Text => {
            let (delimiter, skip) = find_delimiter(&file.head);
            let table = TextTable::new(&file.head[..], delimiter, skip);
            let has = |names: &[String], name| find(names, name).is_some();
            table.is_ok_and(|table| {
                COLUMNS.into_iter().chain(["private"]).all(|name| has(table.names(), name))
            })
        }
        _ => {
            file.has_member("message_type")
                && (file.has_member("inbox_id") || file.has_member("conversation_id"))
        }
    }
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
    let read = if file.kind == Kind::Text {
        reader.read_table(file, options, sink)
    } else {
        read_objects(file, options, sink, |_, object, sink| reader.read(object, sink))
    };
    reader.chats.finish_after(read, sink)
}

#[derive(Default)]
struct Reader {
    chats: Chats,
    number: u64,
}

/// What stands around messages.
#[derive(Clone, Default)]
struct Around {
    contact: Option<String>,
    channel: Option<String>,
}

fn channel_of(name: &str) -> Option<String> {
    super::channel_word(name.strip_prefix("Channel::").unwrap_or(name))
}

impl Reader {
    fn read(&mut self, object: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        if object.find("message_type").is_some() {
            return self.add_object(object, &Around::default(), sink);
        }
        let inner = object.object("data").unwrap_or_default();
        for holder in [object, &inner] {
            let around = find_around(holder);
            for name in ["payload", "messages"] {
                for element in objects(holder, name).unwrap_or_default() {
                    if element.find("message_type").is_some() {
                        self.add_object(&element, &around, sink)?;
                    } else {
                        self.read_conversation(&element, sink)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A list of conversations holds only the last message of each.
    fn read_conversation(&mut self, conversation: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let messages = objects(conversation, "messages").unwrap_or_default();
        if messages.len() < 2 {
            sink.note(
                "conversations come with their last messages only: fetch the messages of each conversation"
                    .to_owned(),
            );
        }
        let around = find_around(conversation);
        messages.iter().try_for_each(|message| self.add_object(message, &around, sink))
    }

    fn add_object(&mut self, message: &Sent<'_>, around: &Around, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let sender = message.object("sender").unwrap_or_default();
        let conversation = message.object("conversation").unwrap_or_default();
        let in_conversation = || find_id(&conversation.object("contact_inbox")?, &["contact_id"]);
        let row = Row {
            id: find_id(message, &["id"]),
            kind: find_id(message, &["message_type"]).unwrap_or_default(),
            is_private: message.flag("private") == Some(true),
            sender: find_id(message, &["sender_id"]).or_else(|| find_id(&sender, &["id"])),
            sender_type: find_id(message, &["sender_type"]).or_else(|| find_id(&sender, &["type"])),
            contact: find_id(message, &["contact_id"])
                .or_else(|| around.contact.clone())
                .or_else(in_conversation),
            conversation: find_id(message, &["conversation_id"])
                .or_else(|| find_id(&conversation, &["id"]))
                .unwrap_or_default(),
            channel: message
                .text("channel_type")
                .and_then(|name| channel_of(&name))
                .or_else(|| around.channel.clone()),
            at: find_time(message, &["created_at"]),
            text: find_text(message, "content").filter(|_| !is_deleted(message)),
        };
        self.add(row, sink)
    }

    fn read_table(&mut self, file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let (found, skip) = find_delimiter(&file.head);
        let mut table = TextTable::new(file.reader, options.delimiter.unwrap_or(found), skip)?;
        if let Some(missing) = COLUMNS.iter().find(|name| find(table.names(), name).is_none()) {
            bail!("this is not Chatwoot's table of messages: there is no column {missing}");
        }
        let mut record = Record::default();
        while let Some(line) = table.read(&mut record)? {
            let cells: HashMap<&str, &str> = table
                .names()
                .iter()
                .enumerate()
                .filter_map(|(place, name)| Some((name.as_str(), record.get(place)?)))
                .collect();
            let cell =
                |name: &str| cells.get(name).filter(|cell| !cell.is_empty()).map(|cell| (*cell).to_owned());
            let written = cell("created_at").unwrap_or_default();
            let at = analytics::written_time::Moment::of_text_in_utc(&written);
            self.number = line - 1;
            let row = Row {
                id: cell("id"),
                kind: cell("message_type").unwrap_or_default(),
                is_private: matches!(cell("private").as_deref(), Some("t" | "true" | "1")),
                sender: cell("sender_id"),
                sender_type: cell("sender_type"),
                contact: cell("contact_id"),
                conversation: cell("conversation_id").unwrap_or_default(),
                channel: cell("channel_type").and_then(|name| channel_of(&name)),
                at: Some(
                    at.map_or_else(|| Value::Text(Cow::Owned(written)), |at| at.to_instant().as_ms().into()),
                ),
                text: cell("content").filter(|_| {
                    !cell("content_attributes").is_some_and(|text| {
                        text.contains("\"deleted\": true") || text.contains("\"deleted\":true")
                    })
                }),
            };
            self.add(row, sink)?;
        }
        Ok(())
    }

    fn add(&mut self, row: Row, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.number += 1;
        let direction = match row.kind.as_str() {
            _ if row.is_private => return Ok(sink.skip(self.number, "private")?),
            "0" | "incoming" => Direction::Incoming,
            "1" | "outgoing" | "3" | "template" => Direction::Outgoing,
            "2" | "activity" => return Ok(sink.skip(self.number, "activity")?),
            other => return Ok(sink.skip(self.number, ignored_name(other))?),
        };
        let is_contacts = row.sender_type.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case("contact"));
        let author = row.sender.filter(|_| is_contacts).or_else(|| row.contact.clone());
        let said = Said {
            // The same as from its webhook.
            id: row.id.map(|id| format!("chatwoot-{id}")),
            author: author.filter(|_| direction == Direction::Incoming),
            to: row.contact,
            at: row.at,
            text: row.text,
            more: More { channel: row.channel, ..More::default() },
            ..Said::new(self.number, direction)
        };
        Ok(self.chats.add(&row.conversation, said, sink)?)
    }
}

/// A message, wherever it is from.
struct Row {
    id: Option<String>,
    kind: String,
    is_private: bool,
    sender: Option<String>,
    sender_type: Option<String>,
    contact: Option<String>,
    conversation: String,
    channel: Option<String>,
    at: Option<Value<'static>>,
    text: Option<String>,
}

fn find_around(holder: &Sent<'_>) -> Around {
    let meta = holder.object("meta").unwrap_or_default();
    let contact = ["contact", "sender"].into_iter().find_map(|name| find_id(&meta.object(name)?, &["id"]));
    Around { contact, channel: meta.text("channel").and_then(|name| channel_of(&name)) }
}

/// The words of a deleted message are the app's.
fn is_deleted(message: &Sent<'_>) -> bool {
    message.object("content_attributes").and_then(|attributes| attributes.flag("deleted")) == Some(true)
}
