//! Rasa's histories: the lines of its file broker, and its tables. The events are those of the live door, and so are their
//! ids.

use anyhow::bail;
use store::foreign::{RasaEvents, RasaRow};
use tokio::runtime::Handle;

use super::chunks::{Progress, Rows};
use super::lines::Line;
use crate::intake::doors::rasa::{Event, History};
use crate::intake::doors::sent::Sent;
use crate::intake::translation::Translation;

/// The file broker's lines.
#[derive(Default)]
pub(super) struct RasaLines {
    history: History,
    is_rasa: bool,
}

impl Line for RasaLines {
    fn add(&mut self, number: usize, line: &[u8], translation: &mut Translation) -> anyhow::Result<()> {
        self.is_rasa = self.is_rasa || Event::parse(line, None).is_some();
        if !self.is_rasa && Sent::parse(line).is_some() {
            bail!("line {number} is no event of Rasa's: it has no \"event\"");
        }
        self.history.add(number, line, None, translation);
        Ok(())
    }

    fn finish(&mut self, translation: &mut Translation) {
        self.history.finish(translation);
    }
}

/// A table's rows; a row's number is its id.
pub(super) struct RasaTableRows {
    events: RasaEvents,
    history: History,
    runtime: Handle,
}

impl RasaTableRows {
    /// Must be called inside of the runtime, and read outside.
    pub(super) fn new(events: RasaEvents) -> Self {
        Self { events, history: History::default(), runtime: Handle::current() }
    }
}

impl Rows for RasaTableRows {
    fn read(&mut self, translation: &mut Translation) -> anyhow::Result<Progress> {
        let page = self.runtime.block_on(self.events.next_page())?;
        for RasaRow { id, sender_id, event } in &page {
            let number = usize::try_from(*id).unwrap_or_default();
            self.history.add(number, event.as_bytes(), sender_id.as_deref(), translation);
        }
        let bytes: usize = page.iter().map(|row| row.event.len()).sum();
        Ok(Progress { rows: page.len() as u64, bytes: bytes as u64 })
    }

    fn finish(&mut self, translation: &mut Translation) {
        self.history.finish(translation);
    }
}
