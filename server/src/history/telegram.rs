//! Telegram Desktop's export as JSON (`result.json`): one chat, or all chats of an account.

use std::borrow::Cow;
use std::io::{BufRead, Cursor};

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use anyhow::bail;
use serde_json::value::RawValue;

use super::chat::{Chat, More, Said, Silence, Speakers, is_named};
use super::json::JsonStream;
use super::options::Options;
use super::sink::{Rejection, Sink};
use super::source::InputFile;
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::derive_id::derive_id;

/// Whether a file certainly is such an export.
pub(super) fn recognise(file: &InputFile) -> bool {
    file.has_member("from_id") && file.has_member("date")
        || file.has_member("date_unixtime")
        || (file.has_member("about") && file.has_member("personal_information"))
        || (file.has_member("chats") && file.has_member("list"))
}

/// What stands before a chat's messages.
#[derive(Clone, Debug, Default)]
struct Head {
    name: Option<String>,
    kind: Option<String>,
    id: Option<String>,
    /// Whether it is one of several chats.
    is_of_account: bool,
}

impl Head {
    /// In a chat with a bot, the bot has the chat's id.
    fn is_bot(&self, message: &Sent<'_>, bot_names: &[String]) -> bool {
        let from_id = message.id("from_id");
        let (from, number) = (message.text("from"), from_id.as_deref().map(without_kind));
        let is_chats = self.is_bot_chat() && number.is_some() && number == self.id.as_deref();
        is_chats || is_named(bot_names, &[from.as_deref(), from_id.as_deref(), number])
    }

    fn set(&mut self, name: &str, value: Option<String>) {
        match name {
            "name" => self.name = value,
            "type" => self.kind = value,
            _ => self.id = value,
        }
    }

    fn is_bot_chat(&self) -> bool {
        self.kind.as_deref() == Some("bot_chat")
    }

    /// Why no message of the chat can be one to a bot.
    fn left_out(&self, bot_names: &[String]) -> Option<&'static str> {
        let is_other_bot = self.is_bot_chat()
            && self.is_of_account
            && !bot_names.is_empty()
            && !is_named(bot_names, &[self.name.as_deref(), self.id.as_deref()]);
        match self.kind.as_deref() {
            Some("saved_messages" | "replies" | "verification_codes") => Some("saved_messages"),
            _ if is_other_bot => Some("other_bot"),
            _ => None,
        }
    }
}

/// `user123` is what a bot sees as 123.
fn without_kind(id: &str) -> &str {
    id.strip_prefix("user").unwrap_or(id)
}

type Visit<'v> = dyn FnMut(&Head, Option<(u64, Vec<u8>)>) -> anyhow::Result<()> + 'v;

/// Goes through a file: each chat's messages, and `None` at the end of each chat.
fn walk<R: BufRead>(json: &mut JsonStream<R>, head: Head, visit: &mut Visit<'_>) -> anyhow::Result<()> {
    let mut head = head;
    json.members(|json, name| match name {
        "name" | "type" | "id" => {
            head.set(name, read_id(&json.value()?));
            Ok(())
        }
        "messages" => {
            json.elements(|json| {
                let line = json.line();
                visit(&head, Some((line, mend(json.value()?))))
            })?;
            visit(&head, None)
        }
        "chats" | "left_chats" => json.members(|json, name| match name {
            "list" => {
                json.elements(|json| walk(json, Head { is_of_account: true, ..Head::default() }, visit))
            }
            _ => json.skip(),
        }),
        _ => json.skip(),
    })
}

fn read_id(json: &[u8]) -> Option<String> {
    let raw = serde_json::from_slice::<&RawValue>(json).ok()?;
    crate::intake::json::read_text_or_number(raw).map(Cow::into_owned)
}

/// Telegram writes control characters as `\x0B`, which JSON does not know.
fn mend(json: Vec<u8>) -> Vec<u8> {
    if !json.windows(2).any(|two| two == b"\\x") {
        return json;
    }
    let mut mended = Vec::with_capacity(json.len());
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        mended.push(*byte);
        if *byte == b'\\' {
            match bytes.next() {
                Some(b'x') => mended.extend_from_slice(b"u00"),
                next => mended.extend(next),
            }
        }
    }
    mended
}

/// Reads the messages of one chat or of several.
///
/// # Errors
/// When the file is cut off, or does not say who is the bot.
pub(super) fn read(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    check(&file, options)?;
    let mut chat: Option<Chat> = None;
    let read = walk(&mut JsonStream::new(file.reader), Head::default(), &mut |head, message| {
        let Some((line, json)) = message else {
            return Ok(chat.take().map_or(Ok(()), |chat| chat.finish(sink))?);
        };
        let silence =
            if head.is_of_account && !head.is_bot_chat() { Silence::LeftOut } else { Silence::Counts };
        let chat = chat.get_or_insert_with(|| Chat::new(Some("telegram"), silence));
        add(line, &json, head, chat, options, sink)
    });
    // What was read before an error counts.
    chat.map_or(Ok(()), |chat| chat.finish(sink))?;
    read
}

/// Looks at the beginning: somebody must be the bot, and times must have a zone.
fn check(file: &InputFile, options: &Options) -> anyhow::Result<()> {
    let (mut speakers, mut has_bot, mut bots, mut needs_zone) = (Speakers::default(), None, 0, false);
    // The beginning of a file is cut off.
    let _ = walk(&mut JsonStream::new(Cursor::new(&file.head)), Head::default(), &mut |head, message| {
        let Some((_, json)) = message else {
            bots += u64::from(head.is_bot_chat() && head.is_of_account);
            return Ok(());
        };
        let Some(message) = Sent::parse(&json) else { return Ok(()) };
        if message.text("type").as_deref() == Some("message") {
            needs_zone |= message.find("date_unixtime").is_none();
            speakers.count(&message.text("from").or_else(|| message.id("from_id")).unwrap_or_default());
            if head.is_bot_chat() || head.is_bot(&message, &options.bot_names) {
                has_bot = Some(());
            }
        }
        Ok(())
    });
    if needs_zone && options.time_zone.is_none() {
        bail!(
            "the times in this export have no zone: give --time-zone, the zone of the computer that made it"
        );
    }
    if bots > 1 && options.bot_names.is_empty() {
        bail!("this export has chats with several bots: give --bot-name");
    }
    speakers.require(has_bot, &options.bot_names)
}

fn add(
    line: u64,
    json: &[u8],
    head: &Head,
    chat: &mut Chat,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    let Some(message) = Sent::parse(json) else {
        return Ok(sink.reject(line, Rejection::new(RejectionCode::NotAnObject))?);
    };
    if let Some(reason) = head.left_out(&options.bot_names) {
        return Ok(sink.skip(line, reason)?);
    }
    let kind = message.text("type").unwrap_or_default();
    if kind != "message" {
        let action = message.text("action").unwrap_or(kind);
        return Ok(sink.skip(line, ignored_name(&action))?);
    }
    let at = match read_time(&message, options) {
        Ok(at) => at,
        Err(rejection) => return Ok(sink.reject(line, rejection)?),
    };
    let is_bot = head.is_bot(&message, &options.bot_names);
    let key = message.id("id").map(Cow::into_owned);
    let said = Said {
        row: line,
        id: key
            .as_deref()
            .and_then(|id| derive_id(&["telegram", head.id.as_deref().unwrap_or_default(), id]).ok())
            .map(|id| id.as_str().to_owned()),
        key,
        author: message.id("from_id").map(|id| without_kind(&id).to_owned()),
        direction: if is_bot { Direction::Outgoing } else { Direction::Incoming },
        reply_to: message.id("reply_to_message_id").map(Cow::into_owned),
        to: None,
        at: Some(at.into()),
        text: message.find("text").map(read_text),
        more: More::default(),
    };
    Ok(chat.add(said, sink)?)
}

fn read_time(message: &Sent<'_>, options: &Options) -> Result<i64, Rejection> {
    let written = message.id("date_unixtime").or_else(|| message.id("date"));
    let Some(written) = written else { return Err(Rejection::new(RejectionCode::AtMissing)) };
    options
        .read_time(&written)
        .map(|moment| moment.to_instant().as_ms())
        .map_err(|problem| problem.reject("date", &written))
}

/// A text, or parts of one, of which some are objects with a text of their own.
fn read_text(raw: &RawValue) -> String {
    if let Some(text) = crate::intake::json::read_text(raw) {
        return text.into_owned();
    }
    let parts: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
    let text = |part: &&RawValue| {
        let plain = crate::intake::json::read_text(part).map(Cow::into_owned);
        plain.or_else(|| Sent::parse(part.get().as_bytes())?.text("text").map(Cow::into_owned))
    };
    parts.iter().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_that_json_does_not_know_are_mended() {
        assert_eq!(mend(br#""a\x0Bb\\x01\n""#.to_vec()), br#""a\u000Bb\\x01\n""#);
        assert_eq!(mend(b"\"plain\"".to_vec()), b"\"plain\"");
    }

    #[test]
    fn a_text_may_come_in_parts() {
        let text = |json: &str| read_text(&RawValue::from_string(json.to_owned()).unwrap());
        assert_eq!(text(r#"["see ", {"type": "link", "text": "x.org"}, 7]"#), "see x.org");
        assert_eq!(text(r#""hi""#), "hi");
        assert_eq!(text("null"), "");
    }
}
