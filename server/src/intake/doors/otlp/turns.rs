//! What a trace counts as: each of its calls, and for each of its turns one message of the user and one of the bot.

use std::collections::{BTreeMap, HashMap};

use analytics::fact::Direction;
use store::held_spans::Speaker;

use super::calls::{Beginning, Call, End};
use super::spans::{Role, SpanPart};
use super::traces::{Trace, above};
use crate::intake::item::{Item, ItemReader, MODEL_CALL, Value};
use crate::intake::translation::Translation;

/// The ends of the ids of messages.
pub(super) const INCOMING: &str = "in";
const OUTGOING: &str = "out";

/// Items, with the place in the request of the span that each came from. Of spans that waited nobody is told any more.
#[derive(Debug)]
pub(super) struct TraceItems {
    pub(super) translation: Translation,
    pub(super) origins: Vec<Option<usize>>,
}

impl TraceItems {
    pub(super) fn new(reader: ItemReader) -> Self {
        Self { translation: Translation::new(reader), origins: Vec::new() }
    }

    fn push(&mut self, part: &SpanPart, item: &Item<'_>) {
        self.translation.push(self.origins.len(), item);
        self.origins.push(part.index);
    }

    pub(super) fn reject(&mut self, index: usize, code: analytics::error::RejectionCode) {
        self.translation.reject(self.origins.len(), code);
        self.origins.push(Some(index));
    }
}

/// Adds the items of a trace. `stored` is whose it is, if something of it was counted before.
pub(super) fn translate(trace: &Trace, stored: Option<&Speaker>, items: &mut TraceItems) {
    let calls = trace.calls();
    let names = Names::new(trace, stored);
    for part in &calls {
        if let Some(call) = &part.call {
            items.push(part, &call_item(trace, part, call, &names));
        }
    }
    for (turn, calls) in names.group_by_turn(&calls) {
        add_messages(trace, turn, &calls, &names, items);
    }
}

/// The messages of one turn: the user's when the first of its calls begins, unless that goes on after a tool, and the
/// bot's when the last ends that does not end in a tool. Where the turn began in another trace, the answer must be told: it
/// may have been counted there.
fn add_messages<'a>(
    trace: &Trace,
    turn: Option<&str>,
    calls: &[&'a SpanPart],
    names: &Names<'a>,
    items: &mut TraceItems,
) {
    let talks = calls.iter().filter(|part| !names.is_helper(part)).filter_map(|part| {
        let call = part.call.as_ref()?;
        Some((*part, call, call.talk?))
    });
    let talks: Vec<_> = talks.collect();
    let Some((first, call, talk)) = talks.first() else { return };
    let begins_here = talk.begins == Beginning::User;
    if begins_here {
        let said = Item {
            id: Some(message_id(trace, turn, INCOMING).into()),
            at: Some(first.started_at.into()),
            direction: Some(Direction::Incoming.into()),
            text: call.asked.as_deref().map(Value::from),
            ..names.item(first)
        };
        items.push(first, &said);
    }
    let answers = talks.iter().filter(|(_, call, talk)| match talk.ends {
        End::Words => !call.used.failed,
        End::Untold => begins_here && !call.used.failed,
        End::Tool => false,
    });
    if let Some((last, call, _)) = answers.max_by_key(|(part, ..)| (part.ended_at, part.span_id.as_str())) {
        let said = Item {
            id: Some(message_id(trace, turn, OUTGOING).into()),
            at: Some(last.ended_at.into()),
            direction: Some(Direction::Outgoing.into()),
            text: call.answered.as_deref().map(Value::from),
            ..names.item(last)
        };
        items.push(last, &said);
    }
}

/// The id of a message of a trace, or of one of its turns.
pub(super) fn message_id(trace: &Trace, turn: Option<&str>, end: &str) -> String {
    match turn {
        None => format!("{}:{end}", trace.id),
        Some(turn) => format!("{}:{turn}:{end}", trace.id),
    }
}

fn call_item<'a>(trace: &Trace, part: &'a SpanPart, call: &'a Call, names: &Names<'a>) -> Item<'a> {
    Item {
        r#type: Some(MODEL_CALL.into()),
        id: Some(format!("{}:{}", trace.id, part.span_id).into()),
        at: Some(part.started_at.into()),
        ..names.item(part).with_model_use(&call.used)
    }
}

/// Who is named where.
struct Names<'a> {
    trace_id: &'a str,
    by_id: HashMap<&'a str, &'a SpanPart>,
    /// What holds for parts that have none of their own, nor above them.
    user: Option<&'a str>,
    session: Option<&'a str>,
    channel: Option<&'a str>,
    stored: Option<&'a Speaker>,
}

impl<'a> Names<'a> {
    fn new(trace: &'a Trace, stored: Option<&'a Speaker>) -> Self {
        let of_process = |name: fn(&SpanPart) -> Option<&str>| trace.find_earliest(name);
        Self {
            trace_id: &trace.id,
            by_id: trace.by_id(),
            user: trace.user(),
            session: of_process(session_of)
                .or_else(|| trace.find_earliest(|part| part.of_process.conversation_id.as_deref())),
            channel: of_process(channel_of)
                .or_else(|| trace.find_earliest(|part| part.of_process.channel.as_deref())),
            stored,
        }
    }

    /// An item with the names that hold for a part. A trace that names no user is of one who is known by the
    /// conversation, or else by the trace alone. Only a conversation that was named is a session.
    fn item(&self, part: &'a SpanPart) -> Item<'a> {
        let user = self.find(part, user_of).or(self.user);
        let session = self.find(part, told_session_of).or_else(|| self.find(part, session_of));
        let session = session.or(self.session);
        let stored = self.stored.filter(|_| user.is_none());
        let otherwise = || stored.map(|stored| stored.user_id.as_str()).or(session).unwrap_or(self.trace_id);
        Item {
            user_id: Some(user.unwrap_or_else(otherwise).into()),
            session_id: session.or(stored.and_then(|stored| stored.session_id.as_deref())).map(Value::from),
            channel: self.find(part, channel_of).or(self.channel).map(Value::from),
            ..Item::default()
        }
    }

    /// A part and those above it, the nearest first.
    fn upwards(&self, part: &'a SpanPart) -> impl Iterator<Item = &'a SpanPart> {
        std::iter::once(part).chain(above(&self.by_id, part))
    }

    /// What a part says itself, or else the nearest above it.
    fn find(&self, part: &'a SpanPart, name: fn(&SpanPart) -> Option<&str>) -> Option<&'a str> {
        self.upwards(part).find_map(name)
    }

    /// Whether nobody has asked for a call: it is for a title or the like.
    fn is_helper(&self, part: &'a SpanPart) -> bool {
        self.upwards(part).any(|part| part.role == Role::Helper)
    }

    /// Calls by the turn that they are part of, in their order; without one they are part of the trace.
    fn group_by_turn(&self, calls: &[&'a SpanPart]) -> BTreeMap<Option<&'a str>, Vec<&'a SpanPart>> {
        let mut turns: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for part in calls {
            let turn = self.upwards(part).find(|part| part.role == Role::Turn);
            turns.entry(turn.map(|turn| turn.span_id.as_str())).or_default().push(*part);
        }
        turns
    }
}

fn user_of(part: &SpanPart) -> Option<&str> {
    part.named.user_id.as_deref()
}

fn session_of(part: &SpanPart) -> Option<&str> {
    part.named.conversation_id.as_deref()
}

/// The session that the bot's author names. A library that makes one up for each run does not know it.
fn told_session_of(part: &SpanPart) -> Option<&str> {
    session_of(part).filter(|_| !part.named.is_of_library)
}

fn channel_of(part: &SpanPart) -> Option<&str> {
    part.named.channel.as_deref()
}
