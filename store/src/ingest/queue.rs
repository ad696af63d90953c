//! The queue: batches wait in lines, and the batches that wait in a line when its writer is free share the next
//! transaction. On SQLite there is one line, since writers take turns in any case; on PostgreSQL there is one per bot, so
//! that bots neither wait for each other nor fail together. Within a line bots take turns ([`Waiting`]).

mod waiting;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use analytics::fact::Fact;
use analytics::ids::BotId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use self::waiting::{Size, Waiting};
use super::IngestOutcome;
use super::batch::{Fate, store_facts};
use crate::StoreError;
use crate::bots::take_turn;
use crate::engine::{Database, Engine, Transaction, postgres};
use crate::held_spans::{Room, SpanChange};
use crate::measures;

/// Most facts that wait or are being written.
const CAPACITY: u32 = 100_000;
/// Most facts of one bot that wait or are being written while it has more than one batch there: others need places too.
const BOT_CAPACITY: usize = 50_000;

type Reply = Result<(IngestOutcome, Room), StoreError>;

/// Whose batches wait together: everybody's, or those of one bot.
type Line = Option<BotId>;

/// A batch that waits, with its places in the queue.
#[derive(Debug)]
struct Job {
    bot: BotId,
    facts: Vec<Fact>,
    spans: SpanChange,
    reply: oneshot::Sender<Reply>,
    _places: Places,
}

/// The places that a batch has in the queue; free again when dropped.
#[derive(Debug)]
struct Places {
    _permit: OwnedSemaphorePermit,
    bot: BotId,
    facts: usize,
    queue: Arc<Queue>,
}

impl Drop for Places {
    fn drop(&mut self) {
        let mut lines = self.queue.lock();
        if let Some(facts) = lines.facts.get_mut(&self.bot) {
            *facts -= self.facts;
            if *facts == 0 {
                lines.facts.remove(&self.bot);
            }
        }
    }
}

/// The way into the queue.
#[derive(Debug)]
pub(crate) struct Intake(Arc<Queue>);

#[derive(Debug)]
struct Queue {
    database: Database,
    places: Arc<Semaphore>,
    /// How many windows may be written at once.
    writers: Semaphore,
    lines: Mutex<Lines>,
}

/// A line is there as long as it has a writer.
#[derive(Debug, Default)]
struct Lines {
    waiting: HashMap<Line, Waiting<Job>>,
    /// How many facts of each bot wait or are being written.
    facts: HashMap<BotId, usize>,
    is_closed: bool,
}

impl Intake {
    /// An open queue. Its writers come with the batches and go when nothing waits.
    pub(crate) fn new(database: Database) -> Self {
        let writers = match database.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => postgres::INTAKE_WRITERS,
        };
        Self(Arc::new(Queue {
            database,
            places: Arc::new(Semaphore::new(CAPACITY as usize)),
            writers: Semaphore::new(writers),
            lines: Mutex::default(),
        }))
    }

    /// Waits until a batch is committed.
    pub(crate) async fn submit(&self, bot: BotId, facts: Vec<Fact>, spans: SpanChange) -> Reply {
        let places = self.0.clone().take_places(bot, facts.len() + spans.hold.len())?;
        let (reply, answer) = oneshot::channel();
        self.line_up(Job { bot, facts, spans, reply, _places: places })?;
        // The writer drops a reply unanswered only when it panicked; its transaction was undone then.
        answer.await.map_err(|_| StoreError::Database(sqlx::Error::WorkerCrashed))?
    }

    /// How many facts wait or are being written, and how many may.
    pub(crate) fn depth(&self) -> (u64, u64) {
        let free = u64::try_from(self.0.places.available_permits()).unwrap_or(u64::MAX);
        (u64::from(CAPACITY).saturating_sub(free), u64::from(CAPACITY))
    }

    /// Takes nothing more, and waits until everything that was taken is committed: until every place is free.
    pub(crate) async fn close(&self) {
        self.0.lock().is_closed = true;
        // Nobody closes this semaphore: the only way on is to have all places.
        let _ = self.0.places.acquire_many(CAPACITY).await;
    }

    fn line_up(&self, job: Job) -> Result<(), StoreError> {
        let line = (self.0.database.engine() == Engine::Postgres).then_some(job.bot);
        let (bot, size) = (job.bot, Size::of(&job.facts).with_spans(&job.spans));
        let mut lines = self.0.lock();
        if lines.is_closed {
            return Err(StoreError::Closed);
        }
        match lines.waiting.entry(line) {
            Entry::Occupied(mut waiting) => waiting.get_mut().push_back(bot, size, job),
            Entry::Vacant(nobody) => {
                nobody.insert(Waiting::default()).push_back(bot, size, job);
                tokio::spawn(write_line(self.0.clone(), line));
            }
        }
        Ok(())
    }
}

impl Queue {
    fn take_places(self: Arc<Self>, bot: BotId, facts: usize) -> Result<Places, StoreError> {
        let places = u32::try_from(facts).unwrap_or(CAPACITY).clamp(1, CAPACITY);
        let permit = self.places.clone().try_acquire_many_owned(places).map_err(|_| StoreError::Busy)?;
        {
            let mut lines = self.lock();
            let taken = lines.facts.entry(bot).or_default();
            if *taken > 0 && *taken + facts > BOT_CAPACITY {
                return Err(StoreError::Busy);
            }
            *taken += facts;
        }
        Ok(Places { _permit: permit, bot, facts, queue: self })
    }

    /// What the next transaction takes; without anything the line ends.
    fn take_window(&self, line: Line) -> Option<Vec<Job>> {
        let mut lines = self.lock();
        let window = lines.waiting.get_mut(&line)?.take_window();
        if window.is_empty() {
            lines.waiting.remove(&line);
        }
        (!window.is_empty()).then_some(window)
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes a line until nothing waits. Each window is a task of its own, so that a panic costs its batches and not the
/// intake.
async fn write_line(queue: Arc<Queue>, line: Line) {
    while let Ok(_turn) = queue.writers.acquire().await {
        let Some(window) = queue.take_window(line) else { return };
        log_panic(tokio::spawn(commit_window(queue.database.clone(), window)).await);
    }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = &error as &dyn std::error::Error, "a window of the intake was lost");
    }
}

/// One transaction for all; when it fails, one for each, so that a batch does not fail with its neighbour. When the
/// database was busy or away, each is told so at once: it would be so for all.
///
/// The future of a transaction has tens of kilobytes and is boxed: a task is moved several times before and after its run.
async fn commit_window(database: Database, window: Vec<Job>) {
    if window.len() > 1 {
        let replies = Box::pin(store_window(&database, &window)).await;
        let replies = replies.or_else(|error| refuse_all(error, window.len()));
        if let Ok(replies) = replies {
            return window.into_iter().zip(replies).for_each(|(job, reply)| answer(job, reply));
        }
    }
    for job in window {
        let alone = Box::pin(store_window(&database, std::slice::from_ref(&job))).await;
        let reply = alone.and_then(|mut replies| replies.pop().unwrap_or(Err(StoreError::Closed)));
        answer(job, reply);
    }
}

/// The same reply for everybody, if that is what the error says.
fn refuse_all(error: StoreError, count: usize) -> Result<Vec<Reply>, StoreError> {
    match error {
        StoreError::Busy => Ok((0..count).map(|_| Err(StoreError::Busy)).collect()),
        StoreError::Unavailable(cause) => {
            Ok((0..count).map(|_| Err(StoreError::Unavailable(cause.clone()))).collect())
        }
        error => Err(error),
    }
}

fn answer(job: Job, reply: Reply) {
    // Whoever asked may have gone; what was stored stays stored.
    let _ = job.reply.send(reply);
}

/// Stores the batches of a window, those of one bot as one. The replies stand in the order of the batches.
async fn store_window(database: &Database, window: &[Job]) -> Result<Vec<Reply>, StoreError> {
    let began = std::time::Instant::now();
    let mut transaction = database.write_batch().await?;
    let mut replies: Vec<Option<Reply>> = window.iter().map(|_| None).collect();
    for (bot, places) in group_by_bot(window) {
        let jobs: Vec<&Job> = places.iter().map(|&place| &window[place]).collect();
        let stored = match store_jobs(&mut transaction, bot, &jobs).await {
            Ok(stored) => stored.into_iter().map(Ok).collect(),
            Err(StoreError::UnknownBot) => jobs.iter().map(|_| Err(StoreError::UnknownBot)).collect(),
            Err(error) => return Err(error),
        };
        let stored: Vec<Reply> = stored;
        places.into_iter().zip(stored).for_each(|(place, reply)| replies[place] = Some(reply));
    }
    transaction.commit().await?;
    measures::note_commit(window.iter().map(|job| job.facts.len()).sum(), began);
    Ok(replies.into_iter().map(|reply| reply.unwrap_or(Err(StoreError::Closed))).collect())
}

/// Stores the batches of one bot: their facts as one, and then what becomes of spans that wait.
async fn store_jobs(
    transaction: &mut Transaction,
    bot: BotId,
    jobs: &[&Job],
) -> Result<Vec<(IngestOutcome, Room)>, StoreError> {
    let facts: Vec<&Fact> = jobs.iter().flat_map(|job| &job.facts).collect();
    let mut fates =
        if facts.is_empty() { Vec::new() } else { store_facts(transaction, bot, &facts).await? }.into_iter();
    let mut stored = Vec::with_capacity(jobs.len());
    for job in jobs {
        let outcome = sum_up(fates.by_ref().take(job.facts.len()));
        stored.push((outcome, change_spans(transaction, bot, &job.spans).await?));
    }
    Ok(stored)
}

async fn change_spans(
    transaction: &mut Transaction,
    bot: BotId,
    spans: &SpanChange,
) -> Result<Room, StoreError> {
    if *spans == SpanChange::default() {
        return Ok(Room::Enough);
    }
    let key = take_turn(transaction, bot).await?.ok_or(StoreError::UnknownBot)?;
    spans.apply(transaction, key).await
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
