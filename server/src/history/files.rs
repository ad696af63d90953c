//! What an import reads: a file, stdin, a folder with all below it, or a zip archive.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use zip::ZipArchive;

use super::kind::Kind;
use super::source::{InputFile, Meter, Metered};

/// Most files of an archive.
const MAX_ZIPPED_FILES: usize = 100_000;
/// What every Excel file holds.
const WORKBOOK: &str = "xl/workbook.xml";

/// Whether a name ends in one of these ways, in capital letters or small ones.
pub(super) fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// What is read: one file, or several.
pub(super) enum Source {
    /// One file.
    File(Box<InputFile>),
    /// All of a folder or an archive.
    Files(Files),
}

/// The files of a folder or an archive, one after another.
pub(super) enum Files {
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
    pub(super) fn open(path: &Path, meter: &Meter) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Self::from_stream(Box::new(BufReader::new(io::stdin())), "stdin".to_owned(), meter);
        }
        let context = || format!("{} cannot be opened", path.display());
        let file = File::open(path).with_context(context)?;
        let kind = file.metadata().with_context(context)?.file_type();
        if kind.is_dir() {
            let (root, paths) = (path.to_owned(), list(path)?);
            return Ok(Self::Files(Files::Folder { root, paths, meter: meter.clone() }));
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        if kind.is_file() {
            Self::from_file(file, name, meter).with_context(context)
        } else {
            // A pipe can be read once, from its beginning.
            Self::from_stream(Box::new(BufReader::new(file)), name, meter).with_context(context)
        }
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
                return Ok(Self::Files(Files::unzip(archive, meter, MAX_ZIPPED_FILES)?));
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
    fn from_stream(mut stream: Box<dyn BufRead + Send>, name: String, meter: &Meter) -> anyhow::Result<Self> {
        if Kind::of(stream.fill_buf().context("the input cannot be read")?) == Kind::Zip {
            return Self::from_file(spool(&mut stream, meter)?, name, meter);
        }
        Ok(Self::File(Box::new(InputFile::new(name, stream, meter)?)))
    }
}

/// Copies a stream to a file that nobody else can open.
fn spool(stream: &mut dyn Read, meter: &Meter) -> anyhow::Result<File> {
    let mut file = tempfile::tempfile().context("a temporary file cannot be created")?;
    io::copy(&mut Metered(stream, meter.clone()), &mut file).context("the input cannot be read")?;
    file.rewind()?;
    Ok(file)
}

impl Files {
    fn unzip(archive: Box<ZipArchive<File>>, meter: &Meter, most: usize) -> anyhow::Result<Self> {
        if archive.len() > most {
            bail!("this zip archive contains more than {most} files: unpack it, and import the folder");
        }
        let names = archive.file_names().enumerate();
        let name = |(place, name): (usize, Result<Cow<'_, str>, _>)| {
            // Some programs for Windows write its own separator.
            (name.map_or_else(|_| format!("file {place}"), |name| name.replace('\\', "/")), place)
        };
        let mut entries: Vec<_> = names.map(name).filter(|(name, _)| !name.ends_with('/')).collect();
        entries.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Self::Zip { archive, entries, meter: meter.clone() })
    }

    /// Opens the first files whose names may belong to a history, without taking them.
    ///
    /// # Errors
    /// When one cannot be read or unpacked.
    pub(super) fn sample(
        &mut self,
        belongs: fn(&str) -> bool,
        count: usize,
    ) -> anyhow::Result<Vec<InputFile>> {
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
    pub(super) fn next(
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
                    let mut entry =
                        archive.by_index(place).with_context(|| format!("{name} cannot be unpacked"))?;
                    let file = spool(&mut entry, &Meter::new(meter.limit))
                        .with_context(|| format!("{name} cannot be unpacked"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_belong_by_how_they_end() {
        assert!(has_extension("a/b.JSON", &["json"]));
        assert!(!has_extension("json", &["json"]) && !has_extension("a.json.bak", &["json"]));
    }

    #[test]
    fn an_archive_of_too_many_files_is_refused() {
        let mut archive = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        for number in 0..3 {
            archive.start_file(number.to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        }
        let file = archive.finish().unwrap();
        let unzip = |most| {
            let archive = ZipArchive::new(file.try_clone().unwrap()).unwrap();
            Files::unzip(Box::new(archive), &Meter::new(u64::MAX), most).map(drop)
        };
        assert!(unzip(3).is_ok());
        let refused = unzip(2).unwrap_err();
        assert!(refused.to_string().contains("unpack it, and import the folder"), "{refused}");
    }
}
