//! Channels of Discord as DiscordChatExporter writes them (JSON).

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{BufRead, Cursor};

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use serde_json::value::RawValue;

use super::chat::{Chat, More, Said, Silence, Speakers, is_named};
use super::json::JsonStream;
use super::options::{Options, WhatCounts};
use super::sink::{Rejection, Sink};
use super::source::InputFile;
use crate::intake::doors::sent::{Sent, ignored_name};

/// Kinds that are messages: answers to commands have numbers.
const MESSAGES: [&str; 4] = ["Default", "Reply", "20", "23"];
/// Milliseconds from 1970 to the beginning of Discord's ids, and the bits behind their time.
const EPOCH_MS: i64 = 1_420_070_400_000;
const ID_BITS: u32 = 22;
/// A command must be answered within a quarter of an hour.
const MAX_ANSWER_MS: i64 = 15 * 60 * 1_000;
/// Most messages of the bot that are remembered for replies to them.
const MAX_REMEMBERED: usize = 100_000;

/// Whether a file certainly is such an export.
pub(super) fn recognise(file: &InputFile) -> bool {
    file.has_member("guild") && file.has_member("channel")
}

/// What stands before the messages.
#[derive(Debug, Default)]
struct Channel {
    kind: String,
}

type Visit<'v> = dyn FnMut(&Channel, u64, &[u8]) -> anyhow::Result<()> + 'v;

fn walk<R: BufRead>(json: &mut JsonStream<R>, visit: &mut Visit<'_>) -> anyhow::Result<()> {
    let mut channel = Channel::default();
    json.members(|json, name| match name {
        "channel" => {
            let value = json.value()?;
            let kind = Sent::parse(&value).and_then(|channel| channel.text("type").map(Cow::into_owned));
            channel.kind = kind.unwrap_or_default();
            Ok(())
        }
        "messages" => json.elements(|json| {
            let line = json.line();
            visit(&channel, line, &json.value()?)
        }),
        _ => json.skip(),
    })
}

/// Reads one channel.
///
/// # Errors
/// When the file is cut off, or does not say which of several bots is meant.
pub(super) fn read(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let mut reader = Reader {
        bot: find_bot(&file, options)?,
        bot_messages: HashSet::new(),
        chat: Chat::new(Some("discord"), Silence::Counts),
        what_counts: options.what_counts,
    };
    let mut add = |channel: &Channel, line, json: &[u8]| reader.add(line, json, channel, sink);
    let read = walk(&mut JsonStream::new(file.reader), &mut add);
    // What was read before an error counts.
    reader.chat.finish(sink)?;
    read
}

/// The id of the bot: the only one at the beginning of the file, or the one that was named.
fn find_bot(file: &InputFile, options: &Options) -> anyhow::Result<Option<String>> {
    let (mut speakers, mut bots) = (Speakers::default(), Vec::new());
    // The beginning of a file is cut off.
    let _ = walk(&mut JsonStream::new(Cursor::new(&file.head)), &mut |_, _, json| {
        let Some(author) = Sent::parse(json).and_then(|message| message.object("author")) else {
            return Ok(());
        };
        let (id, name, nickname) = (author.id("id"), author.text("name"), author.text("nickname"));
        let is_meant = match options.bot_names.as_slice() {
            [] => author.flag("isBot") == Some(true),
            names => is_named(names, &[id.as_deref(), name.as_deref(), nickname.as_deref()]),
        };
        speakers.count(&name.unwrap_or_default());
        if let Some(id) = id.filter(|id| is_meant && !bots.iter().any(|bot| bot == id)) {
            bots.push(id.into_owned());
        }
        Ok(())
    });
    speakers.require((bots.len() == 1).then_some(()), &options.bot_names)?;
    Ok(bots.pop())
}

struct Reader {
    bot: Option<String>,
    bot_messages: HashSet<String>,
    chat: Chat,
    what_counts: WhatCounts,
}

impl Reader {
    fn add(&mut self, line: u64, json: &[u8], channel: &Channel, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(message) = Sent::parse(json) else {
            return Ok(sink.reject(line, Rejection::new(RejectionCode::NotAnObject))?);
        };
        let kind = message.text("type").unwrap_or_default();
        if !MESSAGES.contains(&&*kind) {
            return Ok(sink.skip(line, ignored_name(&kind))?);
        }
        let author = message.object("author").unwrap_or_default();
        let is_bot = author.id("id").as_deref() == self.bot.as_deref();
        if !is_bot && author.flag("isBot") == Some(true) {
            return Ok(sink.skip(line, "other_bot")?);
        }
        if is_bot {
            self.add_command(line, &message, sink)?;
            if self.bot_messages.len() >= MAX_REMEMBERED {
                self.bot_messages.clear();
            }
            self.bot_messages.extend(message.id("id").map(Cow::into_owned));
        } else if self.what_counts == WhatCounts::SaidToBot && !self.is_to_bot(&message, channel) {
            return Ok(sink.skip(line, "not_to_the_bot")?);
        }
        let said = self.said(
            line,
            &message,
            &author,
            if is_bot { Direction::Outgoing } else { Direction::Incoming },
        );
        Ok(self.chat.add(said, sink)?)
    }

    fn said(&self, row: u64, message: &Sent<'_>, author: &Sent<'_>, direction: Direction) -> Said {
        let id = message.id("id").map(Cow::into_owned);
        let asked_by = message
            .object("interaction")
            .and_then(|asked| asked.object("user")?.id("id").map(Cow::into_owned));
        Said {
            row,
            at: read_time(message).map(Into::into),
            key: id.clone(),
            id: id.map(|id| format!("discord-{id}")),
            author: author.id("id").map(Cow::into_owned),
            direction,
            reply_to: find_reference(message),
            to: asked_by,
            text: find_text(message),
            more: More::default(),
        }
    }

    /// A command leaves no message of its own: only the answer tells who gave it.
    fn add_command(&mut self, line: u64, answer: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(command) = answer.object("interaction") else { return Ok(()) };
        let (Some(id), Some(user)) =
            (command.id("id"), command.object("user").and_then(|user| user.id("id").map(Cow::into_owned)))
        else {
            return Ok(());
        };
        let answered_at = read_time(answer);
        let is_near = |at: &i64| {
            answered_at.is_none_or(|answered_at| (0..=MAX_ANSWER_MS).contains(&(answered_at - at)))
        };
        let said = Said {
            row: line,
            at: time_of_id(&id).filter(is_near).or(answered_at).map(Into::into),
            id: Some(format!("discord-{id}")),
            key: None,
            author: Some(user),
            direction: Direction::Incoming,
            reply_to: None,
            to: None,
            text: command.text("name").map(|name| format!("/{name}")),
            more: More::default(),
        };
        Ok(self.chat.add(said, sink)?)
    }

    /// Whether a person's message is one to the bot: alone with it, in a thread, by its name, or as a reply.
    fn is_to_bot(&self, message: &Sent<'_>, channel: &Channel) -> bool {
        let is_private = channel.kind.contains("Direct") || channel.kind.contains("Thread");
        let mentions = message.array("mentions").unwrap_or_default();
        let is_bot = |mention: &RawValue| {
            let mentioned = Sent::parse(mention.get().as_bytes());
            mentioned.is_some_and(|mentioned| {
                mentioned.id("id").is_some() && mentioned.id("id").as_deref() == self.bot.as_deref()
            })
        };
        let replies = || find_reference(message).is_some_and(|id| self.bot_messages.contains(&id));
        is_private || mentions.iter().any(|mention| is_bot(mention)) || replies()
    }
}

fn find_reference(message: &Sent<'_>) -> Option<String> {
    message.object("reference")?.id("messageId").map(Cow::into_owned)
}

fn find_text(message: &Sent<'_>) -> Option<String> {
    let content =
        |message: &Sent<'_>| message.text("content").filter(|text| !text.is_empty()).map(Cow::into_owned);
    let forwarded = || content(&message.object("forwardedMessage")?);
    let embedded = || {
        let embeds = message.array("embeds")?;
        let embed = Sent::parse(embeds.first()?.get().as_bytes())?;
        embed.text("description").or_else(|| embed.text("title")).map(Cow::into_owned)
    };
    content(message).or_else(forwarded).or_else(embedded)
}

fn read_time(message: &Sent<'_>) -> Option<i64> {
    let written = message.text("timestamp").and_then(|text| analytics::written_time::Moment::of_text(&text));
    let moment = written.map(|moment| moment.to_instant().as_ms());
    moment.or_else(|| time_of_id(&message.id("id")?))
}

/// Ids begin with the time at which they were made.
fn time_of_id(id: &str) -> Option<i64> {
    let id: i64 = id.parse().ok().filter(|id| *id > 0)?;
    Some((id >> ID_BITS) + EPOCH_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_time() {
        assert_eq!(time_of_id("175928847299117063"), Some(1_462_015_105_796));
        assert_eq!(time_of_id("-1"), None);
    }
}
