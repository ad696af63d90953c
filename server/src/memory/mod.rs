//! The memory that requests share. What a request sends is charged before it is kept, and given back when the request is
//! over, so that no number of requests takes more than the budget.
//!
//! The budget has four shares, so that nobody can take what others need: requests whose key is not known yet, small
//! requests, large requests (of which one bot has at most half), and answers that clients have not taken yet.

mod lease;
mod limits;
mod rows;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use analytics::ids::BotId;
use tokio::sync::Semaphore;

pub use self::lease::Lease;
use self::limits::permits;
pub use self::limits::{KIB, MIB, MemoryLimits};

/// Charges requests for the memory that they take.
#[derive(Debug)]
pub struct Memory {
    keyless: Arc<Semaphore>,
    small: Arc<Semaphore>,
    large: Arc<Semaphore>,
    answers: Arc<Semaphore>,
    /// One bot's part of `large`, in permits.
    part: usize,
    parts: Mutex<HashMap<BotId, Weak<Semaphore>>>,
    workers: Arc<Semaphore>,
}

impl Memory {
    /// A budget of which nothing is taken.
    pub fn new(limits: MemoryLimits) -> Self {
        let share = |bytes| Arc::new(Semaphore::new(permits(bytes)));
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            keyless: share(limits.keyless),
            small: share(limits.small),
            large: share(limits.large),
            answers: share(limits.answers),
            part: permits(limits.large / 2),
            parts: Mutex::default(),
            workers: Arc::new(Semaphore::new(workers)),
        }
    }

    /// A lease for a request whose key is not known yet.
    pub fn lease_without_key(&self) -> Lease {
        Lease::of(self.keyless.clone())
    }

    /// A lease for a request of a bot. It begins among the small ones.
    pub fn lease_for(&self, bot: BotId) -> Lease {
        Lease::of_bot(self.small.clone(), self.large.clone(), self.part_of(bot))
    }

    /// A lease for an answer.
    pub fn lease_for_answer(&self) -> Lease {
        Lease::of(self.answers.clone())
    }

    /// The bot's part of the large share. It is remembered as long as a lease has it.
    fn part_of(&self, bot: BotId) -> Arc<Semaphore> {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(part) = parts.get(&bot).and_then(Weak::upgrade) {
            return part;
        }
        parts.retain(|_, part| part.strong_count() > 0);
        let part = Arc::new(Semaphore::new(self.part));
        parts.insert(bot, Arc::downgrade(&part));
        part
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(MemoryLimits::DEFAULT)
    }
}
