//! Where an import reads from: a file, stdin, a folder with all below it, or a zip archive.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::{Context, bail};
use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;

use super::decode;
use super::kind::Kind;

/// Bytes from the beginning of a file by which it is recognised.
const HEAD_BYTES: u64 = 1024 * 1024;
/// Most files of an archive.
const MAX_ZIPPED_FILES: usize = 100_000;
/// What every Excel file holds.
const WORKBOOK: &str = "xl/workbook.xml";

/// An open file.
pub struct InputFile {
    /// Its name below the folder or in the archive, or as it was given.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its first bytes, decoded: up to 1 MiB.
    pub head: Vec<u8>,
    /// All of it, decoded.
    pub reader: Box<dyn BufRead + Send>,
    /// The file itself, where it can be read in any order.
    pub file: Option<File>,
    /// The encoding that was decoded, if it was another than UTF-8.
    pub encoding: Option<&'static str>,
}

/// Counts what is read, and ends it at a limit.
#[derive(Clone, Debug)]
pub struct Meter {
    read: Arc<AtomicU64>,
    limit: u64,
}

impl Meter {
    /// With a limit in bytes, after unpacking.
    pub fn new(limit: u64) -> Self {
        Self { read: Arc::default(), limit }
    }

    /// Bytes so far, after unpacking.
    pub fn bytes(&self) -> u64 {
        self.read.load(Relaxed)
    }

    fn count(&self, bytes: usize) -> io::Result<()> {
        let bytes = bytes as u64;
        if self.read.fetch_add(bytes, Relaxed) + bytes > self.limit {
            let limit = self.limit / (1024 * 1024);
            return Err(io::Error::other(format!("the files are larger than {limit} MiB when unpacked")));
        }
        Ok(())
    }
}

/// A reader whose bytes are counted.
struct Metered<R>(R, Meter);

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(into)?;
        self.1.count(read)?;
        Ok(read)
    }
}

/// What is read: one file, or several.
pub enum Source {
    /// One file.
    File(Box<InputFile>),
    /// All of a folder or an archive.
    Files(Files),
}

/// The files of a folder or an archive, one after another.
pub enum Files {
    /// What is still to be read of a folder, the next path last.
    Folder {
        /// The folder itself.
        root: PathBuf,
        /// Files and folders.
        paths: Vec<PathBuf>,
        /// Counts the bytes.
        meter: Meter,
    },
    /// An archive, and the next place in it.
    Zip {
        /// The archive.
        archive: Box<ZipArchive<File>>,
        /// Names by place, sorted by name.
        entries: Vec<(String, usize)>,
        /// Counts the bytes.
        meter: Meter,
    },
}

impl Source {
    /// Opens a file, a folder, or stdin for `-`. A gzip file is inflated as it is read.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path, meter: &Meter) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Self::from_stream(Box::new(BufReader::new(io::stdin())), meter);
        }
        let context = || format!("{} cannot be opened", path.display());
        let file = File::open(path).with_context(context)?;
        if file.metadata().with_context(context)?.is_dir() {
            let (root, paths) = (path.to_owned(), list(path)?);
            return Ok(Self::Files(Files::Folder { root, paths, meter: meter.clone() }));
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Self::from_file(file, name, meter).with_context(context)
    }

    /// Opens a file that is open already, under a name for people.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn from_file(file: File, name: String, meter: &Meter) -> anyhow::Result<Self> {
        let mut magic = [0; 4];
        let mut copy = file.try_clone()?;
        let count = copy.read(&mut magic)?;
        copy.rewind()?;
        if Kind::of(&magic[..count]) == Kind::Zip {
            let archive = Box::new(ZipArchive::new(copy).context("this zip archive is damaged")?);
            if archive.index_for_name(WORKBOOK).is_none() {
                return Ok(Self::Files(Files::unzip(archive, meter)?));
            }
            let mut input = InputFile::new(name, Box::new(io::empty()), meter)?;
            (input.kind, input.file) = (Kind::Zip, Some(file));
            return Ok(Self::File(Box::new(input)));
        }
        let mut input = InputFile::new(name, Box::new(file.try_clone()?), meter)?;
        input.file = Some(file);
        Ok(Self::File(Box::new(input)))
    }

    /// A zip archive has its index at its end, so it is copied to a private file first.
    fn from_stream(mut stream: Box<dyn BufRead + Send>, meter: &Meter) -> anyhow::Result<Self> {
        let name = "stdin".to_owned();
        if Kind::of(stream.fill_buf().context("stdin cannot be read")?) == Kind::Zip {
            return Self::from_file(spool(&mut stream, meter)?, name, meter);
        }
        Ok(Self::File(Box::new(InputFile::new(name, stream, meter)?)))
    }
}

/// Copies a stream to a file that nobody else can open.
fn spool(stream: &mut dyn Read, meter: &Meter) -> anyhow::Result<File> {
    let mut file = tempfile::tempfile().context("no temporary file can be made")?;
    io::copy(&mut Metered(stream, meter.clone()), &mut file).context("the input cannot be read")?;
    file.rewind()?;
    Ok(file)
}

impl InputFile {
    fn new(name: String, stream: Box<dyn Read + Send>, meter: &Meter) -> anyhow::Result<Self> {
        let mut reader: Box<dyn BufRead + Send> =
            Box::new(BufReader::with_capacity(1 << 18, Metered(stream, meter.clone())));
        if Kind::of(reader.fill_buf()?) == Kind::Gzip {
            let inflated = MultiGzDecoder::new(reader);
            reader = Box::new(BufReader::new(Metered(inflated, meter.clone())));
        }
        let (head, reader) = peek(reader)?;
        let kind = Kind::of(&head);
        let encoding = decode::find_encoding(&head, kind);
        let (head, reader) = match encoding {
            None => (head, reader),
            Some(_) => peek(decode::decode(reader, encoding))?,
        };
        let kind = if encoding.is_some() { Kind::of(&head) } else { kind };
        Ok(Self { name, kind, head, reader, file: None, encoding: decode::name(encoding) })
    }

    /// The first bytes as text, without a character that is cut off at their end.
    pub fn text_head(&self) -> &str {
        let valid = std::str::from_utf8(&self.head).map_or_else(|error| error.valid_up_to(), str::len);
        std::str::from_utf8(&self.head[..valid]).unwrap_or_default()
    }

    /// Whether it begins as JSON in which an object has a member of this name.
    pub fn has_member(&self, name: &str) -> bool {
        if !matches!(self.kind, Kind::JsonArray | Kind::JsonObject) {
            return false;
        }
        let quoted = format!("\"{name}\"");
        let head = self.text_head();
        head.match_indices(&quoted).any(|(at, _)| head[at + quoted.len()..].trim_start().starts_with(':'))
    }

    /// Whether the first bytes are all of it.
    pub fn is_short(&self) -> bool {
        (self.head.len() as u64) < HEAD_BYTES
    }
}

type Peeked = (Vec<u8>, Box<dyn BufRead + Send>);

fn peek(mut reader: Box<dyn BufRead + Send>) -> anyhow::Result<Peeked> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head).context("the input cannot be read")?;
    let whole = Cursor::new(head.clone()).chain(reader);
    Ok((head, Box::new(whole)))
}

impl Files {
    fn unzip(archive: Box<ZipArchive<File>>, meter: &Meter) -> anyhow::Result<Self> {
        if archive.len() > MAX_ZIPPED_FILES {
            bail!("this zip archive holds more than {MAX_ZIPPED_FILES} files: unpack it, and import the folder");
        }
        let names = archive.file_names().enumerate();
        let name = |(place, name): (usize, Result<Cow<'_, str>, _>)| {
            (name.map_or_else(|_| format!("file {place}"), Cow::into_owned), place)
        };
        let mut entries: Vec<_> = names.map(name).filter(|(name, _)| !name.ends_with('/')).collect();
        entries.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Self::Zip { archive, entries, meter: meter.clone() })
    }

    /// Opens the first files whose names may belong to a history, without taking them.
    ///
    /// # Errors
    /// When one cannot be read or unpacked.
    pub(super) fn sample(&mut self, belongs: fn(&str) -> bool, count: usize) -> anyhow::Result<Vec<InputFile>> {
        let meter = Meter::new(u64::MAX);
        let kept = match self {
            Self::Folder { root, .. } => {
                let mut files = Self::Folder { root: root.clone(), paths: list(root)?, meter };
                return files.take(belongs, count);
            }
            Self::Zip { entries, .. } => entries.clone(),
        };
        let taken = self.take(belongs, count);
        if let Self::Zip { entries, .. } = self {
            *entries = kept;
        }
        taken
    }

    fn take(&mut self, belongs: fn(&str) -> bool, count: usize) -> anyhow::Result<Vec<InputFile>> {
        let mut files = Vec::new();
        while files.len() < count
            && let Some(file) = self.next(belongs, &mut |_| ())?
        {
            files.push(file);
        }
        Ok(files)
    }

    /// Opens the next file that belongs to the history by its name; `skip` hears of the others.
    ///
    /// # Errors
    /// When it cannot be read or unpacked.
    pub fn next(
        &mut self,
        belongs: fn(&str) -> bool,
        skip: &mut dyn FnMut(&str),
    ) -> anyhow::Result<Option<InputFile>> {
        match self {
            Self::Folder { root, paths, meter } => next_path(root, paths, meter, belongs, skip),
            Self::Zip { archive, entries, meter } => {
                while let Some((name, place)) = entries.pop() {
                    if !belongs(&name) {
                        skip(&name);
                        continue;
                    }
                    let mut entry = archive.by_index(place).with_context(|| format!("{name} cannot be unpacked"))?;
                    let file = spool(&mut entry, &Meter::new(meter.limit)).with_context(|| format!("{name} cannot be unpacked"))?;
                    return Ok(Some(InputFile::new(name, Box::new(file), meter)?));
                }
                Ok(None)
            }
        }
    }
}

fn next_path(
    root: &Path,
    paths: &mut Vec<PathBuf>,
    meter: &Meter,
    belongs: fn(&str) -> bool,
    skip: &mut dyn FnMut(&str),
) -> anyhow::Result<Option<InputFile>> {
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(list(&path)?);
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        if !belongs(&name) {
            skip(&name);
            continue;
        }
        let context = || format!("{} cannot be read", path.display());
        let file = File::open(&path).with_context(context)?;
        return InputFile::new(name, Box::new(file), meter).with_context(context).map(Some);
    }
    Ok(None)
}

/// A folder's files and folders, the first in order last. What is a link is left out: it could lead in a circle.
fn list(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() || kind.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable_by(|one, other| other.cmp(one));
    Ok(paths)
}
