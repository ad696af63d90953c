//! What is kept of a span: when it was, whom it names, and its call of a model if it is one.

use std::collections::HashMap;

use analytics::error::RejectionCode;
use analytics::ids::{Channel, SessionId, UserId};
use analytics::instant::Instant;
use data_encoding::HEXLOWER;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde::{Deserialize, Serialize};

use super::attributes::Attributes;
use super::calls::{Call, NANOS_OF_MS};
use super::kinds::{is_helper, is_turn, is_turn_call};
use super::names::{CHANNEL, CONVERSATION, USER};
use crate::intake::item::ItemReader;

const TRACE_ID_BYTES: usize = 16;
const SPAN_ID_BYTES: usize = 8;
/// The id under which Spring AI keeps all conversations that have none.
const NO_CONVERSATION: &str = "default";

/// Where libraries put the conversations that they make up, as authors of bots do with theirs.
const LIBRARY_CONVERSATION: &str = "gen_ai.conversation.id";

/// Whom a span names, or the process that it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversation_id: Option<String>,
    /// Whether the conversation may be one that a library has made up for each run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_of_library: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<String>,
}

impl Named {
    /// Reads the names that attributes tell.
    pub(super) fn read(attributes: &Attributes<'_>) -> Self {
        let conversation_id = attributes.find_name(&CONVERSATION).filter(|id| id != NO_CONVERSATION);
        let of_library = attributes.find_text(&[LIBRARY_CONVERSATION]);
        Self {
            user_id: attributes.find_name(&USER),
            is_of_library: conversation_id.is_some() && conversation_id == of_library,
            conversation_id,
            channel: attributes.find_name(&CHANNEL).filter(|channel| Channel::parse(channel).is_ok()),
        }
    }

    /// The same, or nobody where an item would not take one of the names.
    pub(super) fn if_taken(self) -> Self {
        if self.check().is_ok() { self } else { Self::default() }
    }

    fn add_older(&mut self, older: Self) {
        self.user_id = self.user_id.take().or(older.user_id);
        if self.conversation_id.is_none() {
            (self.conversation_id, self.is_of_library) = (older.conversation_id, older.is_of_library);
        }
        self.channel = self.channel.take().or(older.channel);
    }

    fn is_nobody(&self) -> bool {
        *self == Self::default()
    }

    /// # Errors
    /// The code under which a span with these names is rejected.
    fn check(&self) -> Result<(), RejectionCode> {
        self.user_id.as_deref().map(UserId::parse).transpose()?;
        self.conversation_id.as_deref().map(SessionId::parse).transpose()?;
        Ok(())
    }
}

/// A span that matters: a call, one that says whose calls are or what they are for, or a turn of several.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SpanPart {
    /// Its place in the request; what was held has none.
    #[serde(skip)]
    pub(super) index: Option<usize>,
    #[serde(skip)]
    pub(super) span_id: String,
    /// The nearest span above it that matters, or of which nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_id: Option<String>,
    pub(super) started_at: i64,
    /// Not before the start.
    pub(super) ended_at: i64,
    #[serde(flatten)]
    pub(super) named: Named,
    /// What its process names: the last resort.
    #[serde(default, skip_serializing_if = "Named::is_nobody")]
    pub(super) of_process: Named,
    #[serde(default)]
    pub(super) role: Role,
    #[serde(default)]
    pub(super) form: Form,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call: Option<Call>,
}

/// What a span is to those below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Role {
    /// Nothing but what it names.
    #[default]
    Plain,
    /// One turn of a trace that holds several.
    Turn,
    /// It makes a title or the like: nothing below it is said to anybody.
    Helper,
}

/// How much of a span is told at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Form {
    /// All of it: whatever is told again is the same.
    #[default]
    Whole,
    /// As much as is known: more may come later, and adds to it.
    Piece,
}

impl SpanPart {
    /// Adds what was told of the same span before.
    pub(super) fn add_older(&mut self, older: Self) {
        self.started_at = self.started_at.min(older.started_at);
        self.ended_at = self.ended_at.max(older.ended_at);
        self.parent_id = self.parent_id.take().or(older.parent_id);
        self.named.add_older(older.named);
        if self.role == Role::Plain {
            self.role = older.role;
        }
        match (&mut self.call, older.call) {
            (Some(call), Some(older)) => call.add_older(older),
            (call @ None, older) => *call = older,
            (Some(_), None) => {}
        }
    }

    /// Takes it for something that nobody says and nobody hears.
    pub(super) fn silence(&mut self) {
        if let Some(call) = &mut self.call {
            (call.talk, call.asked, call.answered) = (None, None, None);
        }
    }

    /// What matters of a span, if anything does.
    pub(super) fn read(index: usize, span: &Span, of_process: &Named, reader: ItemReader) -> Option<Self> {
        let attributes = Attributes::new(&span.attributes);
        let call = Call::read(span, &attributes, reader.stores_text);
        let begins_turn = if call.is_none() { is_turn(span, &attributes) } else { is_turn_call(span) };
        let role = if is_helper(span, &attributes) {
            Role::Helper
        } else if begins_turn {
            Role::Turn
        } else {
            Role::Plain
        };
        let part = Self {
            index: Some(index),
            span_id: write_id(&span.span_id),
            parent_id: (!is_root(span)).then(|| write_id(&span.parent_span_id)),
            started_at: read_time(span.start_time_unix_nano, reader.arrived_at),
            ended_at: read_time(span.end_time_unix_nano.max(span.start_time_unix_nano), reader.arrived_at),
            named: Named::read(&attributes),
            of_process: if call.is_some() { of_process.clone() } else { Named::default() },
            role,
            form: Form::Whole,
            call,
        };
        part.matters().then_some(part)
    }

    fn matters(&self) -> bool {
        self.call.is_some() || self.role != Role::Plain || !self.named.is_nobody()
    }

    /// Whether items made from it will be taken. What is acknowledged before they are made must not be refused then.
    ///
    /// # Errors
    /// The code under which it is rejected.
    pub(super) fn check(&self, reader: ItemReader) -> Result<(), RejectionCode> {
        self.named.check()?;
        reader.check_time(Instant::from_ms(self.started_at))?;
        reader.check_time(Instant::from_ms(self.ended_at))?;
        Ok(())
    }
}

/// Whether its ids are as long as they have to be, and say something. The id of the span above may say nothing.
pub(super) fn has_ids(span: &Span) -> bool {
    let is_id = |id: &[u8], length| id.len() == length && id.iter().any(|byte| *byte != 0);
    is_id(&span.trace_id, TRACE_ID_BYTES)
        && is_id(&span.span_id, SPAN_ID_BYTES)
        && (is_root(span) || span.parent_span_id.len() == SPAN_ID_BYTES)
}

/// Whether no span is above it.
pub(super) fn is_root(span: &Span) -> bool {
    span.parent_span_id.iter().all(|byte| *byte == 0)
}

pub(super) fn write_id(id: &[u8]) -> String {
    HEXLOWER.encode(id)
}

/// Milliseconds; the time of arrival when none is told.
fn read_time(nanos: u64, arrived_at: Instant) -> i64 {
    if nanos == 0 { arrived_at.as_ms() } else { i64::try_from(nanos / NANOS_OF_MS).unwrap_or(i64::MAX) }
}

/// Which span is above which, of all of one trace in a request.
#[derive(Debug, Default)]
pub(super) struct Parents(HashMap<String, Option<String>>);

impl Parents {
    pub(super) fn note(&mut self, span: &Span) {
        let parent = (!is_root(span)).then(|| write_id(&span.parent_span_id));
        self.0.insert(write_id(&span.span_id), parent);
    }

    /// The nearest span above a part that matters too, or is not in the request.
    pub(super) fn find_above(&self, part: &SpanPart, matters: impl Fn(&str) -> bool) -> Option<String> {
        let mut above = part.parent_id.clone()?;
        for _ in 0..MAX_NESTING {
            match self.0.get(&above) {
                Some(parent) if !matters(&above) => above = parent.clone()?,
                _ => break,
            }
        }
        Some(above)
    }
}

/// How far is looked upwards: what is nested deeper goes in a circle.
pub(super) const MAX_NESTING: usize = 100;
