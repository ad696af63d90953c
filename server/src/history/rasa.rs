//! Rasa's event brokers: the lines of its file broker, and its tables. The events are those of the live door, and so are
//! their ids.

use anyhow::bail;
use store::foreign::{RasaEvents, RasaRow};
use tokio::runtime::Handle;

use super::options::Options;
use super::sink::Sink;
use super::source::InputFile;
use crate::intake::doors::rasa::{Event, History};
use crate::intake::doors::sent::Sent;

/// Whether a file certainly holds events of Rasa's.
pub(super) fn recognise(file: &InputFile) -> bool {
    file.has_member("event") && file.has_member("timestamp") && !file.has_member("events")
}

/// Reads the file broker's lines.
///
/// # Errors
/// When the file cannot be read, or its first lines show that it is of another kind.
pub(super) fn read_lines(file: InputFile, _: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let (mut history, mut translation) = (History::default(), sink.start());
    let mut is_rasa = false;
    let read = super::lines::read_lines(file, sink, |number, line, sink| {
        is_rasa = is_rasa || Event::parse(line, None).is_some();
        if !is_rasa && Sent::parse(line).is_some() {
            bail!("line {number} is not an event of Rasa: it has no \"event\"");
        }
        history.add(usize::try_from(number)?, line, None, &mut translation);
        Ok(sink.drain(&mut translation)?)
    });
    // What was read before an error counts.
    history.finish(&mut translation);
    sink.drain(&mut translation)?;
    read
}

/// A table's rows; a row's number is its id.
pub(super) struct TableRows {
    events: RasaEvents,
    runtime: Handle,
}

impl TableRows {
    /// Must be called inside of the runtime, and read outside.
    pub(super) fn new(events: RasaEvents) -> Self {
        Self { events, runtime: Handle::current() }
    }

    /// Reads all rows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) fn read(mut self, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let (mut history, mut translation) = (History::default(), sink.start());
        loop {
            let page = self.runtime.block_on(self.events.next_page())?;
            if page.is_empty() {
                break;
            }
            for RasaRow { id, sender_id, event } in &page {
                let number = usize::try_from(*id).unwrap_or_default();
                history.add(number, event.as_bytes(), sender_id.as_deref(), &mut translation);
                sink.drain(&mut translation)?;
            }
        }
        history.finish(&mut translation);
        Ok(sink.drain(&mut translation)?)
    }
}
