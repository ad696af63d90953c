//! Copilot Studio, which was Power Virtual Agents: records of the table ConversationTranscript, as CSV out of Power Apps
//! or as JSON out of Dataverse, and what such a record holds: activities.

use analytics::error::RejectionCode;
use anyhow::{Context, bail};

use super::bot_framework::{Transcript, Writer, unwrap_activities};
use super::kind::Kind;
use super::lines::read_values;
use super::options::Options;
use super::sink::{Rejection, Sink};
use super::source::InputFile;
use super::table::{Record, Rows, TextTable, find_delimiter};
use crate::intake::doors::sent::Sent;

/// The column that holds a transcript.
const CONTENT: &str = "content";

/// Whether a file certainly is of Copilot Studio.
pub(super) fn recognise(file: &InputFile) -> bool {
    match file.kind {
        Kind::Text => {
            let (delimiter, skip) = find_delimiter(&file.head);
            let table = TextTable::new(&file.head[..], delimiter, skip);
            table.is_ok_and(|table| {
                find_content(table.names()).is_some() && is_of_transcripts(table.names())
                    || is_of_sessions(table.names())
            })
        }
        _ => {
            let is_record = file.text_head().contains("conversationtranscript")
                || file.text_head().contains("\\\"activities\\\"");
            let has_valued_roles =
                file.has_member("from") && has_numeric(file, "role") && has_numeric(file, "timestamp");
            (is_record && file.has_member(CONTENT)) || has_valued_roles
        }
    }
}

fn has_numeric(file: &InputFile, name: &str) -> bool {
    let (head, quoted) = (file.text_head(), format!("\"{name}\""));
    let mut values = head
        .match_indices(&quoted)
        .filter_map(|(at, _)| head[at + quoted.len()..].trim_start().strip_prefix(':'));
    values.any(|value| value.trim_start().starts_with(|first: char| first.is_ascii_digit()))
}

fn squeeze(name: &str) -> String {
    name.chars().filter(|char| !" _\u{feff}".contains(*char)).flat_map(char::to_lowercase).collect()
}

fn find_content(names: &[String]) -> Option<usize> {
    names.iter().position(|name| squeeze(name) == CONTENT)
}

fn is_of_transcripts(names: &[String]) -> bool {
    ["conversationtranscript", "conversationstarttime", "schematype", "metadata"]
        .iter()
        .any(|known| names.iter().any(|name| squeeze(name).starts_with(known)))
}

/// The other table, of Copilot Studio's own pages.
fn is_of_sessions(names: &[String]) -> bool {
    names.iter().any(|name| squeeze(name) == "chattranscript")
}

/// Reads transcripts, whose activities count from 1 in each.
///
/// # Errors
/// When the file cannot be read, or holds none.
pub(super) fn read(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    if file.kind == Kind::Text { read_table(file, options, sink) } else { read_json(file, options, sink) }
}

fn read_table(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let (found, skip) = find_delimiter(&file.head);
    let mut table = TextTable::new(file.reader, options.delimiter.unwrap_or(found), skip)?;
    if is_of_sessions(table.names()) {
        bail!(
            "sessions of Copilot Studio have no users and no message times: export the table ConversationTranscript in Power Apps"
        );
    }
    let place = find_content(table.names()).context("there is no column content")?;
    let mut record = Record::default();
    while let Some(line) = table.read(&mut record)? {
        sink.set_file(Some(&format!("row {line}")));
        read_content(record.get(place).unwrap_or_default(), line, options, sink)?;
    }
    sink.set_file(None);
    Ok(())
}

/// Excel cuts a cell at 32,767 characters, and what is left is no JSON.
fn read_content(content: &str, line: u64, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    match unwrap_activities(content.as_bytes().to_vec()) {
        Ok(activities) => Transcript::new(activities, Writer::CopilotStudio).write(options, sink),
        Err(_) => {
            let detail = format!(
                "the transcript is cut off after {} characters: export it again, and do not save it in Excel",
                content.chars().count()
            );
            Ok(sink.reject(line, Rejection::of_field(RejectionCode::NotAnObject, CONTENT, detail))?)
        }
    }
}

fn read_json(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let mut loose = Vec::new();
    let (mut count, mut bytes) = (0, 0);
    read_values(file, |json| {
        count += 1;
        let value = json.value_of(options.max_value_bytes)?;
        let Some(object) = Sent::parse(&value) else {
            bail!("line {}: a transcript has to be an object", json.line())
        };
        if let Some(content) = object.text(CONTENT) {
            return read_content(&content, count, options, sink);
        }
        if let Some(records) = object.array("value").filter(|_| object.find("type").is_none()) {
            if object.find("@odata.nextLink").is_some() {
                sink.note("the file is one page of several: fetch @odata.nextLink too".to_owned());
            }
            return read_records(&records, options, sink);
        }
        if object.find("activities").is_some() {
            return Transcript::new(unwrap_activities(value)?, Writer::CopilotStudio).write(options, sink);
        }
        bytes += value.len();
        if bytes > options.max_value_bytes {
            bail!("a transcript is larger than {} MiB", options.max_value_bytes / (1024 * 1024));
        }
        loose.extend(unwrap_activities(value)?);
        Ok(())
    })?;
    Transcript::new(loose, Writer::CopilotStudio).write(options, sink)
}

fn read_records(
    records: &[&serde_json::value::RawValue],
    options: &Options,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    for (number, record) in (1..).zip(records) {
        let record = Sent::parse(record.get().as_bytes());
        let content = record.as_ref().and_then(|record| record.text(CONTENT));
        sink.set_file(Some(&format!("record {number}")));
        match content {
            Some(content) => read_content(&content, number, options, sink)?,
            None => sink.reject(
                number,
                Rejection::of_field(RejectionCode::NotAnObject, CONTENT, "the record has no transcript"),
            )?,
        }
    }
    sink.set_file(None);
    Ok(())
}
