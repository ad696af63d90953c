//! The `events` of Botpress 12, as a dump of the table has them: one JSON object a line, or a table.

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use analytics::written_time::Moment;
use anyhow::bail;

use super::kind::Kind;
use super::lines::read_lines;
use super::options::Options;
use super::sink::{Rejection, Sink};
use super::source::InputFile;
use super::table::{Record, Rows, TextTable, find, find_delimiter};
use crate::intake::doors::sent::{Sent, ignored_name};
use crate::intake::item::{Item, Value};
use crate::intake::translation::Translation;

/// What a row is not understood without.
const NEEDED: [&str; 4] = ["id", "direction", "target", "createdOn"];
/// What is recorded besides what was said.
const NO_MESSAGES: [&str; 10] = [
    "bp_dialog_timeout",
    "delivered",
    "delivery",
    "feedback",
    "proactive-trigger",
    "read",
    "request_start_conversation",
    "session_reset",
    "typing",
    "visit",
];

/// Whether a file certainly is such a dump.
pub(super) fn recognise(file: &InputFile) -> bool {
    if file.kind == Kind::JsonObject {
        return NEEDED.into_iter().all(|name| file.has_member(name));
    }
    let (delimiter, skip) = find_delimiter(&file.head);
    let table = TextTable::new(&file.head[..], delimiter, skip);
    table.is_ok_and(|table| NEEDED.into_iter().all(|name| find(table.names(), name).is_some()))
}

/// Reads a dump in either form.
///
/// # Errors
/// When it is one of something else, or cannot be read.
pub(super) fn read(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    if file.kind == Kind::JsonObject { read_json(file, sink) } else { read_table(file, options, sink) }
}

fn read_json(file: InputFile, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let mut is_botpress = false;
    read_lines(file, sink, |number, line, sink| {
        let Some(sent) = Sent::parse(line) else {
            return Ok(sink.reject(number, Rejection::new(RejectionCode::NotAnObject))?);
        };
        let missing = NEEDED.iter().find(|name| sent.find(name).is_none());
        if let (false, Some(missing)) = (is_botpress, missing) {
            bail!("line {number} is not an event of Botpress: it has no \"{missing}\"");
        }
        is_botpress = true;
        // A dump holds the event itself as an object, or as the text of one.
        let event = |name: &str| sent.object(name).map(|_| sent.find(name).map(|raw| raw.get().into()));
        let mut translation = sink.start();
        add_row(0, |name| event(name).unwrap_or_else(|| sent.id(name)), &mut translation);
        Ok(sink.take(number, translation)?)
    })
}

fn read_table(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let (found, skip) = find_delimiter(&file.head);
    let mut table = TextTable::new(file.reader, options.delimiter.unwrap_or(found), skip)?;
    let missing = NEEDED.iter().find(|name| find(table.names(), name).is_none());
    if let Some(missing) = missing.filter(|_| !table.names().is_empty()) {
        bail!("these are not events of Botpress: there is no column {missing}");
    }
    let mut row = Record::default();
    while let Some(line) = table.read(&mut row)? {
        let cell = |name: &str| row.get(find(table.names(), name)?).map(Cow::Borrowed);
        let mut translation = sink.start();
        add_row(0, |name| cell(name).filter(|cell| !cell.is_empty()), &mut translation);
        sink.take(line, translation)?;
        table.take_notes().into_iter().for_each(|note| sink.note(note));
    }
    Ok(())
}

fn add_row<'a>(number: usize, column: impl Fn(&str) -> Option<Cow<'a, str>>, translation: &mut Translation) {
    let kind = column("type").unwrap_or_default();
    let direction = match column("direction").as_deref() {
        Some("incoming") => Direction::Incoming,
        Some("outgoing") => Direction::Outgoing,
        other => return translation.ignore(number, ignored_name(other.unwrap_or_default())),
    };
    if NO_MESSAGES.contains(&&*kind) {
        return translation.ignore(number, ignored_name(&kind));
    }
    let event = column("event").unwrap_or_default();
    let event = Sent::parse(event.as_bytes());
    let draft = Item {
        // Ids of Botpress are numbers, as those of other senders may be.
        id: column("id").map(|id| format!("botpress-{id}").into()),
        user_id: column("target").map(Value::from),
        at: column("createdOn").map(|at| read_time(&at)),
        direction: Some(direction.into()),
        channel: column("channel").map(Value::from),
        text: event.as_ref().and_then(find_text).map(Value::from),
        intent: event.as_ref().and_then(find_intent).map(Value::from),
        ..Item::default()
    };
    translation.push(number, &draft);
}

/// `preview` is what a person saw of it.
fn find_text(event: &Sent<'_>) -> Option<String> {
    let in_payload = || event.object("payload")?.text("text");
    event.text("preview").filter(|text| !text.is_empty()).or_else(in_payload).map(Cow::into_owned)
}

fn find_intent(event: &Sent<'_>) -> Option<String> {
    event.object("nlu")?.object("intent")?.text("name").map(Cow::into_owned)
}

/// Milliseconds, or a date and time. Without an offset it is UTC: that is what Botpress writes.
fn read_time(at: &str) -> Value<'static> {
    match Moment::of_text_in_utc(at) {
        Some(moment) => moment.to_instant().as_ms().into(),
        None => at.to_owned().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_an_offset_are_utc() {
        for at in [
            "1767323045500",
            "2026-01-02T03:04:05.5Z",
            "2026-01-02 03:04:05.5",
            "2026-01-02T03:04:05.500",
            "2026-01-02 03:04:05.5+00",
        ] {
            assert_eq!(serde_json::to_string(&read_time(at)).unwrap(), "1767323045500", "{at}");
        }
        assert_eq!(serde_json::to_string(&read_time("yesterday")).unwrap(), r#""yesterday""#);
    }
}
