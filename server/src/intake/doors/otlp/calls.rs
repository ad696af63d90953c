//! Which spans are calls of a language model, and what they used.

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::attributes::{Attributes, COST, ERROR, INPUT_TOKENS, MODEL, OUTPUT_TOKENS, read_text};
use super::said;
use super::spans::NANOS_OF_MS;
use crate::intake::doors::optional;

/// Where instrumentations say what a call is for.
const PURPOSE: [&str; 3] = ["gen_ai.operation.name", "openinference.span.kind", "langfuse.observation.type"];

/// One call of a model, with what the item reader will take of it and nothing else: it may have to wait on disk.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    /// `None` where its name is unreadable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input_tokens: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_tokens: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cost_usd: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency_ms: Option<i64>,
    pub(super) has_failed: bool,
    /// Whether it is part of a conversation. An embedding is none: nobody said anything, nothing was answered.
    pub(super) is_talk: bool,
    /// The user's last words before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) asked: Option<String>,
    /// What the model answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answered: Option<String>,
}

impl Call {
    /// A span is a call if it names a model and counts tokens. What wraps calls names the model too, and repeats their
    /// sums under other names. A call that failed may have counted nothing.
    pub(super) fn read(span: &Span, attributes: Attributes<'_>, wants_text: bool) -> Option<Self> {
        let model = attributes.find_text(&MODEL)?;
        let input_tokens = attributes.find_number(INPUT_TOKENS);
        let output_tokens = attributes.find_number(OUTPUT_TOKENS);
        let has_failed = has_failed(span, attributes);
        if input_tokens.is_none() && output_tokens.is_none() && !has_failed {
            return None;
        }
        let is_talk = is_talk(attributes);
        let reads_text = wants_text && is_talk;
        Some(Self {
            model: Some(model).filter(|name| optional::is_word(name)),
            input_tokens: input_tokens.flatten().and_then(optional::keep_count),
            output_tokens: output_tokens.flatten().and_then(optional::keep_count),
            cost_usd: attributes.find_number(COST).flatten().and_then(optional::keep_amount),
            latency_ms: find_latency_ms(span),
            has_failed,
            is_talk,
            asked: reads_text.then(|| said::find_asked(attributes)).flatten(),
            answered: reads_text.then(|| said::find_answered(attributes)).flatten(),
        })
    }
}

fn has_failed(span: &Span, attributes: Attributes<'_>) -> bool {
    let status = span.status.as_ref().map_or(0, |status| status.code);
    status == StatusCode::Error as i32 || attributes.find(ERROR).is_some()
}

fn is_talk(attributes: Attributes<'_>) -> bool {
    let purposes = PURPOSE.iter().filter_map(|key| read_text(attributes.find(key)?));
    !purposes.into_iter().any(|purpose| purpose.to_ascii_lowercase().contains("embedding"))
}

/// From start to end, rounded; `None` when either is not told, or they stand the wrong way round.
fn find_latency_ms(span: &Span) -> Option<i64> {
    let (start, end) = (span.start_time_unix_nano, span.end_time_unix_nano);
    if start == 0 || end < start {
        return None;
    }
    i64::try_from((end - start).saturating_add(NANOS_OF_MS / 2) / NANOS_OF_MS).ok()
}
