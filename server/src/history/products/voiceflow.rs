//! Voiceflow: transcripts as its API answers them, in the form of 2025 and in the one before.

use std::borrow::Cow;
use std::collections::HashMap;

use analytics::fact::Direction;
use anyhow::bail;
use serde_json::value::RawValue;

use super::{channel_word, find_id, find_text, find_time, objects, parse, read_objects};
use crate::history::chat::{Chats, More, Said};
use crate::history::options::Options;
use crate::history::sink::Sink;
use crate::history::source::InputFile;
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::derive_id::derive_id;

/// Traces that say something.
const SAID: [&str; 9] = ["text", "speak", "audio", "visual", "image", "video", "cardV2", "card", "carousel"];
/// How deep a formatted text is read.
const MAX_SLATE_DEPTH: usize = 12;

/// Whether a file certainly holds transcripts.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    let has = |name| file.has_member(name);
    (has("sessionID") && has("projectID")) || (has("turnID") && has("startTime"))
}

/// Reads transcripts.
///
/// # Errors
/// When the file cannot be read, or names no user.
pub(in crate::history) fn read(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    let mut reader = Reader::default();
    let read = read_objects(file, options, sink, |_, object, sink| {
        if let Some(transcripts) = objects(object, "transcripts") {
            return transcripts.iter().try_for_each(|transcript| reader.read(transcript, sink));
        }
        let inner = object.object("transcript");
        reader.read(inner.as_ref().unwrap_or(object), sink)
    });
    reader.chats.finish_after(read, sink)
}

#[derive(Default)]
struct Reader {
    chats: Chats,
    number: u64,
}

/// What holds for all of a transcript.
struct Transcript {
    id: String,
    user: String,
    channel: Option<String>,
    repeats: HashMap<[String; 3], u64>,
}

/// One thing that happened in a transcript.
struct Step {
    direction: Direction,
    kind: String,
    payload: Option<Box<RawValue>>,
    at: Option<crate::intake::item::Value<'static>>,
    written_at: String,
    own_id: Option<String>,
}

impl Reader {
    fn read(&mut self, object: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        if object.find("turnID").is_some() {
            bail!("this transcript names no user: save it with its metadata (id and sessionID)");
        }
        let names = ["turns", "dialogs", "data"];
        let turns = names.into_iter().find_map(|name| objects(object, name));
        let logs = objects(object, "logs");
        if logs.is_none() && turns.is_none() {
            bail!("this is a list of transcripts without messages: fetch each transcript by its id");
        }
        let properties = objects(object, "properties").unwrap_or_default();
        let property = |names: &[&str]| {
            let found =
                properties.iter().find(|one| one.text("name").is_some_and(|name| names.contains(&&*name)));
            found.and_then(|one| find_id(one, &["value"]))
        };
        let user = property(&["userID", "user_id", "userId"]).or_else(|| find_id(object, &["sessionID"]));
        let (Some(id), Some(user)) = (find_id(object, &["id", "_id"]), user) else {
            bail!("this transcript names no user: save it with its metadata (id and sessionID)");
        };
        let channel = property(&["platform"]).and_then(|name| channel_word(&name));
        let mut transcript = Transcript { id, user, channel, repeats: HashMap::new() };
        let new = logs.iter().flatten().map(|log| {
            let data = log.find("data").map(unwrap_data);
            new_step(log, &data.as_deref().and_then(|data| Sent::parse(data.as_bytes())).unwrap_or_default())
        });
        let steps: Vec<_> = new.chain(turns.iter().flatten().map(old_step)).collect();
        for (place, step) in steps.iter().enumerate() {
            // What was typed comes as a text and, once it is understood, as an intent with the same words.
            let is_understood = step.kind == "text"
                && steps
                    .get(place + 1)
                    .is_some_and(|next| next.kind == "intent" && next.read_action() == step.read_action());
            if is_understood && step.direction == Direction::Incoming {
                self.number += 1;
                sink.skip(self.number, "understood_text")?;
            } else {
                self.add(&mut transcript, step, sink)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, transcript: &mut Transcript, step: &Step, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        self.number += 1;
        let intent = step.intent();
        let text = match step.direction {
            Direction::Incoming => match step.read_action() {
                Some(text) => text,
                None => return Ok(sink.skip(self.number, ignored_name(&step.kind))?),
            },
            Direction::Outgoing if SAID.contains(&step.kind.as_str()) => step.read_trace(),
            Direction::Outgoing => return Ok(sink.skip(self.number, ignored_name(&step.kind))?),
        };
        let key =
            [format!("{:?}", step.direction), step.written_at.clone(), text.clone().unwrap_or_default()];
        let repeat = transcript.repeats.entry(key.clone()).or_default();
        *repeat += 1;
        let [direction, at, words] = &key;
        let derived = derive_id(&["voiceflow", &transcript.id, at, direction, words, &repeat.to_string()]);
        let id = step.own_id.clone().or_else(|| Some(derived.ok()?.as_str().to_owned()));
        let said = Said {
            id,
            author: Some(transcript.user.clone()).filter(|_| step.direction == Direction::Incoming),
            to: Some(transcript.user.clone()),
            at: step.at.clone(),
            text,
            more: More {
                channel: transcript.channel.clone(),
                session: Some(transcript.id.clone()),
                handled: (intent.as_deref() == Some("None")).then_some(false),
                intent: intent.filter(|intent| intent != "None"),
            },
            ..Said::new(self.number, step.direction)
        };
        Ok(self.chats.add(&transcript.id, said, sink)?)
    }
}

/// An object, or a text with one in it.
fn unwrap_data(raw: &RawValue) -> Cow<'_, str> {
    crate::intake::json::read_text(raw).unwrap_or_else(|| Cow::Borrowed(raw.get()))
}

fn new_step(log: &Sent<'_>, data: &Sent<'_>) -> Step {
    let is_action = log.text("type").as_deref() == Some("action");
    Step {
        direction: if is_action { Direction::Incoming } else { Direction::Outgoing },
        kind: data.text("type").unwrap_or_default().into_owned(),
        payload: data.find("payload").map(ToOwned::to_owned),
        at: find_time(log, &["createdAt"]),
        written_at: find_id(log, &["createdAt"]).unwrap_or_default(),
        own_id: find_id(log, &["id", "_id"]),
    }
}

/// A request holds an action, and anything else a trace; the action or trace itself is a payload with a payload.
fn old_step(turn: &Sent<'_>) -> Step {
    let is_request =
        turn.text("format").as_deref() == Some("request") || turn.text("type").as_deref() == Some("request");
    let inner = turn.object("payload").unwrap_or_default();
    let kind = inner.text("type").or_else(|| turn.text("type")).unwrap_or_default();
    let kind = if turn.text("format").as_deref() == Some("launch") { Cow::Borrowed("launch") } else { kind };
    Step {
        direction: if is_request { Direction::Incoming } else { Direction::Outgoing },
        kind: kind.into_owned(),
        payload: inner.find("payload").or_else(|| turn.find("payload")).map(ToOwned::to_owned),
        at: find_time(turn, &["startTime"]),
        written_at: find_id(turn, &["startTime"]).unwrap_or_default(),
        own_id: None,
    }
}

impl Step {
    /// What a person did: `None` if it was no person, `Some(None)` if it was without words.
    fn read_action(&self) -> Option<Option<String>> {
        let payload = self.payload.as_deref().and_then(parse).unwrap_or_default();
        match self.kind.as_str() {
            "text" => {
                let plain =
                    self.payload.as_deref().and_then(crate::intake::json::read_text).map(Cow::into_owned);
                Some(plain.or_else(|| find_text(&payload, "query")))
            }
            "intent" => Some(find_text(&payload, "query")),
            kind if kind.starts_with("path-") || kind == "button" => Some(find_text(&payload, "label")),
            _ => None,
        }
    }

    fn intent(&self) -> Option<String> {
        let payload = self
            .payload
            .as_deref()
            .and_then(parse)
            .filter(|_| self.direction == Direction::Incoming && self.kind == "intent")?;
        find_text(&payload.object("intent")?, "name")
    }

    fn read_trace(&self) -> Option<String> {
        let payload = self.payload.as_deref().and_then(parse)?;
        let slate = || {
            let mut words = String::new();
            collect_words(payload.object("slate")?.find("content")?, 0, &mut words);
            Some(words).filter(|words| !words.is_empty())
        };
        let card = || objects(&payload, "cards")?.first().and_then(|card| find_text(card, "title"));
        find_text(&payload, "message").or_else(slate).or_else(|| find_text(&payload, "title")).or_else(card)
    }
}

/// All texts of a formatted text, in their order.
fn collect_words(raw: &RawValue, depth: usize, words: &mut String) {
    if depth > MAX_SLATE_DEPTH {
        return;
    }
    if let Some(object) = parse(raw) {
        words.push_str(&object.text("text").unwrap_or_default());
        object.find("children").iter().for_each(|children| collect_words(children, depth + 1, words));
        return;
    }
    let elements: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
    elements.iter().for_each(|element| collect_words(element, depth + 1, words));
}
