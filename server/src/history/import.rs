//! One import, from the files to the store: rows are read and understood on a thread of their own, a few chunks ahead.

use std::ops::ControlFlow;
use std::time::Duration;

use analytics::fact::Fact;
use analytics::ids::BotId;
use store::ingest::IngestOutcome;
use store::{Store, StoreError};
use tokio::sync::mpsc;

use super::open::Opened;
use super::options::Options;
use super::sink::{Chunk, Place, Sink, Stopped, Understood};
use super::summary::Summary;
use crate::intake::item::ItemReader;

/// Chunks that wait for the store.
const CHUNKS_AHEAD: usize = 2;
/// How long to wait when a server beside us fills the queue.
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// What is imported, and into what.
pub struct Import<'a> {
    /// Where it is stored.
    pub store: &'a Store,
    /// Whose history it is.
    pub bot: BotId,
    /// Makes facts of items.
    pub reader: ItemReader,
}

impl Import<'_> {
    /// Stores a history, and says after each chunk what became of it so far. What was stored before an error stays.
    ///
    /// # Errors
    /// When the files cannot be read to their end, or the store fails: beside the reason, the summary says how far it
    /// came.
    pub async fn run(
        &self,
        opened: Opened,
        options: Options,
        mut tell: impl FnMut(&Summary),
    ) -> (Summary, anyhow::Result<()>) {
        let mut summary = Summary::default();
        let mut chunks = read_ahead(opened, options, self.reader);
        while let Some(chunk) = chunks.recv().await {
            let stored = match chunk {
                Ok(chunk) => self.store(chunk, &mut summary).await.map_err(anyhow::Error::from),
                Err(error) => Err(error),
            };
            if let Err(error) = stored {
                return (summary, Err(error));
            }
            tell(&summary);
        }
        (summary, Ok(()))
    }

    async fn store(&self, chunk: Chunk, summary: &mut Summary) -> Result<(), StoreError> {
        let (mut facts, mut places) = (Vec::new(), Vec::new());
        chunk.notes.into_iter().for_each(|note| summary.note(note));
        for (place, understood) in chunk.rows {
            match understood {
                Understood::Fact(fact) => {
                    facts.push(*fact);
                    places.push(place);
                }
                Understood::Rejected(rejection) => summary.reject(&place, rejection),
                Understood::Skipped(what) => summary.skip(&what),
            }
        }
        let outcome = self.ingest(facts).await?;
        summary.add(&outcome, &places);
        Ok(())
    }

    async fn ingest(&self, facts: Vec<Fact>) -> Result<IngestOutcome, StoreError> {
        if facts.is_empty() {
            return Ok(IngestOutcome::default());
        }
        loop {
            match self.store.ingest(self.bot, facts.clone()).await {
                Err(StoreError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
                result => return result,
            }
        }
    }
}

/// Reads to the end. An error comes last, after all rows before it.
fn read_ahead(opened: Opened, options: Options, reader: ItemReader) -> mpsc::Receiver<anyhow::Result<Chunk>> {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    std::thread::spawn(move || {
        // Without a receiver the import has failed already.
        let mut emit = |chunk| match sender.blocking_send(Ok(chunk)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        if let Err(error) = read(opened, &options, reader, &mut emit) {
            sender.blocking_send(Err(error)).unwrap_or_default();
        }
    });
    receiver
}

fn read(
    opened: Opened,
    options: &Options,
    reader: ItemReader,
    emit: &mut dyn FnMut(Chunk) -> ControlFlow<()>,
) -> anyhow::Result<()> {
    let mut sink = Sink::new(reader, options.missing_time, emit);
    let result = opened.read(options, &mut sink);
    sink.flush()?;
    result
}

/// What was found out about the files, and their first rows as they are understood, in their order.
pub type Preview = (Vec<String>, Vec<(Place, Understood)>);

/// The first rows of a history. Nothing is stored.
///
/// # Errors
/// When the files cannot be read so far.
pub fn preview(
    opened: Opened,
    options: &Options,
    reader: ItemReader,
    count: usize,
) -> anyhow::Result<Preview> {
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    let mut emit = |chunk: Chunk| {
        rows.extend(chunk.rows);
        notes.extend(chunk.notes);
        if rows.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    match read(opened, options, reader, &mut emit) {
        Err(error) if !error.is::<Stopped>() => return Err(error),
        _ => {}
    }
    if rows.iter().all(|(place, _): &(Place, Understood)| place.file.is_none()) {
        rows.sort_by_key(|(place, _)| place.row);
    }
    rows.truncate(count);
    Ok((notes, rows))
}
