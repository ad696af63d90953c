//! The one list of formats: what each is called, what it reads, how it is recognised, and the code that reads it.

use std::fs::File;
use std::path::{Path, PathBuf};

use analytics::error::RejectionCode;
use anyhow::{Context, bail};
use store::foreign::{RasaEvents, RasaTable};

use super::kind::Kind;
use super::options::Options;
use super::products::{botpress_cloud, chatwoot, dialogflow, intercom, typebot, voiceflow, zendesk};
use super::rasa::TableRows;
use super::sink::{Rejection, Sink, Stopped};
use super::source::{Files, InputFile, Meter, Source};
use super::{
    bot_framework, botpress_v12, copilot_studio, discord, native, rasa, rasa_tracker, slack, table, telegram, whatsapp,
};

/// Files of a folder by which its format is recognised.
const SAMPLED_FILES: usize = 20;
/// How many files that were left out are named.
const SHOWN_FILES: usize = 5;

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
    kinds: &'static [Kind],
    /// Whether a file of one of these kinds certainly is of this format.
    recognise: fn(&InputFile) -> bool,
    /// Whether a file of a folder belongs to the history, by its name.
    belongs: fn(&str) -> bool,
    read: Read,
}

#[derive(Clone, Copy, Debug)]
enum Read {
    File(fn(InputFile, &Options, &mut Sink<'_>) -> anyhow::Result<()>),
    /// Only as a whole; one file of it is refused in words.
    Files(fn(Files, &Options, &mut Sink<'_>) -> anyhow::Result<()>),
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
        belongs: |name| has_extension(name, &["json", "ndjson", "jsonl", "bson"]) && !name.ends_with(".metadata.json"),
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
        reads: "activities of Bot Framework: a .transcript file, or a folder in which its file store keeps transcripts",
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
        reads: "one event of Rasa's a line",
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
        reads: "result.json of Telegram Desktop: one chat or all of an account, exported as machine-readable JSON",
        kinds: &[Kind::JsonObject],
        recognise: telegram::recognise,
        belongs: |name| name.rsplit('/').next() == Some("result.json"),
        read: Read::File(telegram::read),
    },
    Format {
        name: "whatsapp",
        title: "WhatsApp",
        reads: "an exported chat of WhatsApp: a text, or the zip archive with it",
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
        reads: "one JSON object a line, as POST /api/v1/events takes it and parlance export writes it",
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

pub(super) fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// A history that can be read.
pub struct Opened {
    /// Its format.
    pub format: &'static Format,
    /// Counts the bytes that were read of its files.
    pub meter: Meter,
    /// How many bytes its file has, where it is one.
    pub bytes: Option<u64>,
    input: Input,
}

enum Input {
    File(Box<InputFile>, Option<PathBuf>),
    Files(Files),
    Table(Box<TableRows>),
}

/// Opens a history: a file, a folder, `-` for stdin or, for tables of Rasa's, the address of a database. Without a
/// format it is recognised.
///
/// # Errors
/// When it cannot be opened, is of another kind than the format says, or of none that is known.
pub async fn open(path: &Path, format: Option<&'static Format>, options: &Options) -> anyhow::Result<Opened> {
    let meter = Meter::new(options.max_bytes);
    if let Some(Format { read: Read::Rasa(table), .. }) = format
        && let Some(format) = format
    {
        let input = Input::Table(Box::new(open_rasa(path, *table, &meter).await?));
        return Ok(Opened { format, meter, bytes: None, input });
    }
    let bytes = std::fs::metadata(path).ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
    let source = Source::open(path, &meter)?;
    open_source(source, Some(path.to_owned()), bytes, format, meter)
}

/// Opens a history that was sent here, under the name that its sender knows.
///
/// # Errors
/// As with [`open`], and for the databases of Rasa.
pub fn open_file(
    file: File,
    name: &str,
    format: Option<&'static Format>,
    options: &Options,
) -> anyhow::Result<Opened> {
    let meter = Meter::new(options.max_bytes);
    let bytes = file.metadata().ok().map(|metadata| metadata.len());
    let source = Source::from_file(file, name.to_owned(), &meter)?;
    match &source {
        Source::File(file) if file.kind == Kind::Sqlite => {
            bail!("databases are imported on the command line: parlance import --format rasa-tracker")
        }
        _ => open_source(source, None, bytes, format, meter),
    }
}

fn open_source(
    source: Source,
    path: Option<PathBuf>,
    bytes: Option<u64>,
    format: Option<&'static Format>,
    meter: Meter,
) -> anyhow::Result<Opened> {
    match source {
        Source::File(file) => {
            let format = check(&file, format)?;
            Ok(Opened { format, meter, bytes, input: Input::File(file, path) })
        }
        Source::Files(mut files) => {
            let format = format.map_or_else(|| recognise_files(&mut files), Ok)?;
            Ok(Opened { format, meter, bytes: None, input: Input::Files(files) })
        }
    }
}

async fn open_rasa(path: &Path, table: RasaTable, meter: &Meter) -> anyhow::Result<TableRows> {
    let address = path.to_str().filter(|path| path.starts_with("postgres://") || path.starts_with("postgresql://"));
    let events = match address {
        Some(url) => RasaEvents::connect(url, table).await?,
        None => {
            match Source::open(path, meter)? {
                Source::File(file) if matches!(file.kind, Kind::Sqlite | Kind::Empty) => {}
                _ => bail!("{} is something else; expected an SQLite file or a postgres:// address", path.display()),
            }
            RasaEvents::open_file(path, table).await?
        }
    };
    Ok(TableRows::new(events))
}

/// The format that certainly is meant, if one is.
fn recognise(file: &InputFile) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.kinds.contains(&file.kind) && (format.recognise)(file))
}

/// The format of a file: what was told, if the file may be of it, or else what is recognised.
fn check(file: &InputFile, told: Option<&'static Format>) -> anyhow::Result<&'static Format> {
    let found = recognise(file);
    let Some(told) = told else {
        return found.or_else(|| guess(file)).with_context(|| {
            format!("this is {}, and of no format that is known: say --format, one of {}", file.kind.in_words(), list())
        });
    };
    if file.kind == Kind::Empty {
        return Ok(told);
    }
    let may_be = told.kinds.contains(&file.kind);
    match found {
        Some(found) if !may_be || (found.name != told.name && !(told.recognise)(file)) => {
            bail!("this is of another kind ({}): --format {}; expected {}", found.title, found.name, told.reads)
        }
        _ if !may_be => bail!("this is {}; expected {}", file.kind.in_words(), told.reads),
        _ => Ok(told),
    }
}

/// The format of a file that none recognises for certain.
fn guess(file: &InputFile) -> Option<&'static Format> {
    match file.kind {
        Kind::Zip | Kind::Text => find("csv"),
        Kind::Empty => find("ndjson"),
        _ => None,
    }
}

fn recognise_files(files: &mut Files) -> anyhow::Result<&'static Format> {
    let is_any = |name: &str| FORMATS.iter().any(|format| (format.belongs)(name));
    let sample = files.sample(is_any, SAMPLED_FILES)?;
    let found = sample.iter().find_map(recognise);
    found.with_context(|| format!("nothing in it is of a format that is known: say --format, one of {}", list()))
}

fn list() -> String {
    FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}

impl Opened {
    /// Gives all rows to the sink.
    ///
    /// # Errors
    /// When a file cannot be read to its end.
    pub fn read(self, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        match (self.input, self.format.read) {
            (Input::Table(rows), _) => rows.read(sink),
            (Input::File(file, path), Read::File(read)) => {
                read(*file, options, sink)?;
                path.iter().for_each(|path| note_growth(path, self.bytes, sink));
                Ok(())
            }
            (Input::Files(files), Read::File(read)) => {
                let read = |file: InputFile, sink: &mut Sink<'_>| {
                    check(&file, Some(self.format))?;
                    read(file, options, sink)
                };
                read_files(files, self.format, &read, sink)
            }
            (Input::Files(files), Read::Files(read)) => read(files, options, sink),
            (Input::File(file, _), Read::Files(_)) => slack::refuse_file(*file, options, sink),
            (_, Read::Rasa(_)) => bail!("expected {}", self.format.reads),
        }
    }
}

/// A file may be written while it is read: what came last is then in the next import.
fn note_growth(path: &Path, bytes: Option<u64>, sink: &mut Sink<'_>) {
    let now = std::fs::metadata(path).ok().map(|metadata| metadata.len());
    if let (Some(before), Some(now)) = (bytes, now)
        && before != now
    {
        sink.note("the file changed while it was read: import it again when it is complete".to_owned());
    }
}

fn read_files(
    mut files: Files,
    format: &Format,
    read: &dyn Fn(InputFile, &mut Sink<'_>) -> anyhow::Result<()>,
    sink: &mut Sink<'_>,
) -> anyhow::Result<()> {
    let (mut left_out, mut count) = (Vec::new(), 0_u64);
    let mut skip = |name: &str| {
        count += 1;
        if left_out.len() < SHOWN_FILES {
            left_out.push(name.to_owned());
        }
    };
    let mut has_any = false;
    while let Some(file) = files.next(format.belongs, &mut skip)? {
        has_any = true;
        let name = file.name.clone();
        sink.set_file(Some(&name));
        match read(file, sink) {
            Err(error) if !error.is::<Stopped>() => {
                // The other files can still be read.
                let detail = format!("the rest of the file cannot be read: {error:#}");
                sink.reject(0, Rejection { detail: detail.into(), ..Rejection::new(RejectionCode::NotAnObject) })?;
            }
            result => result?,
        }
    }
    if count > 0 {
        let names = left_out.join(", ");
        let rest = if count > SHOWN_FILES as u64 { ", …" } else { "" };
        sink.note(format!("{count} files are no part of the history by their names: {names}{rest}"));
    }
    if !has_any {
        bail!("no file in it may be of this format; expected {}", format.reads);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_offers_every_format_that_is_a_file() {
        let files = FORMATS.iter().filter(|format| !matches!(format.read, Read::Rasa(_)));
        let files: Vec<_> = files.map(|format| (format.name, format.title)).collect();
        assert_eq!(files, app::api::history::FORMATS);
    }

    #[test]
    fn every_format_has_a_name_of_its_own() {
        for (place, format) in FORMATS.iter().enumerate() {
            assert_eq!(FORMATS.iter().position(|other| other.name == format.name), Some(place));
            assert!(!format.title.is_empty() && !format.reads.is_empty());
        }
    }

    #[test]
    fn files_belong_by_how_they_end() {
        assert!(has_extension("a/b.JSON", &["json"]));
        assert!(!has_extension("json", &["json"]) && !has_extension("a.json.bak", &["json"]));
    }
}
