//! Dialogflow CX (the table of its BigQuery export, its API's conversations, Cloud Logging) and ES (Cloud Logging).

mod es;

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use anyhow::bail;
use serde_json::value::RawValue;

use super::{channel_word, find_id, find_text, find_time, objects, read_objects};
use crate::history::chat::{Chats, More, Said};
use crate::history::kind::Kind;
use crate::history::options::Options;
use crate::history::sink::{Rejection, Sink};
use crate::history::source::InputFile;
use crate::history::table::{Record, Rows, TextTable, find, find_delimiter};
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::Value;
use crate::intake::item::derive_id::derive_id;
use crate::intake::json;

/// Columns of the BigQuery export.
const COLUMNS: [&str; 5] = ["conversation_name", "turn_position", "request_time", "request", "response"];

/// Whether a file certainly is of Dialogflow.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    if file.kind == Kind::Text {
        let (delimiter, skip) = find_delimiter(&file.head);
        let table = TextTable::new(&file.head[..], delimiter, skip);
        return table.is_ok_and(|table| COLUMNS.into_iter().all(|name| find(table.names(), name).is_some()));
    }
    let has = |name| file.has_member(name);
    (has("conversation_name") && has("turn_position"))
        || (has("interactions") && has("queryInput"))
        || (has("logName")
            && ["dialogflow_agent", "dialogflow-runtime"]
                .into_iter()
                .any(|log| file.text_head().contains(log)))
}

/// Reads turns.
///
/// # Errors
/// When the file cannot be read, or holds no turns.
pub(in crate::history) fn read(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    let mut reader = Reader::default();
    let read = if file.kind == Kind::Text {
        reader.read_table(file, options, sink)
    } else {
        read_objects(file, options, sink, |_, object, sink| reader.read(object, sink))
    };
    reader.chats.finish_after(read, sink)
}

#[derive(Default)]
struct Reader {
    chats: Chats,
    number: u64,
}

/// A question and its answers.
struct Turn<'a> {
    /// The conversation; its last part is the session that the client chose.
    conversation: String,
    position: String,
    at: Option<Value<'static>>,
    request: Sent<'a>,
    response: Sent<'a>,
}

/// JSON, or a text with JSON in it.
fn inner<'a>(object: &Sent<'a>, name: &str) -> Cow<'a, str> {
    let raw = object.find(name);
    raw.map_or(Cow::Borrowed("{}"), |raw| json::read_text(raw).unwrap_or_else(|| Cow::Borrowed(raw.get())))
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

impl Reader {
    fn read(&mut self, object: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        if let Some(conversations) = objects(object, "conversations") {
            return conversations.iter().try_for_each(|conversation| self.read(conversation, sink));
        }
        if let Some(interactions) = objects(object, "interactions") {
            return self.read_interactions(object, &interactions, sink);
        }
        if let Some(log) = object.text("logName") {
            return self.read_entry(&log, object, sink);
        }
        if object.find("conversation_name").is_none() {
            bail!("a conversation has no interactions: get each conversation by its name");
        }
        let (request, response) = (inner(object, "request"), inner(object, "response"));
        let turn = Turn {
            conversation: last_part(&object.text("conversation_name").unwrap_or_default()).to_owned(),
            position: find_id(object, &["turn_position"]).unwrap_or_default(),
            at: find_time(object, &["request_time"]),
            request: Sent::parse(request.as_bytes()).unwrap_or_default(),
            response: Sent::parse(response.as_bytes()).unwrap_or_default(),
        };
        self.add(&turn, sink)
    }

    /// The newest comes first.
    fn read_interactions(
        &mut self,
        conversation: &Sent<'_>,
        interactions: &[Sent<'_>],
        sink: &mut Sink<'_>,
    ) -> anyhow::Result<()> {
        let name = conversation.text("name").unwrap_or_default();
        for (position, interaction) in (1_u64..).zip(interactions.iter().rev()) {
            let turn = Turn {
                conversation: last_part(&name).to_owned(),
                position: position.to_string(),
                at: find_time(interaction, &["createTime"]),
                request: interaction.object("request").unwrap_or_default(),
                response: interaction.object("response").unwrap_or_default(),
            };
            self.add(&turn, sink)?;
        }
        Ok(())
    }

    /// An entry with a response tells its question too.
    fn read_entry(&mut self, log: &str, entry: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        if log.ends_with("dialogflow_agent") {
            return self.read_es(entry, sink);
        }
        let payload = entry.object("jsonPayload").unwrap_or_default();
        if payload.find("responseId").is_none() {
            self.number += 1;
            return Ok(sink.skip(self.number, "request_entry")?);
        }
        let labels = entry.object("labels").unwrap_or_default();
        let turn = Turn {
            conversation: labels.text("session_id").unwrap_or_default().into_owned(),
            position: String::new(),
            at: find_time(entry, &["timestamp"]),
            request: Sent::default(),
            response: payload,
        };
        self.add(&turn, sink)
    }

    fn read_es(&mut self, entry: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(answer) = es::Answer::read(entry) else {
            self.number += 1;
            return Ok(sink.skip(self.number, "request_entry")?);
        };
        for said in answer.messages() {
            self.number += 1;
            match said {
                Ok(said) => self.chats.add(&answer.session, Said { row: self.number, ..said }, sink)?,
                Err(event) => sink.skip(self.number, event)?,
            }
        }
        Ok(())
    }

    fn read_table(&mut self, file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let (found, skip) = find_delimiter(&file.head);
        let mut table = TextTable::new(file.reader, options.delimiter.unwrap_or(found), skip)?;
        let places = COLUMNS.map(|name| find(table.names(), name));
        let [Some(conversation), Some(position), Some(time), Some(request), Some(response)] = places else {
            bail!("this is not a table of Dialogflow: its columns are {}", COLUMNS.join(", "));
        };
        let mut row = Record::default();
        while let Some(line) = table.read(&mut row)? {
            let cell = |place: usize| row.get(place).unwrap_or_default();
            let parsed = [request, response].map(|place| Sent::parse(cell(place).as_bytes()));
            let [Some(request), Some(response)] = parsed else {
                let rejection = Rejection::of_field(
                    RejectionCode::NotAnObject,
                    "response",
                    "request and response have to be JSON",
                );
                sink.reject(line, rejection)?;
                continue;
            };
            let at = analytics::written_time::Moment::of_text_in_utc(cell(time));
            let at = at.map_or_else(|| cell(time).to_owned().into(), |at| at.to_instant().as_ms().into());
            let turn = Turn {
                conversation: last_part(cell(conversation)).to_owned(),
                position: cell(position).to_owned(),
                at: Some(at),
                request,
                response,
            };
            self.add(&turn, sink)?;
        }
        Ok(())
    }

    fn add(&mut self, turn: &Turn<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let result = turn.response.object("queryResult").unwrap_or_default();
        self.number += 1;
        match turn.question(&result, self.number) {
            Ok(said) => self.chats.add(&turn.conversation, said, sink)?,
            Err(event) => sink.skip(self.number, event)?,
        }
        for (place, message) in objects(&result, "responseMessages").unwrap_or_default().iter().enumerate() {
            self.number += 1;
            let text = read_answer(message);
            if text.is_none() && message.find("payload").is_none() {
                let names: Vec<_> = message
                    .names()
                    .filter(|name| !["source", "channel", "responseType"].contains(name))
                    .collect();
                sink.skip(self.number, ignored_name(names.first().copied().unwrap_or_default()))?;
                continue;
            }
            let said = Said { text, ..turn.said(self.number, Direction::Outgoing, &place.to_string()) };
            self.chats.add(&turn.conversation, said, sink)?;
        }
        Ok(())
    }
}

impl Turn<'_> {
    fn said(&self, row: u64, direction: Direction, place: &str) -> Said {
        let response_id = find_id(&self.response, &["responseId"]);
        let id = match &response_id {
            Some(id) => derive_id(&["dialogflow", id, &format!("{direction:?}"), place]),
            None => derive_id(&[
                "dialogflow",
                &self.conversation,
                &self.position,
                &format!("{direction:?}"),
                place,
            ]),
        };
        let channel =
            self.request.object("queryParams").and_then(|parameters| find_text(&parameters, "channel"));
        Said {
            id: id.ok().map(|id| id.as_str().to_owned()),
            author: Some(self.conversation.clone())
                .filter(|name| direction == Direction::Incoming && !name.is_empty()),
            to: Some(self.conversation.clone()).filter(|name| !name.is_empty()),
            at: self.at.clone(),
            more: More {
                session: Some(self.conversation.clone()).filter(|name| !name.is_empty()),
                channel: channel.and_then(|channel| channel_word(&channel)),
                ..More::default()
            },
            ..Said::new(row, direction)
        }
    }

    /// What a person said.
    ///
    /// # Errors
    /// The name of the event, where nobody said anything.
    fn question(&self, result: &Sent<'_>, row: u64) -> Result<Said, Cow<'static, str>> {
        let matched = result.object("match").unwrap_or_default();
        let kind = matched.text("matchType").unwrap_or_default();
        let event = result
            .text("triggerEvent")
            .or_else(|| self.request.object("queryInput")?.object("event")?.text("event"));
        if let Some(event) = event.filter(|event| !event.is_empty()) {
            return Err(ignored_name(&event));
        }
        if matches!(&*kind, "EVENT" | "NO_INPUT") {
            return Err(ignored_name(&kind.to_lowercase()));
        }
        let intent = matched.object("intent").or_else(|| result.object("intent"));
        let digits = || find_text(&result.object("dtmf")?, "digits");
        let text =
            ["text", "transcript"].into_iter().find_map(|name| find_text(result, name)).or_else(digits);
        let mut said = self.said(row, Direction::Incoming, "");
        said.text = text;
        said.more.intent = intent.and_then(|intent| find_text(&intent, "displayName"));
        said.more.handled = (kind == "NO_MATCH").then_some(false);
        Ok(said)
    }
}

/// The words of an answer.
fn read_answer(message: &Sent<'_>) -> Option<String> {
    let texts = message.object("text").and_then(|text| text.array("text")).unwrap_or_default();
    let first = texts.first().and_then(|raw: &&RawValue| json::read_text(raw)).map(Cow::into_owned);
    let spoken = || {
        let audio = message.object("outputAudioText")?;
        find_text(&audio, "text").or_else(|| find_text(&audio, "ssml"))
    };
    first.filter(|text| !text.is_empty()).or_else(spoken)
}
