//! What the Intake page tells: each request of a known key, and what of it was not counted. Noted in memory beside the
//! request, and written about once a second: nobody waits for it, and neither a bot nor all of them fill the memory.

pub mod note;
pub mod sample;
pub mod seen;
mod waiting;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use analytics::ids::BotId;
use metrics::counter;
use store::intake_log::{IntakeNotes, IntakeRejection, IntakeRequest};
use store::{Store, StoreError};
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

use self::waiting::Waiting;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// Bots whose notes are written at once; the others' wait for the next time.
const BOTS_AT_ONCE: usize = 250;
/// Bots that may wait. Requests of others meanwhile are not noted.
const MAX_BOTS: usize = 2_000;

/// Notes of this process that are not written yet.
#[derive(Debug, Default)]
pub struct IntakeLog {
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    bots: HashMap<BotId, Waiting>,
    /// Whose notes have waited longest.
    order: VecDeque<BotId>,
}

impl IntakeLog {
    /// Takes down a request and what of it was not counted.
    pub fn add(&self, bot: BotId, request: IntakeRequest, rejections: Vec<IntakeRejection>) {
        let mut queue = self.lock();
        if queue.bots.len() >= MAX_BOTS && !queue.bots.contains_key(&bot) {
            counter!("parlance_intake_log_left_out_total").increment(1);
            return;
        }
        queue.of(bot).add(request, rejections);
    }

    /// Writes what waits, again and again, and the last of it when `stop` is done or dropped. Dropping this instead may
    /// lose what is just being written.
    pub async fn flush_until(&self, store: Store, mut stop: oneshot::Receiver<()>) {
        let mut tick = tokio::time::interval(FLUSH_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut has_failed = false;
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                _ = &mut stop => return self.flush_all(&store).await,
            }
            let flushed = self.flush(&store).await;
            if let (Err(error), false) = (&flushed, has_failed) {
                tracing::warn!(error = error as &dyn std::error::Error, "the intake log is not written");
            }
            has_failed = flushed.is_err();
        }
    }

    /// Writes everything that waits.
    pub async fn flush_all(&self, store: &Store) {
        while !self.lock().order.is_empty() {
            if let Err(error) = self.flush(store).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the end of the intake log is lost");
                return;
            }
        }
    }

    async fn flush(&self, store: &Store) -> Result<(), StoreError> {
        let mut notes = self.lock().take(BOTS_AT_ONCE);
        let written = store.note_intake(&mut notes).await;
        self.lock().put_back(notes);
        written
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn of(&mut self, bot: BotId) -> &mut Waiting {
        self.bots.entry(bot).or_insert_with(|| {
            self.order.push_back(bot);
            Waiting::default()
        })
    }

    fn take(&mut self, bots: usize) -> Vec<IntakeNotes> {
        let bots: Vec<_> = self.order.drain(..bots.min(self.order.len())).collect();
        bots.into_iter().filter_map(|bot| Some(self.bots.remove(&bot)?.into_notes(bot))).collect()
    }

    /// What could not be written waits on, before what has come since.
    fn put_back(&mut self, notes: Vec<IntakeNotes>) {
        for notes in notes {
            let bot = notes.bot;
            let since = self.bots.remove(&bot).map(|since| since.into_notes(bot));
            if since.is_none() {
                self.order.push_back(bot);
            }
            let mut waiting = Waiting::default();
            [Some(notes), since].into_iter().flatten().for_each(|notes| waiting.absorb(notes));
            self.bots.insert(bot, waiting);
        }
    }
}
