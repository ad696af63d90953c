//! The one list of formats: what each is called, what it reads, how it is recognised, and the code that reads it.

use store::foreign::RasaTable;

use super::files::{Files, has_extension};
use super::kind::Kind;
use super::options::Options;
use super::products::{botpress_cloud, chatwoot, dialogflow, intercom, typebot, voiceflow, zendesk};
use super::sink::Sink;
use super::source::InputFile;
use super::{
    bot_framework, botpress_v12, copilot_studio, discord, native, rasa, rasa_tracker, slack, table, telegram,
    whatsapp,
};

/// A form that histories have.
#[derive(Clone, Debug)]
pub struct Format {
    /// The word for it on the command line.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What is read, in words that follow "expected".
    pub reads: &'static str,
    /// What its files may be at first sight.
    pub(super) kinds: &'static [Kind],
    /// Whether a file of one of these kinds certainly is of this format.
    pub(super) recognise: fn(&InputFile) -> bool,
    /// Whether a file of a folder belongs to the history, by its name.
    pub(super) belongs: fn(&str) -> bool,
    /// The code that reads it.
    pub(super) read: Read,
}

/// How a format is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Read {
    /// File by file.
    File(fn(InputFile, &Options, &mut Sink<'_>) -> anyhow::Result<()>),
    /// Only as a whole; one file of it is refused in words.
    Files(fn(Files, &Options, &mut Sink<'_>) -> anyhow::Result<()>),
    /// Out of a database.
    Rasa(RasaTable),
}

const JSON: &[Kind] = &[Kind::JsonObject, Kind::JsonArray];

/// Every format. Where a file might be of several, the first that recognises it is meant.
pub static FORMATS: &[Format] = &[
    Format {
        name: "rasa-tracker-json",
        title: "Rasa trackers as JSON or from MongoDB",
        reads: "trackers of Rasa as JSON (an answer of its API, one a line, an array, mongoexport) or as BSON (mongodump)",
        kinds: &[Kind::JsonObject, Kind::JsonArray, Kind::Bson],
        recognise: rasa_tracker::recognise,
        belongs: |name| {
            has_extension(name, &["json", "ndjson", "jsonl", "bson"]) && !name.ends_with(".metadata.json")
        },
        read: Read::File(rasa_tracker::read),
    },
    Format {
        name: "copilot-studio",
        title: "Copilot Studio",
        reads: "transcripts of Copilot Studio (Power Virtual Agents): the table ConversationTranscript as CSV or JSON, or activities",
        kinds: &[Kind::JsonObject, Kind::JsonArray, Kind::Text],
        recognise: copilot_studio::recognise,
        belongs: |name| has_extension(name, &["json", "csv"]),
        read: Read::File(copilot_studio::read),
    },
    Format {
        name: "bot-framework",
        title: "Bot Framework",
        reads: "activities of Bot Framework: a .transcript file, or a folder of its file store",
        kinds: JSON,
        recognise: bot_framework::recognise,
        belongs: |name| has_extension(name, &["json", "transcript"]),
        read: Read::File(bot_framework::read),
    },
    Format {
        name: "rasa-tracker",
        title: "Rasa's SQL tracker store",
        reads: "an SQLite file or a postgres:// address",
        kinds: &[Kind::Sqlite],
        recognise: |_| false,
        belongs: |_| false,
        read: Read::Rasa(RasaTable::Tracker),
    },
    Format {
        name: "rasa-broker-sql",
        title: "Rasa's SQL event broker",
        reads: "an SQLite file or a postgres:// address",
        kinds: &[Kind::Sqlite],
        recognise: |_| false,
        belongs: |_| false,
        read: Read::Rasa(RasaTable::Broker),
    },
    Format {
        name: "rasa-broker-file",
        title: "Rasa's file event broker",
        reads: "one event of Rasa a line",
        kinds: &[Kind::JsonObject],
        recognise: rasa::recognise,
        belongs: |name| has_extension(name, &["log", "json", "ndjson", "jsonl"]),
        read: Read::File(rasa::read_lines),
    },
    Format {
        name: "botpress-v12",
        title: "Botpress 12",
        reads: "the events of Botpress as JSON lines or as a table",
        kinds: &[Kind::JsonObject, Kind::Text],
        recognise: botpress_v12::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl", "csv"]),
        read: Read::File(botpress_v12::read),
    },
    Format {
        name: "telegram",
        title: "Telegram",
        reads: "result.json of Telegram Desktop: one chat or all chats of an account, exported as machine-readable JSON",
        kinds: &[Kind::JsonObject],
        recognise: telegram::recognise,
        belongs: |name| name.rsplit('/').next() == Some("result.json"),
        read: Read::File(telegram::read),
    },
    Format {
        name: "whatsapp",
        title: "WhatsApp",
        reads: "an exported chat of WhatsApp: the text, or the zip archive that contains it",
        kinds: &[Kind::Text],
        recognise: whatsapp::recognise,
        belongs: |name| has_extension(name, &["txt"]),
        read: Read::File(whatsapp::read),
    },
    Format {
        name: "discord",
        title: "Discord",
        reads: "channels as DiscordChatExporter writes them in JSON",
        kinds: &[Kind::JsonObject],
        recognise: discord::recognise,
        belongs: |name| has_extension(name, &["json"]),
        read: Read::File(discord::read),
    },
    Format {
        name: "slack",
        title: "Slack",
        reads: "the export of a workspace of Slack: the zip archive or the folder",
        kinds: &[Kind::JsonArray],
        recognise: slack::recognise,
        belongs: slack::belongs,
        read: Read::Files(slack::read),
    },
    Format {
        name: "botpress-cloud",
        title: "Botpress Cloud",
        reads: "messages of Botpress Cloud as its API answers them (listMessages), with or without conversations",
        kinds: JSON,
        recognise: botpress_cloud::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl"]),
        read: Read::File(botpress_cloud::read),
    },
    Format {
        name: "voiceflow",
        title: "Voiceflow",
        reads: "transcripts of Voiceflow as its API answers them",
        kinds: JSON,
        recognise: voiceflow::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl"]),
        read: Read::File(voiceflow::read),
    },
    Format {
        name: "typebot",
        title: "Typebot",
        reads: "results of Typebot as its API answers them, or its table AnswerV2 as CSV",
        kinds: &[Kind::JsonObject, Kind::JsonArray, Kind::Text],
        recognise: typebot::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl", "csv"]),
        read: Read::File(typebot::read),
    },
    Format {
        name: "dialogflow",
        title: "Dialogflow",
        reads: "turns of Dialogflow CX (BigQuery export, conversations of its API, Cloud Logging) or ES (Cloud Logging)",
        kinds: &[Kind::JsonObject, Kind::JsonArray, Kind::Text],
        recognise: dialogflow::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl", "csv"]),
        read: Read::File(dialogflow::read),
    },
    Format {
        name: "chatwoot",
        title: "Chatwoot",
        reads: "messages of Chatwoot as its API answers them, or its table messages as CSV or JSON",
        kinds: &[Kind::JsonObject, Kind::JsonArray, Kind::Text],
        recognise: chatwoot::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl", "csv"]),
        read: Read::File(chatwoot::read),
    },
    Format {
        name: "intercom",
        title: "Intercom",
        reads: "conversations of Intercom with their parts, as its API answers them",
        kinds: JSON,
        recognise: intercom::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl"]),
        read: Read::File(intercom::read),
    },
    Format {
        name: "zendesk",
        title: "Zendesk",
        reads: "conversation logs, Sunshine Conversations, tickets with comments or chats of Zendesk as its APIs answer them",
        kinds: JSON,
        recognise: zendesk::recognise,
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl"]),
        read: Read::File(zendesk::read),
    },
    Format {
        name: "ndjson",
        title: "JSON lines",
        reads: "one JSON object a line, as POST /api/v1/events reads it and parlance export writes it",
        kinds: &[Kind::JsonObject],
        recognise: native::recognise,
        belongs: |name| has_extension(name, &["ndjson", "jsonl", "json"]),
        read: Read::File(native::read),
    },
    Format {
        name: "csv",
        title: "Table",
        reads: "a table with a row of column names, as text or as an .xlsx file",
        kinds: &[Kind::Text, Kind::Zip],
        recognise: table::recognise,
        belongs: |name| has_extension(name, &["csv", "tsv", "txt", "xlsx"]),
        read: Read::File(table::read),
    },
];

/// The format of a name.
pub fn find(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_offers_every_format_that_is_a_file() {
        let files = FORMATS.iter().filter(|format| !matches!(format.read, Read::Rasa(_)));
        let files: Vec<_> = files.map(|format| (format.name, format.title)).collect();
        assert_eq!(files, app::wire::history::FORMATS);
    }

    #[test]
    fn every_format_has_a_name_of_its_own() {
        for (place, format) in FORMATS.iter().enumerate() {
            assert_eq!(FORMATS.iter().position(|other| other.name == format.name), Some(place));
            assert!(!format.title.is_empty() && !format.reads.is_empty());
        }
    }
}
