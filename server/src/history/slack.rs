//! An export of a Slack workspace: a folder or a zip archive of channels, each with a file a day.

mod people;

use std::borrow::Cow;
use std::collections::HashSet;

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use analytics::written_time::Moment;
use anyhow::{Context, bail};
use serde_json::value::RawValue;

use self::people::{Bot, Channels, Members};
use super::chat::{Chat, More, Said, Silence};
use super::files::{Files, has_extension};
use super::lines::read_values;
use super::options::{Options, WhatCounts};
use super::sink::{Rejection, Sink};
use super::source::InputFile;
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::derive_id::derive_id;

/// Kinds that are messages.
const MESSAGES: [&str; 7] = [
    "",
    "bot_message",
    "me_message",
    "thread_broadcast",
    "reply_broadcast",
    "file_share",
    "assistant_app_thread",
];
/// Most threads of the bot that are remembered in a channel.
const MAX_THREADS: usize = 100_000;

/// Whether a file is one day of an export.
pub(super) fn recognise(file: &InputFile) -> bool {
    file.has_member("ts") && file.has_member("type") && !file.has_member("guild")
}

/// Whether a file of an archive is of the export: not what the archiver of a Mac adds.
pub(super) fn belongs(name: &str) -> bool {
    has_extension(name, &["json"]) && !name.contains("__MACOSX/")
}

/// One file alone names neither its channel nor who is the bot.
///
/// # Errors
/// Always.
pub(super) fn refuse_file(_: InputFile, _: &Options, _: &mut Sink<'_>) -> anyhow::Result<()> {
    bail!("this is one day of a Slack export: import the whole folder or the zip archive")
}

/// Reads all channels.
///
/// # Errors
/// When it is no export, does not say who is the bot, or cannot be read.
pub(super) fn read(mut files: Files, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let lists = files.sample(is_list, usize::MAX)?;
    let mut members = Members::default();
    let mut channels = Channels::default();
    for list in lists {
        let name = list.name.clone();
        let add = |value: &[u8]| if is_members(&name) { members.add(value) } else { channels.add(value) };
        read_list(list, options.max_value_bytes, add).with_context(|| format!("in {name}"))?;
    }
    let bot = members.find_bot(&options.bot_names)?;
    let mut open: Option<ChannelReader> = None;
    while let Some(file) = files.next(is_day, &mut |_| ())? {
        let name = file.name.clone();
        let folder = folder_of(&name).to_owned();
        if open.as_ref().is_none_or(|open| open.folder != folder) {
            open.take().map_or(Ok(()), |open| open.chat.finish(sink))?;
            open = Some(ChannelReader::new(folder, &channels, &bot, options.what_counts));
        }
        sink.set_file(Some(&name));
        if let Some(channel) = &mut open {
            channel.read_day(file, &bot, sink).with_context(|| format!("in {name}"))?;
        }
    }
    let open = open.context("it has no files of channels: expected files such as general/2026-11-20.json")?;
    Ok(open.chat.finish(sink)?)
}

/// Gives each element of a list to `add`.
fn read_list(file: InputFile, max_bytes: usize, mut add: impl FnMut(&[u8])) -> anyhow::Result<()> {
    let mut bytes = 0;
    read_values(file, |json| {
        let value = json.value()?;
        bytes += value.len();
        if bytes > max_bytes {
            bail!("the list is larger than {} MiB", max_bytes / (1024 * 1024));
        }
        add(&value);
        Ok(())
    })
}

fn base_of(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, base)| base)
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| base_of(folder))
}

fn is_members(name: &str) -> bool {
    matches!(base_of(name), "users.json" | "org_users.json")
}

fn is_list(name: &str) -> bool {
    belongs(name)
        && (is_members(name)
            || matches!(base_of(name), "channels.json" | "groups.json" | "dms.json" | "mpims.json"))
}

/// `general/2026-10-12.json`
fn is_day(name: &str) -> bool {
    let base = base_of(name).strip_suffix(".json").unwrap_or_default();
    let is_date = base.len() == 10
        && base
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    belongs(name) && is_date && name.contains('/')
}

struct ChannelReader {
    folder: String,
    id: String,
    is_with_bot: bool,
    what_counts: WhatCounts,
    /// Threads in which the bot speaks or was spoken to.
    threads: HashSet<String>,
    chat: Chat,
}

impl ChannelReader {
    fn new(folder: String, channels: &Channels, bot: &Bot, what_counts: WhatCounts) -> Self {
        let (id, is_with_bot) = channels.find(&folder, bot);
        let (threads, chat) = (HashSet::new(), Chat::new(Some("slack"), Silence::Counts));
        Self { folder, id, is_with_bot, what_counts, threads, chat }
    }

    fn read_day(&mut self, file: InputFile, bot: &Bot, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let mut number = 0;
        read_values(file, |json| {
            number += 1;
            self.add(number, &json.value()?, bot, sink)
        })
    }

    fn add(&mut self, number: u64, json: &[u8], bot: &Bot, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(message) = Sent::parse(json) else {
            return Ok(sink.reject(number, Rejection::new(RejectionCode::NotAnObject))?);
        };
        let kind = message.text("subtype").unwrap_or_default();
        if !MESSAGES.contains(&&*kind)
            || message.flag("hidden") == Some(true)
            || message.text("type").as_deref() != Some("message")
        {
            let kind = if kind.is_empty() { message.text("type").unwrap_or_default() } else { kind };
            return Ok(sink.skip(number, ignored_name(&kind))?);
        }
        let is_bot = bot.wrote(&message);
        if !is_bot && bot.is_of_another(&message) {
            return Ok(sink.skip(number, "other_bot")?);
        }
        if self.what_counts == WhatCounts::SaidToBot && !is_bot && !self.is_to_bot(&message, bot) {
            return Ok(sink.skip(number, "not_to_the_bot")?);
        }
        if self.threads.len() < MAX_THREADS {
            self.threads.extend(find_thread(&message));
        }
        let said =
            self.said(number, &message, if is_bot { Direction::Outgoing } else { Direction::Incoming });
        Ok(self.chat.add(said, sink)?)
    }

    fn said(&self, row: u64, message: &Sent<'_>, direction: Direction) -> Said {
        let at = message.text("ts").map(Cow::into_owned);
        let id = at.as_deref().and_then(|at| derive_id(&["slack", &self.id, at]).ok());
        Said {
            row,
            id: id.map(|id| id.as_str().to_owned()),
            author: message.id("user").map(Cow::into_owned),
            direction,
            reply_to: message.text("thread_ts").map(Cow::into_owned),
            to: None,
            at: at.as_deref().and_then(Moment::of_number).map(|moment| moment.to_instant().as_ms().into()),
            key: at,
            text: find_text(message),
            more: More::default(),
        }
    }

    /// In a channel with the bot alone, by its name, or in a thread of its own.
    fn is_to_bot(&self, message: &Sent<'_>, bot: &Bot) -> bool {
        let text = message.text("text").unwrap_or_default();
        let in_thread = || find_thread(message).is_some_and(|thread| self.threads.contains(&thread));
        let has_bots_reply = || {
            let users = message.array("reply_users").unwrap_or_default();
            users.iter().any(|user| crate::intake::json::read_text(user).is_some_and(|user| bot.is_id(&user)))
        };
        self.is_with_bot || bot.is_mentioned(&text) || in_thread() || has_bots_reply()
    }
}

fn find_thread(message: &Sent<'_>) -> Option<String> {
    message.text("thread_ts").or_else(|| message.text("ts")).map(Cow::into_owned)
}

/// Slack escapes three characters.
fn find_text(message: &Sent<'_>) -> Option<String> {
    let fallback = || {
        let attachments = message.array("attachments")?;
        let first: &RawValue = attachments.first()?;
        Sent::parse(first.get().as_bytes())?.text("fallback").map(Cow::into_owned)
    };
    let text = message.text("text").map(Cow::into_owned).filter(|text| !text.is_empty()).or_else(fallback);
    text.map(|text| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}
