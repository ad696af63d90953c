//! Which spans are calls of a language model, and what is kept of them.

use analytics::fact::ModelUse;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde::{Deserialize, Serialize};

use super::attributes::{Attributes, read_name};
use super::flow;
use super::kinds::{Kind, find_call_event, is_client_of_vendor};
use super::names::{MODEL, MODEL_INSIDE};
use super::said;
use super::usage::{find_cost_nano, find_tokens};
use crate::intake::item::is_word;

pub(super) const NANOS_OF_MS: u64 = 1_000_000;
/// What the names of attributes with messages begin with.
const MESSAGES: [&str; 9] = [
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.prompt",
    "gen_ai.completion",
    "gen_ai.response.id",
    "gen_ai.response.finish_reason",
    "llm.input_messages.",
    "llm.output_messages.",
    "ai.prompt.messages",
];

/// What a call is to those who talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Talk {
    pub(super) begins: Beginning,
    pub(super) ends: End,
}

/// What a call goes on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Beginning {
    /// Somebody has said something, as far as is told.
    User,
    /// The result of a tool: nobody has said anything new.
    Tool,
}

/// What a call ends in, the more certain later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum End {
    /// Nothing tells.
    Untold,
    /// Somebody is answered.
    Words,
    /// Calls of tools only: the answer is still to come.
    Tool,
}

impl Talk {
    /// What the same call is with what was told of it before.
    fn with(self, older: Self) -> Self {
        let after_tool = [self.begins, older.begins].contains(&Beginning::Tool);
        let begins = if after_tool { Beginning::Tool } else { Beginning::User };
        Self { begins, ends: self.ends.max(older.ends) }
    }
}

/// One call of a model, with what is stored of it and nothing else: it may have to wait on disk.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    /// What it has used. The model's name is absent where it is unreadable.
    pub(super) used: ModelUse,
    /// `None` where it is no part of what is said, such as an embedding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) talk: Option<Talk>,
    /// The user's last words before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) asked: Option<String>,
    /// What the model answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answered: Option<String>,
}

impl Call {
    /// Adds what was told of the same call before.
    pub(super) fn add_older(&mut self, older: Self) {
        let used = &mut self.used;
        used.model = used.model.take().or(older.used.model);
        used.input_tokens = used.input_tokens.or(older.used.input_tokens);
        used.output_tokens = used.output_tokens.or(older.used.output_tokens);
        used.cost_nano_usd = used.cost_nano_usd.or(older.used.cost_nano_usd);
        used.latency_ms = used.latency_ms.or(older.used.latency_ms);
        used.failed |= older.used.failed;
        self.talk = self.talk.zip(older.talk).map(|(newer, older)| newer.with(older));
        self.asked = self.asked.take().or(older.asked);
        self.answered = self.answered.take().or(older.answered);
    }

    /// Reads a span that is a call of a model.
    ///
    /// One that says so is a call, whatever it tells of tokens: streamed answers often tell none. One that says it is
    /// something around calls is one only if it counts tokens; whether there are calls below is decided later. One that
    /// says nothing is a call if it names a model and has tokens, messages or an error, or is a client of a vendor.
    pub(super) fn read(span: &Span, attributes: &Attributes<'_>, wants_text: bool) -> Option<Self> {
        let kind = Kind::of(attributes);
        match find_call_event(span).filter(|_| kind == Kind::Unknown) {
            Some(event) => Self::read_as(Kind::Call, span, &Attributes::new(&event.attributes), wants_text),
            None => Self::read_as(kind, span, attributes, wants_text),
        }
    }

    fn read_as(kind: Kind, span: &Span, attributes: &Attributes<'_>, wants_text: bool) -> Option<Self> {
        let model = find_model(attributes);
        let tokens = find_tokens(attributes);
        let failed = has_failed(span, attributes);
        let is_call = match kind {
            Kind::Call | Kind::Embedding => true,
            Kind::Around | Kind::Silent => model.is_some() && tokens.are_told,
            Kind::Unknown => {
                model.is_some()
                    && (tokens.are_told
                        || failed
                        || has_messages(attributes)
                        || is_client_of_vendor(span, attributes))
            }
            Kind::NoCall => false,
        };
        if !is_call {
            return None;
        }
        let is_silent = matches!(kind, Kind::Embedding | Kind::Silent);
        let reads_text = wants_text && !is_silent;
        Some(Self {
            used: ModelUse {
                model: model.filter(|name| is_word(name)),
                input_tokens: tokens.input,
                output_tokens: tokens.output,
                cost_nano_usd: find_cost_nano(attributes),
                latency_ms: find_latency_ms(span),
                failed,
            },
            talk: (!is_silent).then(|| find_talk(span, attributes)),
            asked: reads_text.then(|| said::find_asked(span, attributes)).flatten(),
            answered: reads_text.then(|| said::find_answered(span, attributes)).flatten(),
        })
    }
}

fn find_model(attributes: &Attributes<'_>) -> Option<String> {
    let (object, member) = MODEL_INSIDE;
    let inside = || attributes.find_json(object)?.get(member)?.as_str().map(str::to_owned);
    attributes.find_text(&MODEL).or_else(inside)
}

pub(super) fn find_talk(span: &Span, attributes: &Attributes<'_>) -> Talk {
    let begins = if flow::goes_on_after_tool(span, attributes) { Beginning::Tool } else { Beginning::User };
    let ends = match flow::ends_in_tool(span, attributes) {
        Some(true) => End::Tool,
        Some(false) => End::Words,
        // Only behind a tool does it matter whether the answer is told.
        None if begins == Beginning::Tool && said::find_answered(span, attributes).is_some() => End::Words,
        None => End::Untold,
    };
    Talk { begins, ends }
}

fn has_messages(attributes: &Attributes<'_>) -> bool {
    attributes.iter().any(|(key, _)| MESSAGES.iter().any(|start| key.starts_with(start)))
}

fn has_failed(span: &Span, attributes: &Attributes<'_>) -> bool {
    let status = span.status.as_ref().map_or(0, |status| status.code);
    let says = |key: &str, word: &str| {
        attributes.find(key).and_then(read_name).is_some_and(|value| value.eq_ignore_ascii_case(word))
    };
    status == StatusCode::Error as i32
        || attributes.find("error.type").and_then(read_name).is_some()
        || says("langfuse.observation.level", "ERROR")
        || says("outcome", "ERROR")
        || says("ai.response.finishReason", "error")
}

/// From start to end, rounded; `None` when either is not told, or they stand the wrong way round.
fn find_latency_ms(span: &Span) -> Option<u64> {
    let (start, end) = (span.start_time_unix_nano, span.end_time_unix_nano);
    if start == 0 || end < start {
        return None;
    }
    Some((end - start).saturating_add(NANOS_OF_MS / 2) / NANOS_OF_MS)
}
