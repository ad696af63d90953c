//! Typebot: results as its API answers them, or the table `AnswerV2` of its database. Only what people answered is in
//! them.

use std::collections::HashMap;

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use anyhow::bail;

use super::{find_id, find_text, find_time, note_page, objects, read_objects};
use crate::history::chat::{Chats, More, Said};
use crate::history::kind::Kind;
use crate::history::options::Options;
use crate::history::sink::{Rejection, Sink};
use crate::history::source::InputFile;
use crate::history::table::{Record, Rows, TextTable, find, find_delimiter};
use crate::intake::doors::sent::Sent;
use crate::intake::item::derive_id::derive_id;

/// Columns of the table.
const COLUMNS: [&str; 4] = ["createdAt", "blockId", "content", "resultId"];

/// Whether a file certainly holds results.
pub(in crate::history) fn recognise(file: &InputFile) -> bool {
    match file.kind {
        Kind::Text => {
            let (delimiter, skip) = find_delimiter(&file.head);
            let table = TextTable::new(&file.head[..], delimiter, skip);
            table.is_ok_and(|table| {
                find(table.names(), "Submitted at").is_some()
                    || COLUMNS.into_iter().all(|name| find(table.names(), name).is_some())
            })
        }
        _ => file.has_member("answers") && file.has_member("isCompleted") || is_transcript(file),
    }
}

fn is_transcript(file: &InputFile) -> bool {
    file.has_member("transcript") && file.has_member("role") && !file.has_member("logs")
}

/// Reads results.
///
/// # Errors
/// When the file cannot be read, or is of another form, which says neither who nor when.
pub(in crate::history) fn read(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    if file.kind == Kind::Text {
        return read_table(file, options, sink);
    }
    if is_transcript(&file) {
        bail!("a transcript of Typebot has no user and no times: fetch /api/v1/typebots/ID/results");
    }
    let mut reader = Reader::default();
    let read = read_objects(file, options, sink, |_, object, sink| {
        note_page(sink, object.find("nextCursor"), "cursor");
        match objects(object, "results") {
            Some(results) => results.iter().try_for_each(|result| reader.add_result(result, sink)),
            None => reader.add_result(object, sink),
        }
    });
    reader.chats.finish_after(read, sink)
}

#[derive(Default)]
struct Reader {
    chats: Chats,
    number: u64,
}

impl Reader {
    fn add_result(&mut self, result: &Sent<'_>, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let Some(id) = find_id(result, &["id"]) else {
            self.number += 1;
            return Ok(sink.reject(
                self.number,
                Rejection::of_field(RejectionCode::UserIdMissing, "id", "a result has to have an id"),
            )?);
        };
        let mut blocks: HashMap<String, u64> = HashMap::new();
        for answer in objects(result, "answers").unwrap_or_default() {
            let block = find_id(&answer, &["blockId"]).unwrap_or_default();
            let repeat = blocks.entry(block.clone()).or_default();
            *repeat += 1;
            let at = find_time(&answer, &["createdAt"]).or_else(|| find_time(result, &["createdAt"]));
            let id_parts = ["typebot", &id, &block, &repeat.to_string()].map(str::to_owned);
            self.add(&id, &id_parts, at, find_text(&answer, "content"), sink)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        result: &str,
        id_parts: &[String],
        at: Option<crate::intake::item::Value<'static>>,
        text: Option<String>,
        sink: &mut Sink<'_>,
    ) -> anyhow::Result<()> {
        self.number += 1;
        if text.is_none() {
            return Ok(sink.skip(self.number, "empty_answer")?);
        }
        let parts: Vec<_> = id_parts.iter().map(String::as_str).collect();
        let said = Said {
            id: derive_id(&parts).ok().map(|id| id.as_str().to_owned()),
            author: Some(result.to_owned()),
            at,
            text,
            // A result is one run of a flow.
            more: More { session: Some(result.to_owned()), ..More::default() },
            ..Said::new(self.number, Direction::Incoming)
        };
        Ok(self.chats.add(result, said, sink)?)
    }
}

fn read_table(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let (found, skip) = find_delimiter(&file.head);
    let mut table = TextTable::new(file.reader, options.delimiter.unwrap_or(found), skip)?;
    let places = COLUMNS.map(|name| find(table.names(), name));
    let [Some(at), Some(block), Some(content), Some(result)] = places else {
        bail!(
            "Typebot's CSV has no ids and no years: fetch /api/v1/typebots/ID/results, or dump the table AnswerV2"
        );
    };
    let (mut reader, mut row) = (Reader::default(), Record::default());
    while let Some(line) = table.read(&mut row)? {
        let cell = |place: usize| row.get(place).filter(|cell| !cell.is_empty());
        reader.number = line - 1;
        let Some(id) = cell(result) else {
            sink.reject(
                line,
                Rejection::of_field(
                    RejectionCode::UserIdMissing,
                    "resultId",
                    "an answer has to name its result",
                ),
            )?;
            continue;
        };
        let written = cell(at).unwrap_or_default();
        let moment = analytics::written_time::Moment::of_text_in_utc(written);
        let moment =
            moment.map_or_else(|| written.to_owned().into(), |moment| moment.to_instant().as_ms().into());
        let parts = ["typebot", id, cell(block).unwrap_or_default(), written].map(str::to_owned);
        reader.add(id, &parts, Some(moment), cell(content).map(str::to_owned), sink)?;
    }
    Ok(reader.chats.finish(sink)?)
}
