//! A history that a page sends: what may be told with it, and what the server answers, line by line.

use serde::Deserialize;

/// Where the file is posted.
pub const PATH: &str = "/fn/import_history";

/// Formats that can be told, by the words of the command line, with what people call them. A test of `server` compares
/// them with the formats that it reads.
pub const FORMATS: [(&str, &str); 18] = [
    ("rasa-tracker-json", "Rasa trackers as JSON or from MongoDB"),
    ("copilot-studio", "Copilot Studio"),
    ("bot-framework", "Bot Framework"),
    ("rasa-broker-file", "Rasa's file event broker"),
    ("botpress-v12", "Botpress 12"),
    ("telegram", "Telegram"),
    ("whatsapp", "WhatsApp"),
    ("discord", "Discord"),
    ("slack", "Slack"),
    ("botpress-cloud", "Botpress Cloud"),
    ("voiceflow", "Voiceflow"),
    ("typebot", "Typebot"),
    ("dialogflow", "Dialogflow"),
    ("chatwoot", "Chatwoot"),
    ("intercom", "Intercom"),
    ("zendesk", "Zendesk"),
    ("ndjson", "JSON lines"),
    ("csv", "Table"),
];

/// A line of the answer.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Line {
    /// How far it is.
    pub progress: Option<Progress>,
    /// What the file is.
    pub format: Option<Named>,
    /// The first rows, as they are understood.
    pub preview: Option<Preview>,
    /// What became of all rows.
    pub summary: Option<Summary>,
    /// Why the file was not read to its end.
    pub error: Option<String>,
    /// Why it was refused as a whole.
    pub detail: Option<String>,
}

/// How much was read.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Rows that are stored, or known not to be.
    pub read: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// Bytes of the file, if it is one.
    pub total: Option<u64>,
}

/// A format.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Named {
    /// What people call it.
    pub title: String,
}

/// The first rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Preview {
    /// What was found out about the file.
    pub notes: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row, of which something is stored, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Its line, or its number.
    pub row: u64,
    /// What would be stored.
    pub item: Option<Item>,
    /// What is left out on purpose, by name.
    pub skipped: Option<String>,
    /// The code under which it would be rejected.
    pub rejected: Option<String>,
    /// What is wrong with it.
    pub detail: Option<String>,
    /// Where.
    pub field: Option<String>,
}

/// A message, as far as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Item {
    /// The person.
    pub user_id: String,
    /// When, in UTC.
    pub at: String,
    /// Which way it went; an event has none.
    pub direction: Option<String>,
    /// What an event is called.
    pub r#type: Option<String>,
    /// Where it travelled.
    pub channel: String,
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Rows that are stored now.
    pub accepted: u64,
    /// Rows that were stored before.
    pub duplicates: u64,
    /// Rows that are not stored, by code.
    pub rejected: std::collections::BTreeMap<String, Rejected>,
    /// What is no message, by name.
    pub skipped: std::collections::BTreeMap<String, u64>,
    /// What was found out about the file.
    pub notes: Vec<String>,
}

/// Rows that are not stored for the same reason.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Rejected {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first_lines: Vec<u64>,
    /// Why.
    pub detail: String,
}

impl Line {
    /// Reads a line; one that is none says that no answer came.
    pub fn parse(line: &[u8]) -> Self {
        serde_json::from_slice(line).unwrap_or_else(|_| Self::unanswered())
    }

    /// The answer broke off.
    pub fn unanswered() -> Self {
        Self {
            error: Some("No answer came. Try again: what is stored already counts once.".to_owned()),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_what_it_says_and_nothing_else() {
        let line = Line::parse(br#"{"format": {"name": "csv", "title": "Table"}, "summary": {"read": 3, "accepted": 2, "rejected": {"at_missing": {"count": 1, "first_lines": [4], "detail": "x"}}}, "error": null}"#);
        let summary = line.summary.unwrap();
        assert_eq!((summary.accepted, summary.rejected["at_missing"].first_lines.clone()), (2, vec![4]));
        assert_eq!((line.error, line.format.unwrap().title), (None, "Table".to_owned()));
        assert!(Line::parse(b"<html>").error.is_some());
        assert_eq!(Line::parse(br#"{"detail": "no", "status": 403}"#).detail.as_deref(), Some("no"));
    }
}
