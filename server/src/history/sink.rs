//! Where the rows of a history go: each becomes a fact or the reason why not, and they go on in chunks.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

use analytics::error::RejectionCode;
use analytics::fact::{Fact, FactKind};

use super::names::suggest;
use crate::intake::doors::sent::Sent;
use crate::intake::item::{self, Field, Item, ItemReader, Strictness};
use crate::intake::translation::{MissingTime, Part, Translation};

/// Rows of a chunk.
const CHUNK_ROWS: usize = 5_000;
/// Bytes of facts after which a chunk takes no further row.
const CHUNK_BYTES: usize = 8 * 1024 * 1024;

/// How many characters of a name a message shows.
const SHOWN_CHARACTERS: usize = 60;

/// What a row comes to.
#[derive(Debug)]
pub enum Understood {
    /// Something to store.
    Fact(Box<Fact>),
    /// Nothing that can be stored.
    Rejected(Rejection),
    /// Nothing that counts, by name.
    Skipped(Cow<'static, str>),
}

/// Why a row is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The code of the intake.
    pub code: RejectionCode,
    /// Where in the row: a column of a table, or a field.
    pub field: Option<String>,
    /// What is wrong there and what would be taken.
    pub detail: Cow<'static, str>,
}

impl Rejection {
    /// With the sentence of its code.
    pub fn new(code: RejectionCode) -> Self {
        Self { code, field: None, detail: Cow::Borrowed(code.detail()) }
    }

    /// As the item reader says it.
    pub(super) fn of_item(rejection: item::Rejection) -> Self {
        Self { field: rejection.field.map(|field| field.word().to_owned()), ..Self::new(rejection.code) }
    }

    /// With a sentence of its own about a field or column.
    pub fn of_field(code: RejectionCode, field: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, field: Some(field.to_owned()), detail: detail.into() }
    }
}

/// Where a row is: its line, or its number among the things of a file, from 1. Of several files also which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file within a folder or an archive.
    pub file: Option<Arc<str>>,
    /// Line, or number.
    pub row: u64,
}

/// Rows that go on together.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The rows, each with its place.
    pub rows: Vec<(Place, Understood)>,
    /// What was found out about the files, to be told once.
    pub notes: Vec<String>,
}

/// Takes the rows of a history.
pub struct Sink<'a> {
    reader: ItemReader,
    missing_time: MissingTime,
    file: Option<Arc<str>>,
    chunk: Chunk,
    bytes: usize,
    emit: &'a mut dyn FnMut(Chunk) -> ControlFlow<()>,
}

/// Nobody takes rows any more: the import has failed, or a preview has seen enough.
#[derive(Debug, thiserror::Error)]
#[error("no more rows are read")]
pub struct Stopped;

impl<'a> Sink<'a> {
    /// Gives chunks to `emit` until it breaks.
    pub fn new(
        reader: ItemReader,
        missing_time: MissingTime,
        emit: &'a mut dyn FnMut(Chunk) -> ControlFlow<()>,
    ) -> Self {
        Self { reader, missing_time, file: None, chunk: Chunk::default(), bytes: 0, emit }
    }

    /// Names the file that the next rows come from, where there are several.
    pub fn set_file(&mut self, file: Option<&str>) {
        self.file = file.map(Arc::from);
    }

    /// Tells the person who imports something about the file.
    pub fn note(&mut self, note: String) {
        self.chunk.notes.push(note);
    }

    /// What translators of the intake add their items to, before [`Sink::drain`] takes them.
    pub fn start(&self) -> Translation {
        Translation::with_missing_time(self.reader, self.missing_time)
    }

    /// Adds an item, without those of its optional fields that cannot be read.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn push(&mut self, row: u64, item: &Item<'_>) -> Result<(), Stopped> {
        let mut translation = self.start();
        translation.push(0, item);
        self.take(row, translation)
    }

    /// Adds an item of the native form, as it stands in the file: it is rejected for whatever is wrong in it.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn push_json(&mut self, row: u64, json: &[u8]) -> Result<(), Stopped> {
        let mut translation = self.start();
        translation.add_json(0, json);
        self.bytes += json.len();
        for (_, part) in translation.parts {
            let understood = match understand(part) {
                Understood::Rejected(rejection) => Understood::Rejected(name_time(rejection, json)),
                understood => understood,
            };
            self.add(row, understood)?;
        }
        Ok(())
    }

    /// What an item comes to that is rejected for whatever is wrong in it.
    pub(super) fn understand(&self, item: &Item<'_>) -> Option<Understood> {
        let mut translation = self.start();
        translation.add(0, item, Strictness::Refuse);
        translation.parts.pop().map(|(_, part)| understand(part))
    }

    /// Adds all that a translator of the intake made of a row.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn take(&mut self, row: u64, translation: Translation) -> Result<(), Stopped> {
        translation.parts.into_iter().try_for_each(|(_, part)| self.add(row, understand(part)))
    }

    /// Adds what a translator of the intake made of rows by whose numbers it goes, and leaves it empty.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn drain(&mut self, translation: &mut Translation) -> Result<(), Stopped> {
        let parts = std::mem::take(&mut translation.parts);
        parts.into_iter().try_for_each(|(row, part)| self.add(row as u64, understand(part)))
    }

    /// Adds something that is left out on purpose.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn skip(&mut self, row: u64, what: impl Into<Cow<'static, str>>) -> Result<(), Stopped> {
        self.add(row, Understood::Skipped(what.into()))
    }

    /// Adds something that cannot be read.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn reject(&mut self, row: u64, rejection: Rejection) -> Result<(), Stopped> {
        self.add(row, Understood::Rejected(rejection))
    }

    /// Gives on what is left.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn flush(&mut self) -> Result<(), Stopped> {
        self.bytes = 0;
        let chunk = std::mem::take(&mut self.chunk);
        if chunk.rows.is_empty() && chunk.notes.is_empty() {
            return Ok(());
        }
        match (self.emit)(chunk) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stopped),
        }
    }

    /// Adds what was understood already.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(super) fn add(&mut self, row: u64, understood: Understood) -> Result<(), Stopped> {
        self.bytes += match &understood {
            Understood::Fact(fact) => size_of_fact(fact),
            Understood::Rejected(_) | Understood::Skipped(_) => 0,
        };
        self.chunk.rows.push((Place { file: self.file.clone(), row }, understood));
        if self.chunk.rows.len() >= CHUNK_ROWS || self.bytes >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }
}

fn understand(part: Part) -> Understood {
    match part {
        Part::Fact(fact) => Understood::Fact(Box::new(fact)),
        Part::Ignored(what) => Understood::Skipped(what),
        Part::Rejected(rejection) => Understood::Rejected(Rejection::of_item(rejection)),
    }
}

/// The texts of a fact, which are most of it.
fn size_of_fact(fact: &Fact) -> usize {
    match &fact.kind {
        FactKind::Message(message) => message.text.as_ref().map_or(0, String::len),
        FactKind::Event(event) => event.properties.as_ref().map_or(0, String::len),
        FactKind::ModelCall(_) => 0,
    }
}

/// Names the field that probably holds the time that is missing.
fn name_time(rejection: Rejection, json: &[u8]) -> Rejection {
    let item = Sent::parse(json).filter(|_| rejection.code == RejectionCode::AtMissing).unwrap_or_default();
    let names: Vec<_> = item.names().collect();
    match suggest(Field::At.word(), &names) {
        Some(name) => {
            let name = name.chars().take(SHOWN_CHARACTERS).collect::<String>();
            let detail = format!(
                "the time is missing; {name} looks like it: give --column at={name}, or --at now for the time of the import"
            );
            Rejection { detail: detail.into(), ..rejection }
        }
        None => rejection,
    }
}
