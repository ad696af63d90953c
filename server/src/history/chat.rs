//! Chats of people and a bot, as messengers export them: who is the bot, and to whom it speaks, is said by none of their
//! messages.

use std::collections::{BTreeMap, HashMap, VecDeque};

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use anyhow::bail;

use super::sink::{Rejection, Sink, Stopped};
use crate::intake::item::{Item, Value};

/// Most messages that wait until somebody has spoken, or the bot has.
const MAX_HELD: usize = 20_000;
/// Most bytes that they have.
const MAX_HELD_BYTES: usize = 8 * 1024 * 1024;
/// Most messages whose authors are remembered.
const MAX_AUTHORS: usize = 100_000;
/// Conversations that are open at once. Beyond, all are finished: what the bot says in them before a person does is
/// nobody's.
const MAX_CHATS: usize = 10_000;
/// How many speakers a message names.
const SHOWN_SPEAKERS: usize = 20;
/// Speakers that are told apart at once.
const MAX_SPEAKERS: usize = 1_000;

/// A message of a chat.
#[derive(Debug)]
pub(super) struct Said {
    /// Line, or number.
    pub(super) row: u64,
    /// Unique within the bot.
    pub(super) id: Option<String>,
    /// The id under which others reply to it.
    pub(super) key: Option<String>,
    /// Who wrote it.
    pub(super) author: Option<String>,
    /// Which side wrote it.
    pub(super) direction: Direction,
    /// The message that it replies to.
    pub(super) reply_to: Option<String>,
    /// To whom the bot speaks, where that is said.
    pub(super) to: Option<String>,
    /// When.
    pub(super) at: Option<Value<'static>>,
    /// What.
    pub(super) text: Option<String>,
    /// What else is said of it.
    pub(super) more: More,
}

/// What few exports say of a message.
#[derive(Debug, Default)]
pub(super) struct More {
    /// Where it travelled; by default the chat's channel.
    pub(super) channel: Option<String>,
    /// The conversation, if that ends.
    pub(super) session: Option<String>,
    /// What the bot understood.
    pub(super) intent: Option<String>,
    /// Whether it understood.
    pub(super) handled: Option<bool>,
}

impl Said {
    /// About how much memory it takes.
    fn bytes(&self) -> usize {
        let texts = [&self.id, &self.key, &self.author, &self.reply_to, &self.to, &self.text];
        size_of::<Self>() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }

    /// A message of which nothing is said but who wrote it.
    pub(super) fn new(row: u64, direction: Direction) -> Self {
        let (id, key, author, reply_to, to, text) = Default::default();
        Self { row, id, key, author, direction, reply_to, to, at: None, text, more: More::default() }
    }
}

/// Whether a chat counts in which the bot never speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// It is known that the bot is in it.
    Counts,
    /// It is somebody else's chat until the bot speaks.
    LeftOut,
}

/// One chat, message by message.
pub(super) struct Chat {
    channel: Option<&'static str>,
    /// Messages that wait for the first one of the bot, or of a person.
    held: VecDeque<Said>,
    held_bytes: usize,
    has_bot: bool,
    last: Option<String>,
    authors: HashMap<String, String>,
}

impl Chat {
    pub(super) fn new(channel: Option<&'static str>, silence: Silence) -> Self {
        let (held, authors) = Default::default();
        Self { channel, held, held_bytes: 0, has_bot: silence == Silence::Counts, last: None, authors }
    }

    /// Adds a message.
    ///
    /// # Errors
    /// When nobody takes rows any more.
    pub(super) fn add(&mut self, said: Said, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        self.has_bot |= said.direction == Direction::Outgoing;
        let is_first_person = said.direction == Direction::Incoming && self.last.is_none();
        self.held_bytes += said.bytes();
        self.held.push_back(said);
        if self.held.len() > MAX_HELD || self.held_bytes > MAX_HELD_BYTES {
            return self.give_up(sink);
        }
        if !self.has_bot {
            return Ok(());
        }
        if is_first_person {
            // What the bot said before was said to the first one who speaks.
            self.last = self
                .held
                .iter()
                .find(|said| said.direction == Direction::Incoming)
                .and_then(|said| said.author.clone());
        }
        self.release(sink)
    }

    /// Adds what still waits.
    ///
    /// # Errors
    /// When nobody takes rows any more.
    pub(super) fn finish(mut self, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        self.give_up(sink)
    }

    fn release(&mut self, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        if self.last.is_none() {
            let first = self.held.iter().find(|said| said.direction == Direction::Incoming);
            self.last = first.and_then(|said| said.author.clone());
        }
        while let Some(said) = self.held.pop_front() {
            let has_nobody =
                said.direction == Direction::Outgoing && said.to.is_none() && self.last.is_none();
            if has_nobody {
                self.held.push_front(said);
                return Ok(());
            }
            self.held_bytes -= said.bytes();
            self.write(said, sink)?;
        }
        Ok(())
    }

    fn give_up(&mut self, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        self.held_bytes = 0;
        for said in std::mem::take(&mut self.held) {
            if self.has_bot {
                let detail = "only the bot speaks in this chat";
                sink.reject(said.row, Rejection::of_field(RejectionCode::UserIdMissing, "user_id", detail))?;
            } else {
                sink.skip(said.row, "chat_without_bot")?;
            }
        }
        Ok(())
    }

    fn write(&mut self, said: Said, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        let replied_to = said.reply_to.as_ref().and_then(|key| self.authors.get(key));
        let user = match said.direction {
            Direction::Incoming => said.author.clone(),
            Direction::Outgoing => said.to.or_else(|| replied_to.cloned()).or_else(|| self.last.clone()),
        };
        if let (Direction::Incoming, Some(user)) = (said.direction, &user) {
            self.last = Some(user.clone());
            if self.authors.len() >= MAX_AUTHORS {
                self.authors.clear();
            }
            self.authors.extend(said.key.map(|key| (key, user.clone())));
        }
        let draft = Item {
            id: said.id.map(Value::from),
            user_id: user.map(Value::from),
            at: said.at,
            direction: Some(said.direction.into()),
            channel: said.more.channel.map(Value::from).or(self.channel.map(Value::from)),
            text: said.text.map(Value::from),
            session_id: said.more.session.map(Value::from),
            intent: said.more.intent.map(Value::from),
            handled: said.more.handled.map(Value::from),
            ..Item::default()
        };
        sink.push(said.row, &draft)
    }
}

/// The conversations of one export.
#[derive(Default)]
pub(super) struct Chats {
    chats: HashMap<String, Chat>,
    held_bytes: usize,
}

impl Chats {
    /// Adds a message of a conversation.
    ///
    /// # Errors
    /// When nobody takes rows any more.
    pub(super) fn add(&mut self, conversation: &str, said: Said, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        let is_full = self.chats.len() >= MAX_CHATS && !self.chats.contains_key(conversation);
        if is_full || self.held_bytes > MAX_HELD_BYTES {
            std::mem::take(self).finish(sink)?;
        }
        let new = || Chat::new(None, Silence::Counts);
        let chat = self.chats.entry(conversation.to_owned()).or_insert_with(new);
        let before = chat.held_bytes;
        chat.add(said, sink)?;
        self.held_bytes = self.held_bytes + chat.held_bytes - before;
        Ok(())
    }

    /// Adds what still waits.
    ///
    /// # Errors
    /// When nobody takes rows any more.
    pub(super) fn finish(self, sink: &mut Sink<'_>) -> Result<(), Stopped> {
        self.chats.into_values().try_for_each(|chat| chat.finish(sink))
    }

    /// The same after a file was read, or broke off: what came before an error counts.
    ///
    /// # Errors
    /// Those of reading, or when nobody takes rows any more.
    pub(super) fn finish_after(self, read: anyhow::Result<()>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.finish(sink)?;
        read
    }
}

/// Who speaks at the beginning of a file, with the number of their messages.
#[derive(Debug, Default)]
pub(super) struct Speakers(BTreeMap<String, u64>);

impl Speakers {
    /// Counts a message of somebody, by the name under which people know them.
    pub(super) fn count(&mut self, name: &str) {
        if self.0.len() < MAX_SPEAKERS || self.0.contains_key(name) {
            *self.0.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Fails unless somebody in it is the bot.
    ///
    /// # Errors
    /// In words, with all who speak.
    pub(super) fn require(&self, has_bot: Option<()>, bot_names: &[String]) -> anyhow::Result<()> {
        if has_bot.is_some() || self.0.is_empty() {
            return Ok(());
        }
        let mut speakers: Vec<_> = self.0.iter().collect();
        speakers.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let speakers: Vec<_> =
            speakers.iter().take(SHOWN_SPEAKERS).map(|(name, count)| format!("{name} ({count})")).collect();
        let speakers = speakers.join(", ");
        match bot_names {
            [] => bail!("it is not clear who is the bot: give --bot-name; there are: {speakers}"),
            names => bail!("nobody is called {}; there are: {speakers}", names.join(" or ")),
        }
    }
}

/// Whether somebody tells that one of these names or ids is the bot's.
pub(super) fn is_named(bot_names: &[String], names: &[Option<&str>]) -> bool {
    names.iter().flatten().any(|name| bot_names.iter().any(|bot| bot.trim() == name.trim()))
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::fuzzing::READER;
    use crate::intake::translation::MissingTime;

    #[test]
    fn of_many_conversations_and_of_a_bot_that_talks_to_nobody_only_so_much_waits() {
        let mut emit = |_| ControlFlow::Continue(());
        let mut sink = Sink::new(READER, MissingTime::Refuse, &mut emit);
        let mut chats = Chats::default();
        for number in 0..MAX_CHATS as u64 + 5 {
            chats.add(&number.to_string(), Said::new(number, Direction::Outgoing), &mut sink).unwrap();
        }
        assert_eq!(chats.chats.len(), 5);
        for number in 0..MAX_HELD as u64 {
            chats.add("0", Said::new(number, Direction::Outgoing), &mut sink).unwrap();
        }
        assert_eq!(chats.chats["0"].held.len(), MAX_HELD);
        chats.add("0", Said::new(0, Direction::Outgoing), &mut sink).unwrap();
        assert_eq!((chats.chats["0"].held.len(), chats.chats["0"].held_bytes), (0, 0));
    }
}
