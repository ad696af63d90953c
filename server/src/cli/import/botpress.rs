//! The `events` of Botpress 12, as a dump of the table has them: one JSON object a line, or a table.

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use anyhow::bail;
use csv::ByteRecord;

use super::chunks::{CHUNK_BYTES, CHUNK_ROWS, Progress, Rows};
use super::input::OpenFile;
use super::kind::Kind;
use super::lines::{Line, Lines};
use super::table::Table;
use crate::intake::doors::moment::Moment;
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

pub(super) struct Botpress;

impl Botpress {
    /// Opens a dump in either form.
    ///
    /// # Errors
    /// When it is a table of something else.
    pub(super) fn open(file: OpenFile, delimiter: u8) -> anyhow::Result<Box<dyn Rows>> {
        if file.kind == Kind::JsonObject {
            return Ok(Box::new(Lines::new(file, JsonLines { is_botpress: false })));
        }
        let table = Table::new(file, delimiter)?;
        let missing = NEEDED.iter().find(|name| table.find(name).is_none());
        if let Some(missing) = missing.filter(|_| !table.names.is_empty()) {
            bail!("these are no events of Botpress: there is no column {missing}");
        }
        Ok(Box::new(TableRows(table)))
    }
}

struct JsonLines {
    is_botpress: bool,
}

impl Line for JsonLines {
    fn add(&mut self, number: usize, line: &[u8], translation: &mut Translation) -> anyhow::Result<()> {
        let Some(sent) = Sent::parse(line) else {
            translation.reject(number, RejectionCode::NotAnObject);
            return Ok(());
        };
        if let (false, Some(missing)) =
            (self.is_botpress, NEEDED.iter().find(|name| sent.find(name).is_none()))
        {
            bail!("line {number} is no event of Botpress: it has no \"{missing}\"");
        }
        self.is_botpress = true;
        // A dump holds the event itself as an object, or as the text of one.
        let event = |name: &str| sent.object(name).map(|_| sent.find(name).map(|raw| raw.get().into()));
        add_row(number, |name| event(name).unwrap_or_else(|| sent.id(name)), translation);
        Ok(())
    }
}

struct TableRows(Table);

impl Rows for TableRows {
    fn read(&mut self, translation: &mut Translation) -> anyhow::Result<Progress> {
        let (start, mut progress) = (self.0.bytes(), Progress::default());
        let mut row = ByteRecord::new();
        for _ in 0..CHUNK_ROWS {
            let Some(line) = self.0.read(&mut row)? else { break };
            progress.rows += 1;
            let cell = |name: &str| row.get(self.0.find(name)?).map(String::from_utf8_lossy);
            add_row(line, |name| cell(name).filter(|cell| !cell.is_empty()), translation);
            if self.0.bytes() - start >= CHUNK_BYTES {
                break;
            }
        }
        progress.bytes = self.0.bytes() - start;
        Ok(progress)
    }
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
    if let Ok(ms) = at.parse::<i64>() {
        return ms.into();
    }
    let in_utc = || Moment::of_text(&format!("{} UTC", at.replacen('T', " ", 1)));
    match Moment::of_text(at).or_else(in_utc) {
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
