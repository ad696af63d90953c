//! Opens a history: recognises its format, or checks the one that was told.

use std::fs::File;
use std::path::{Path, PathBuf};

use analytics::error::RejectionCode;
use anyhow::{Context, bail};
use store::foreign::{RasaEvents, RasaTable};

use super::files::{Files, Source};
use super::format::{FORMATS, Format, Read, find};
use super::kind::Kind;
use super::options::Options;
use super::rasa::TableRows;
use super::sink::{Rejection, Sink, Stopped};
use super::slack;
use super::source::{InputFile, Meter};

/// Files of a folder by which its format is recognised.
const SAMPLED_FILES: usize = 20;
/// How many files that were left out are named.
const SHOWN_FILES: usize = 5;

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
    let bytes =
        std::fs::metadata(path).ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
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
            bail!("import databases on the command line: parlance import --format rasa-tracker")
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
    let address =
        path.to_str().filter(|path| path.starts_with("postgres://") || path.starts_with("postgresql://"));
    let events = match address {
        Some(url) => RasaEvents::connect(url, table).await?,
        None => {
            match Source::open(path, meter)? {
                Source::File(file) if matches!(file.kind, Kind::Sqlite | Kind::Empty) => {}
                _ => bail!(
                    "{} is not a database; expected an SQLite file or a postgres:// address",
                    path.display()
                ),
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
            format!(
                "this is {}, and its format is not recognised: give --format, one of {}",
                file.kind.in_words(),
                list()
            )
        });
    };
    if file.kind == Kind::Empty {
        return Ok(told);
    }
    let may_be = told.kinds.contains(&file.kind);
    match found {
        Some(found) if !may_be || (found.name != told.name && !(told.recognise)(file)) => {
            bail!(
                "this is another format ({}): --format {}; expected {}",
                found.title,
                found.name,
                told.reads
            )
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
    found.with_context(|| format!("no file in it has a recognised format: give --format, one of {}", list()))
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
                sink.reject(
                    0,
                    Rejection { detail: detail.into(), ..Rejection::new(RejectionCode::NotAnObject) },
                )?;
            }
            result => result?,
        }
    }
    if count > 0 {
        let names = left_out.join(", ");
        let rest = if count > SHOWN_FILES as u64 { ", …" } else { "" };
        sink.note(format!("{count} files are left out because of their names: {names}{rest}"));
    }
    if !has_any {
        bail!("no file in it can be of this format; expected {}", format.reads);
    }
    Ok(())
}
