//! What a bot tells: messages, events of its own, and calls of language models. Valid once they exist; nothing below parses again.

use serde::{Deserialize, Serialize};

use crate::ids::{Channel, EventName, FactId, SessionId, UserId};
use crate::instant::Instant;

/// Who speaks. Incoming sorts first: at equal instants the question precedes the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From the user to the bot. Only these count as messages, sessions and users.
    Incoming,
    /// From the bot to the user.
    Outgoing,
}

/// One thing that a bot told, with an id that is unique within the bot over everything it tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The id under which it counts once, for ever.
    pub id: FactId,
    /// The person it is about.
    pub user_id: UserId,
    /// The sender's name for the conversation, if it has one.
    pub session_id: Option<SessionId>,
    /// When it was said.
    pub at: Instant,
    /// Where it travelled.
    pub channel: Channel,
    /// What it is.
    pub kind: FactKind,
}

/// Message, custom event or model call.
#[derive(Clone, Debug, PartialEq)]
pub enum FactKind {
    /// One thing said.
    Message(Message),
    /// Something the bot wants counted by name; never counted as a message.
    Event(Event),
    /// A call of a language model that is not itself a message: counted neither as one nor as an event.
    ModelCall(ModelUse),
}

impl FactKind {
    /// What it tells of the use of a language model: a model call always does, an outgoing message if it says anything
    /// of one.
    pub fn model_use(&self) -> Option<&ModelUse> {
        match self {
            Self::Message(message) if message.direction == Direction::Outgoing => {
                message.model_use.as_ref().filter(|used| **used != ModelUse::default())
            }
            Self::ModelCall(used) => Some(used),
            Self::Message(_) | Self::Event(_) => None,
        }
    }
}

/// What a message has beyond what every fact has.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub direction: Direction,
    /// The words, stored only if the bot's owner switched that on.
    pub text: Option<String>,
    /// What the bot understood.
    pub intent: Option<String>,
    /// Whether the bot could answer.
    pub handled: Option<bool>,
    /// The language model's part, for outgoing messages made by one.
    pub model_use: Option<ModelUse>,
}

impl Message {
    /// A message of which only the direction is known.
    pub fn new(direction: Direction) -> Self {
        Self { direction, text: None, intent: None, handled: None, model_use: None }
    }
}

/// What a call of a language model used: to make a message, or for whatever else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelUse {
    /// The model's name.
    pub model: Option<String>,
    /// Tokens read.
    pub input_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// Price in billionths of a US dollar: integers, so that order never changes a sum.
    pub cost_nano_usd: Option<i64>,
    /// Time to the answer, in milliseconds.
    pub latency_ms: Option<u64>,
    /// Whether the call ended in an error.
    pub failed: bool,
}

/// A custom event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub name: EventName,
    /// A number, in billionths.
    pub value_nano: Option<i64>,
    /// A JSON object as text, at most 8 KiB.
    pub properties: Option<String>,
}
