//! Rasa's trackers, each a conversation with all of its events: answers of the tracker API, one a line, an array, and
//! documents of MongoDB as mongoexport (JSON) and mongodump (BSON) write them.

use std::io::{BufRead, Cursor};

use anyhow::bail;
use serde_json::Value;

use super::bson::Documents;
use super::json::JsonStream;
use super::kind::Kind;
use super::lines::read_values;
use super::options::Options;
use super::sink::Sink;
use super::source::InputFile;
use crate::intake::doors::rasa::History;
use crate::intake::translation::Translation;

/// Most bytes of events that stand before the sender's name.
const MAX_HELD_BYTES: usize = 64 * 1024 * 1024;
/// What stands beside a tracker's events.
const MEMBERS: [&str; 5] = ["sender_id", "slots", "latest_message", "latest_event_time", "tracker"];

/// Whether a file certainly holds trackers.
pub(super) fn recognise(file: &InputFile) -> bool {
    file.kind == Kind::Bson
        || (file.has_member("events") && MEMBERS.into_iter().any(|member| file.has_member(member)))
}

/// Reads trackers; their events count from 1.
///
/// # Errors
/// When the file is cut off, or holds no trackers.
pub(super) fn read(file: InputFile, _: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let mut trackers = Trackers { history: History::default(), translation: sink.start(), number: 0 };
    let read = if file.kind == Kind::Bson {
        trackers.read_documents(file, sink)
    } else {
        read_values(file, |json| trackers.read(json, sink))
    };
    // What was read before an error counts.
    trackers.finish(sink)?;
    read
}

struct Trackers {
    history: History,
    translation: Translation,
    number: usize,
}

/// What was read of one tracker.
#[derive(Default)]
struct Tracker {
    sender: Option<String>,
    /// Events that stand before the sender's name.
    held: Vec<Vec<u8>>,
    held_bytes: usize,
    has_events: bool,
}

impl Trackers {
    fn read_documents(&mut self, file: InputFile, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let mut documents = Documents::new(file.reader);
        while let Some(document) = documents.next()? {
            self.read(&mut JsonStream::new(Cursor::new(document)), sink)?;
        }
        Ok(())
    }

    fn read<R: BufRead>(&mut self, json: &mut JsonStream<R>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let line = json.line();
        let mut tracker = Tracker::default();
        self.read_members(json, &mut tracker, sink)?;
        if !tracker.has_events {
            bail!("the object on line {line} is not a tracker of Rasa: it has no \"events\"");
        }
        // Without a sender they are rejected, each by itself.
        for event in std::mem::take(&mut tracker.held) {
            self.add(&event, tracker.sender.as_deref(), sink)?;
        }
        Ok(())
    }

    fn read_members<R: BufRead>(
        &mut self,
        json: &mut JsonStream<R>,
        tracker: &mut Tracker,
        sink: &mut Sink<'_>,
    ) -> anyhow::Result<()> {
        json.members(|json, name| match name {
            // A dialogue in the memory or in Redis calls its sender so.
            "sender_id" | "name" => {
                let sender = read_id(&json.value()?);
                tracker.sender = tracker.sender.take().filter(|_| name == "name").or(sender);
                Ok(())
            }
            "tracker" => self.read_members(json, tracker, sink),
            "events" => self.read_events(json, tracker, sink),
            _ => json.skip(),
        })
    }

    fn read_events<R: BufRead>(
        &mut self,
        json: &mut JsonStream<R>,
        tracker: &mut Tracker,
        sink: &mut Sink<'_>,
    ) -> anyhow::Result<()> {
        tracker.has_events = true;
        if json.peek()? != Some(b'[') {
            sink.note("a tracker has no events: ask Rasa with include_events=ALL".to_owned());
        }
        json.elements(|json| {
            let event = plain(json.value()?);
            if tracker.sender.is_some() {
                return self.add(&event, tracker.sender.as_deref(), sink);
            }
            tracker.held_bytes += event.len();
            if tracker.held_bytes > MAX_HELD_BYTES {
                bail!(
                    "line {}: \"sender_id\" must come before \"events\" in a tracker of this size",
                    json.line()
                );
            }
            tracker.held.push(event);
            Ok(())
        })
    }

    fn add(&mut self, event: &[u8], sender: Option<&str>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.number += 1;
        self.history.add(self.number, event, sender, &mut self.translation);
        Ok(sink.drain(&mut self.translation)?)
    }

    fn finish(mut self, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.history.finish(&mut self.translation);
        Ok(sink.drain(&mut self.translation)?)
    }
}

/// A text or a number, also as MongoDB wraps it. Very old stores keep senders as numbers.
fn read_id(json: &[u8]) -> Option<String> {
    match unwrap(serde_json::from_slice(json).ok()?) {
        Value::String(id) => Some(id).filter(|id| !id.is_empty()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// The event without MongoDB's wraps, `{"$numberDouble": "1.5E+09"}`.
fn plain(event: Vec<u8>) -> Vec<u8> {
    let is_wrapped = event.windows(2).any(|two| two == b"\"$");
    let value = || Some(unwrap(serde_json::from_slice(&event).ok().filter(|_| is_wrapped)?));
    value().and_then(|value| serde_json::to_vec(&value).ok()).unwrap_or(event)
}

fn unwrap(value: Value) -> Value {
    match value {
        Value::Object(members) => match unwrap_number(&members) {
            Some(number) => number,
            None => Value::Object(members.into_iter().map(|(name, value)| (name, unwrap(value))).collect()),
        },
        Value::Array(elements) => Value::Array(elements.into_iter().map(unwrap).collect()),
        plain => plain,
    }
}

fn unwrap_number(members: &serde_json::Map<String, Value>) -> Option<Value> {
    let (name, value) = members.iter().next().filter(|_| members.len() == 1)?;
    match name.as_str() {
        "$numberDouble" | "$numberInt" | "$numberLong" => {
            let text = value.as_str()?;
            let whole = text.parse::<i64>().ok().map(Value::from);
            Some(whole.or_else(|| text.parse::<f64>().ok().map(Value::from)).unwrap_or(Value::Null))
        }
        "$oid" => Some(value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mongodb_wraps_is_unwrapped() {
        let event = br#"{"timestamp": {"$numberDouble": "1.79119080125E+09"}, "n": [{"$numberLong": "7"}], "x": {"$oid": "a"}}"#;
        let plain = String::from_utf8(plain(event.to_vec())).unwrap();
        assert_eq!(plain, r#"{"n":[7],"timestamp":1791190801.25,"x":"a"}"#);
        assert_eq!(read_id(br#"{"$numberLong": "491700000001"}"#).as_deref(), Some("491700000001"));
        assert_eq!(read_id(b"\"\""), None);
    }
}
