//! The forms that are imported, and how each is opened.

use std::path::Path;

use store::foreign::{RasaEvents, RasaTable};

use super::Args;
use super::botpress::Botpress;
use super::chunks::Rows;
use super::columns::Columns;
use super::events::Events;
use super::input::{Input, OpenFile, start_progress};
use super::kind::Kind;
use super::lines::Lines;
use super::rasa::{RasaLines, RasaTableRows};
use super::table::Table;
use super::transcripts::Transcripts;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// One JSON object a line, as POST /api/v1/events takes it and export writes it
    Ndjson,
    /// A table whose first row names its columns, by our fields or as --column says
    Csv,
    /// Rasa's SQL tracker store: an SQLite file, or postgres://user@host/database
    RasaTracker,
    /// Rasa's SQL event broker: an SQLite file, or postgres://user@host/database
    RasaBrokerSql,
    /// Rasa's file event broker: one event a line
    RasaBrokerFile,
    /// A .transcript file of Bot Framework's, or a folder in which its file store keeps transcripts
    BotFramework,
    /// The events table of Botpress 12, dumped as CSV or as one JSON object a line
    #[value(name = "botpress-v12")]
    BotpressV12,
}

/// Opens what is imported.
///
/// # Errors
/// When it cannot be opened, or is of another kind than the format says.
pub(super) async fn open(args: &Args) -> anyhow::Result<Input> {
    let path = args.file.as_path();
    match args.format {
        Format::Ndjson => open_file(path, &[Kind::JsonObject], "one JSON object a line", |file| {
            Ok(Box::new(Lines::new(file, Events)))
        }),
        Format::Csv => open_file(path, &[Kind::Text], "a table with a row of column names", |file| {
            let table = Table::new(file, args.delimiter)?;
            Ok(Box::new(Columns::new(table, &args.columns)?))
        }),
        Format::RasaTracker => open_rasa(path, RasaTable::Tracker).await,
        Format::RasaBrokerSql => open_rasa(path, RasaTable::Broker).await,
        Format::RasaBrokerFile => {
            open_file(path, &[Kind::JsonObject], "one event of Rasa's a line", |file| {
                Ok(Box::new(Lines::new(file, RasaLines::default())))
            })
        }
        Format::BotFramework => {
            Ok(Input { rows: Box::new(Transcripts::open(path)?), progress: start_progress(None) })
        }
        Format::BotpressV12 => {
            let expected = "the events of Botpress as JSON lines or as a table";
            open_file(path, &[Kind::JsonObject, Kind::Text], expected, |file| {
                Botpress::open(file, args.delimiter)
            })
        }
    }
}

fn open_file(
    path: &Path,
    kinds: &[Kind],
    expected: &str,
    rows: impl FnOnce(OpenFile) -> anyhow::Result<Box<dyn Rows>>,
) -> anyhow::Result<Input> {
    let file = OpenFile::open(path)?.expect(kinds, expected)?;
    let progress = start_progress(file.bytes);
    Ok(Input { rows: rows(file)?, progress })
}

async fn open_rasa(path: &Path, table: RasaTable) -> anyhow::Result<Input> {
    let url = path
        .to_str()
        .filter(|path| ["postgres://", "postgresql://"].iter().any(|scheme| path.starts_with(scheme)));
    let events = match url {
        Some(url) => RasaEvents::connect(url, table).await?,
        None => {
            OpenFile::open(path)?.expect(&[Kind::Sqlite], "an SQLite file or a postgres:// address")?;
            RasaEvents::open_file(path, table).await?
        }
    };
    Ok(Input { rows: Box::new(RasaTableRows::new(events)), progress: start_progress(None) })
}
