//! The queue and its one writer: whatever waits when the writer is free shares the next transaction.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use analytics::fact::Fact;
use analytics::ids::BotId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::IngestOutcome;
use super::batch::{Fate, store_facts};
use crate::StoreError;
use crate::engine::Database;
use crate::measures;

/// Most facts that wait or are being written.
const CAPACITY: u32 = 100_000;
/// Facts after which a transaction takes no further batch.
const WINDOW_FACTS: usize = 10_000;

type Reply = Result<IngestOutcome, StoreError>;

/// A batch that waits, with its places in the queue.
struct Job {
    bot: BotId,
    facts: Vec<Fact>,
    reply: oneshot::Sender<Reply>,
    _places: OwnedSemaphorePermit,
}

/// The way into the queue.
#[derive(Debug)]
pub(crate) struct Intake {
    places: Arc<Semaphore>,
    jobs: Mutex<Option<mpsc::UnboundedSender<Job>>>,
    writer: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Intake {
    /// Starts the writer. It ends when the intake is closed or dropped and the queue is empty.
    pub(crate) fn start(database: Database) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let writer = tokio::spawn(write_windows(database, receiver));
        Self {
            places: Arc::new(Semaphore::new(CAPACITY as usize)),
            jobs: Mutex::new(Some(sender)),
            writer: tokio::sync::Mutex::new(Some(writer)),
        }
    }

    /// Waits until a batch is committed.
    pub(crate) async fn submit(&self, bot: BotId, facts: Vec<Fact>) -> Reply {
        let places = u32::try_from(facts.len()).unwrap_or(CAPACITY).clamp(1, CAPACITY);
        let places = self.places.clone().try_acquire_many_owned(places).map_err(|_| StoreError::Busy)?;
        let (reply, answer) = oneshot::channel();
        self.send(Job { bot, facts, reply, _places: places })?;
        // The writer drops a reply unanswered only when it panicked; its transaction was undone then.
        answer.await.map_err(|_| StoreError::Database(sqlx::Error::WorkerCrashed))?
    }

    /// How many facts wait or are being written, and how many may.
    pub(crate) fn depth(&self) -> (u64, u64) {
        let free = u64::try_from(self.places.available_permits()).unwrap_or(u64::MAX);
        (u64::from(CAPACITY).saturating_sub(free), u64::from(CAPACITY))
    }

    /// Takes nothing more, and waits until everything that was taken is committed.
    pub(crate) async fn close(&self) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = self.writer.lock().await.take() {
            log_panic(writer.await);
        }
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = jobs.as_ref().ok_or(StoreError::Closed)?;
        sender.send(job).map_err(|_| StoreError::Closed)
    }
}

/// Each window is a task of its own, so that a panic costs its batches and not the intake.
async fn write_windows(database: Database, mut jobs: mpsc::UnboundedReceiver<Job>) {
    while let Some(first) = jobs.recv().await {
        let mut facts = first.facts.len();
        let mut window = vec![first];
        while facts < WINDOW_FACTS {
            let Ok(job) = jobs.try_recv() else { break };
            facts += job.facts.len();
            window.push(job);
        }
        log_panic(tokio::spawn(commit_window(database.clone(), window)).await);
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = &error as &dyn std::error::Error, "a window of the intake was lost");
    }
}

/// One transaction for all; when it fails, one for each, so that a batch does not fail with its neighbour.
async fn commit_window(database: Database, window: Vec<Job>) {
    let shared = if window.len() > 1 { store_window(&database, &window).await.ok() } else { None };
    if let Some(replies) = shared {
        window.into_iter().zip(replies).for_each(|(job, reply)| answer(job, reply));
        return;
    }
    for job in window {
        let alone = store_window(&database, std::slice::from_ref(&job)).await;
        let reply = alone.and_then(|mut replies| replies.pop().unwrap_or(Err(StoreError::Closed)));
        answer(job, reply);
    }
}

fn answer(job: Job, reply: Reply) {
    // Whoever asked may have gone; what was stored stays stored.
    let _ = job.reply.send(reply);
}

/// Stores the batches of a window, those of one bot as one. The replies stand in the order of the batches.
async fn store_window(database: &Database, window: &[Job]) -> Result<Vec<Reply>, StoreError> {
    let began = std::time::Instant::now();
    let mut transaction = database.write().await?;
    let mut replies: Vec<Reply> = window.iter().map(|_| Ok(IngestOutcome::default())).collect();
    for (bot, places) in group_by_bot(window) {
        let facts: Vec<&Fact> = places.iter().flat_map(|&place| &window[place].facts).collect();
        let mut fates = match store_facts(&mut transaction, bot, &facts).await {
            Ok(fates) => fates.into_iter(),
            Err(StoreError::UnknownBot) => {
                places.iter().for_each(|&place| replies[place] = Err(StoreError::UnknownBot));
                continue;
            }
            Err(error) => return Err(error),
        };
        for place in places {
            replies[place] = Ok(sum_up(fates.by_ref().take(window[place].facts.len())));
        }
    }
    transaction.commit().await?;
    measures::note_commit(window.iter().map(|job| job.facts.len()).sum(), began);
    Ok(replies)
}

fn group_by_bot(window: &[Job]) -> BTreeMap<BotId, Vec<usize>> {
    let mut bots: BTreeMap<BotId, Vec<usize>> = BTreeMap::new();
    for (place, job) in window.iter().enumerate() {
        bots.entry(job.bot).or_default().push(place);
    }
    bots
}

fn sum_up(fates: impl Iterator<Item = Fate>) -> IngestOutcome {
    let mut outcome = IngestOutcome::default();
    for (index, fate) in fates.enumerate() {
        match fate {
            Fate::Accepted => outcome.accepted += 1,
            Fate::Duplicate => outcome.duplicates += 1,
            Fate::Rejected(code) => outcome.rejected.push((index, code)),
        }
    }
    outcome
}
