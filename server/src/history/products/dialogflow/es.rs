//! What Dialogflow ES writes to Cloud Logging: a text in protobuf's text format, with the question and the answer.

use std::borrow::Cow;

use analytics::fact::Direction;
use analytics::written_time::Moment;

use super::super::text_format;
use crate::history::chat::{More, Said};
use crate::history::products::{channel_word, find_time};
use crate::intake::doors::sent::Sent;
use crate::intake::item::Value;
use crate::intake::item::derive_id::derive_id;

const RESPONSE: &str = "Dialogflow Response : ";
/// The event with which most clients open a conversation; a log does not tell it from typed words.
const OPENING: &str = "WELCOME";

/// A question and its answer.
pub(super) struct Answer {
    pub(super) session: String,
    id: String,
    at: Option<Value<'static>>,
    channel: Option<String>,
    question: Option<String>,
    intent: Option<String>,
    is_fallback: bool,
    answer: Option<String>,
}

impl Answer {
    /// Reads an entry; `None` for anything but a response.
    pub(super) fn read(entry: &Sent<'_>) -> Option<Self> {
        let payload = entry.text("textPayload")?;
        let fields = text_format::read(payload.strip_prefix(RESPONSE)?);
        let find = |path: &str| {
            fields
                .iter()
                .find(|(known, _)| known == path)
                .map(|(_, value)| value.clone())
                .filter(|value| !value.is_empty())
        };
        let at = find("timestamp")
            .and_then(|at| Moment::of_text_in_utc(&at))
            .map(|at| at.to_instant().as_ms().into());
        let labels = entry.object("labels").unwrap_or_default();
        let source = labels.text("source").filter(|source| source != "JS_API");
        Some(Self {
            session: find("session_id").or_else(|| entry.text("trace").map(Cow::into_owned))?,
            id: find("id").or_else(|| labels.text("request_id").map(Cow::into_owned)).unwrap_or_default(),
            at: at.or_else(|| find_time(entry, &["timestamp"])),
            channel: source.and_then(|source| channel_word(&source)),
            question: find("result.resolved_query"),
            intent: find("result.metadata.intent_name"),
            is_fallback: find("result.metadata.is_fallback_intent").as_deref() == Some("true"),
            answer: find("result.fulfillment.speech")
                .or_else(|| find("result.fulfillment.messages.speech.string_value")),
        })
    }

    /// What was said, or the name of what was not.
    pub(super) fn messages(&self) -> [Result<Said, &'static str>; 2] {
        let said = |direction: Direction| Said {
            id: derive_id(&["dialogflow-es", &self.id, &format!("{direction:?}")])
                .ok()
                .map(|id| id.as_str().to_owned()),
            author: Some(self.session.clone()).filter(|_| direction == Direction::Incoming),
            to: Some(self.session.clone()),
            at: self.at.clone(),
            more: More { channel: self.channel.clone(), ..More::default() },
            ..Said::new(0, direction)
        };
        let mut question = said(Direction::Incoming);
        question.text.clone_from(&self.question);
        question.more.intent.clone_from(&self.intent);
        question.more.handled = self.is_fallback.then_some(false);
        let is_opening = self.question.as_deref().is_none_or(|question| question == OPENING);
        let answer = Said { text: self.answer.clone(), ..said(Direction::Outgoing) };
        [
            if is_opening { Err(OPENING) } else { Ok(question) },
            if self.answer.is_none() { Err("empty_answer") } else { Ok(answer) },
        ]
    }
}
