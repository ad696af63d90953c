//! What a trace counts as: each of its calls, one message of the user, and one of the bot.

use std::collections::HashMap;

use store::held_spans::Speaker;

use super::calls::Call;
use super::spans::Part;
use super::traces::{Trace, above};
use crate::intake::doors::Translation;
use crate::intake::doors::draft::{Draft, Value};
use crate::intake::item::MODEL_CALL;

/// The id of the message with which a trace begins.
pub(super) fn incoming_id(trace: &str) -> String {
    format!("{trace}:in")
}

/// The items of a trace, each with the index of the span that it came from. `stored` is whose its first message is, if
/// that was counted before.
pub(super) fn translate(trace: &Trace, stored: Option<&Speaker>, translation: &mut Translation) {
    let calls = trace.calls();
    let names = Names::new(trace, stored);
    for part in &calls {
        if let Some(call) = &part.call {
            translation.push(index_of(part), &draft_call(trace, part, call, &names));
        }
    }
    let is_talk = |part: &&&Part| part.call.as_ref().is_some_and(|call| call.is_talk);
    let Some(first) = calls.iter().find(is_talk) else { return };
    translation.push(index_of(first), &draft_incoming(trace, first, &names));
    let answers = calls.iter().filter(is_talk).filter(|part| !has_failed(part));
    if let Some(last) = answers.max_by_key(|part| (part.ended_at, part.span_id.as_str())) {
        translation.push(index_of(last), &draft_outgoing(trace, last, &names));
    }
}

/// What was held before has no place in the request: nobody is told of it.
fn index_of(part: &Part) -> usize {
    part.index.unwrap_or(usize::MAX)
}

fn has_failed(part: &Part) -> bool {
    part.call.as_ref().is_some_and(|call| call.has_failed)
}

fn draft_call<'a>(trace: &'a Trace, part: &'a Part, call: &'a Call, names: &Names<'a>) -> Draft<'a> {
    Draft {
        r#type: Some(MODEL_CALL.into()),
        id: Some(format!("{}:{}", trace.id, part.span_id).into()),
        at: Some(part.started_at.into()),
        model: call.model.as_deref().map(Into::into),
        model_failed: call.has_failed.then_some(true.into()),
        input_tokens: call.input_tokens.as_deref().map(Value::from),
        output_tokens: call.output_tokens.as_deref().map(Value::from),
        cost_usd: call.cost_usd.as_deref().map(Value::from),
        latency_ms: call.latency_ms.map(Value::from),
        ..names.draft(part)
    }
}

fn draft_incoming<'a>(trace: &Trace, part: &'a Part, names: &Names<'a>) -> Draft<'a> {
    Draft {
        id: Some(incoming_id(&trace.id).into()),
        at: Some(part.started_at.into()),
        direction: Some("incoming"),
        text: part.call.as_ref().and_then(|call| call.asked.as_deref()).map(Value::from),
        ..names.draft(part)
    }
}

fn draft_outgoing<'a>(trace: &Trace, part: &'a Part, names: &Names<'a>) -> Draft<'a> {
    Draft {
        id: Some(format!("{}:out", trace.id).into()),
        at: Some(part.ended_at.into()),
        direction: Some("outgoing"),
        text: part.call.as_ref().and_then(|call| call.answered.as_deref()).map(Value::from),
        ..names.draft(part)
    }
}

/// Who is named where.
struct Names<'a> {
    trace_id: &'a str,
    by_id: HashMap<&'a str, &'a Part>,
    /// What holds for parts that have none of their own, nor above them.
    user: Option<&'a str>,
    session: Option<&'a str>,
    channel: Option<&'a str>,
    stored: Option<&'a Speaker>,
}

impl<'a> Names<'a> {
    fn new(trace: &'a Trace, stored: Option<&'a Speaker>) -> Self {
        Self {
            trace_id: &trace.id,
            by_id: trace.by_id(),
            user: find_earliest(trace, user_of),
            session: find_earliest(trace, session_of),
            channel: find_earliest(trace, channel_of),
            stored,
        }
    }

    /// An item with the names that hold for a part. A trace that names no user is of one who is known by the
    /// conversation, or else by the trace alone. Only a conversation that was named is a session.
    fn draft(&self, part: &'a Part) -> Draft<'a> {
        let user = self.find(part, user_of).or(self.user);
        let session = self.find(part, session_of).or(self.session);
        let stored = self.stored.filter(|_| user.is_none());
        let otherwise = || stored.map(|stored| stored.user_id.as_str()).or(session).unwrap_or(self.trace_id);
        Draft {
            user_id: Some(user.unwrap_or_else(otherwise).into()),
            session_id: session.or(stored.and_then(|stored| stored.session_id.as_deref())).map(Value::from),
            channel: self.find(part, channel_of).or(self.channel).map(Value::from),
            ..Draft::default()
        }
    }

    /// What a part says itself, or else the nearest above it.
    fn find(&self, part: &'a Part, name: fn(&Part) -> Option<&str>) -> Option<&'a str> {
        std::iter::once(part).chain(above(&self.by_id, part)).find_map(name)
    }
}

/// Between a call and what names its user may be spans that came in another request, and tie nothing.
fn find_earliest(trace: &Trace, name: fn(&Part) -> Option<&str>) -> Option<&str> {
    let named = trace.parts.iter().filter(|part| name(part).is_some());
    named.min_by_key(|part| (part.started_at, part.span_id.as_str())).and_then(name)
}

fn user_of(part: &Part) -> Option<&str> {
    part.user_id.as_deref()
}

fn session_of(part: &Part) -> Option<&str> {
    part.conversation_id.as_deref()
}

fn channel_of(part: &Part) -> Option<&str> {
    part.channel.as_deref()
}
