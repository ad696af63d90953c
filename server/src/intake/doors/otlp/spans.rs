//! What is kept of a span: when it was, whom it names, and its call of a model if it is one.

use std::collections::HashMap;

use analytics::error::RejectionCode;
use analytics::ids::Channel;
use analytics::instant::Instant;
use data_encoding::HEXLOWER;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde::{Deserialize, Serialize};

use super::attributes::{Attributes, CHANNEL, CONVERSATION, USER};
use super::calls::Call;
use crate::intake::doors::draft::Draft;
use crate::intake::item::ItemReader;

const TRACE_ID_BYTES: usize = 16;
const SPAN_ID_BYTES: usize = 8;
pub(super) const NANOS_OF_MS: u64 = 1_000_000;

/// A span that matters: a call, or one that says whose calls are.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Part {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call: Option<Call>,
}

impl Part {
    /// What matters of a span, if anything does.
    pub(super) fn read(index: usize, span: &Span, reader: ItemReader) -> Option<Self> {
        let attributes = Attributes(&span.attributes);
        let part = Self {
            index: Some(index),
            span_id: write_id(&span.span_id),
            parent_id: (!is_root(span)).then(|| write_id(&span.parent_span_id)),
            started_at: read_time(span.start_time_unix_nano, reader.arrived_at),
            ended_at: read_time(span.end_time_unix_nano.max(span.start_time_unix_nano), reader.arrived_at),
            user_id: attributes.find_text(&USER),
            conversation_id: attributes.find_text(&CONVERSATION),
            channel: attributes.find_text(&CHANNEL).filter(|channel| Channel::parse(channel).is_ok()),
            call: Call::read(span, attributes, reader.stores_text),
        };
        part.matters().then_some(part)
    }

    fn matters(&self) -> bool {
        let names = [&self.user_id, &self.conversation_id, &self.channel];
        self.call.is_some() || names.iter().any(|name| name.is_some())
    }

    /// Whether items made from it will be taken. What is acknowledged before they are made must not be refused then.
    ///
    /// # Errors
    /// The code under which it is rejected.
    pub(super) fn check(&self, reader: ItemReader) -> Result<(), RejectionCode> {
        for at in [self.started_at, self.ended_at] {
            let draft = Draft {
                user_id: Some(self.user_id.as_deref().unwrap_or("unknown").into()),
                session_id: self.conversation_id.as_deref().map(Into::into),
                at: Some(at.into()),
                direction: Some("incoming"),
                ..Draft::default()
            };
            let item = serde_json::to_vec(&draft).map_err(|_| RejectionCode::NotAnObject)?;
            reader.read(&item)?;
        }
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
    pub(super) fn find_above(&self, part: &Part, matters: impl Fn(&str) -> bool) -> Option<String> {
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
