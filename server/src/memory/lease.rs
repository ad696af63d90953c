//! What one request has of the budget.

use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::{KIB, MemoryLimits, permits};
use crate::problem::{Problem, ProblemCode};

/// How long a request waits for memory that others have.
const WAIT: Duration = Duration::from_secs(1);
/// Charges are made in steps of this size, in bytes: a body comes in many small parts.
const STEP: usize = 16 * KIB;

/// A part of the budget; it goes back when this is dropped.
#[derive(Debug)]
pub struct Lease {
    /// Every one of them gives permits for each byte.
    from: Vec<Arc<Semaphore>>,
    /// The same for a request that outgrows the small ones.
    larger: Option<Vec<Arc<Semaphore>>>,
    held: Vec<OwnedSemaphorePermit>,
    /// The bytes that are held.
    bytes: usize,
}

impl Lease {
    pub(super) fn of(share: Arc<Semaphore>) -> Self {
        Self { from: vec![share], larger: None, held: Vec::new(), bytes: 0 }
    }

    /// A lease of a bot. A large request takes of the bot's own part first: a bot that has used it up waits for itself
    /// and keeps nobody else waiting.
    pub(super) fn of_bot(small: Arc<Semaphore>, large: Arc<Semaphore>, part: Arc<Semaphore>) -> Self {
        Self { larger: Some(vec![part, large]), ..Self::of(small) }
    }

    /// Charges the request for `bytes` in all, if it is not charged for as many yet. Waits a second for others to end.
    ///
    /// # Errors
    /// 503 when the budget has no room then. The lease keeps the bytes that it had.
    pub async fn grow_to(&mut self, bytes: usize) -> Result<(), Problem> {
        let bytes = bytes.next_multiple_of(STEP);
        if bytes <= self.bytes {
            return Ok(());
        }
        let larger = self.larger.take_if(|_| bytes > MemoryLimits::SMALL);
        let (from, missing) = match &larger {
            Some(larger) => (larger, bytes),
            None => (&self.from, bytes - self.bytes),
        };
        let taken = tokio::time::timeout(WAIT, take(from, missing)).await.ok().flatten();
        let Some(taken) = taken else {
            counter!("parlance_memory_refusals_total").increment(1);
            return Err(full());
        };
        if let Some(larger) = larger {
            self.from = larger;
            self.held.clear();
        }
        self.held.extend(taken);
        self.bytes = bytes;
        Ok(())
    }

    /// Charges for `bytes` more than now.
    ///
    /// # Errors
    /// Those of [`Lease::grow_to`].
    pub async fn grow_by(&mut self, bytes: usize) -> Result<(), Problem> {
        self.grow_to(self.bytes.saturating_add(bytes)).await
    }
}

/// Nobody closes the semaphores of the budget.
async fn take(from: &[Arc<Semaphore>], bytes: usize) -> Option<Vec<OwnedSemaphorePermit>> {
    let permits = u32::try_from(permits(bytes)).ok()?;
    let mut taken = Vec::with_capacity(from.len());
    for share in from {
        taken.push(share.clone().acquire_many_owned(permits).await.ok()?);
    }
    Some(taken)
}

fn full() -> Problem {
    let detail = "Too many requests at once: the server has no free memory for this request. Nothing of it is \
                  stored. Send it again.";
    Problem::new(ProblemCode::Busy, detail).retry_after(2)
}

#[cfg(test)]
mod tests {
    use analytics::ids::BotId;

    use super::super::{MIB, Memory};
    use super::*;

    const ONE: BotId = BotId::from_i64(1);
    const OTHER: BotId = BotId::from_i64(2);

    fn memory() -> Memory {
        Memory::new(MemoryLimits { keyless: MIB, small: MIB, large: 8 * MIB, answers: MIB })
    }

    #[tokio::test]
    async fn a_share_is_given_once_and_comes_back() {
        let memory = memory();
        let mut first = memory.lease_without_key();
        first.grow_to(MIB).await.unwrap();
        let mut second = memory.lease_without_key();
        let refused = second.grow_to(1).await.unwrap_err();
        assert_eq!((refused.status().as_u16(), refused.code()), (503, "busy"));
        drop(first);
        second.grow_to(MIB).await.unwrap();
    }

    #[tokio::test]
    async fn one_bot_leaves_half_to_the_others() {
        let memory = memory();
        let mut greedy = memory.lease_for(ONE);
        greedy.grow_to(4 * MIB).await.unwrap();
        assert!(memory.lease_for(ONE).grow_to(MIB).await.is_err());
        let mut other = memory.lease_for(OTHER);
        other.grow_to(4 * MIB).await.unwrap();
        assert!(other.grow_by(1).await.is_err());
    }

    #[tokio::test]
    async fn small_requests_find_room_beside_large_ones() {
        let memory = memory();
        let mut large = [memory.lease_for(ONE), memory.lease_for(OTHER)];
        for lease in &mut large {
            lease.grow_to(4 * MIB).await.unwrap();
        }
        let mut small = memory.lease_for(ONE);
        small.grow_to(MemoryLimits::SMALL).await.unwrap();
        assert!(small.grow_by(1).await.is_err());
    }

    #[tokio::test]
    async fn a_request_that_outgrows_the_small_ones_gives_their_share_back() {
        let memory = memory();
        let mut growing = Vec::new();
        for _ in 0..8 {
            let mut lease = memory.lease_for(ONE);
            lease.grow_to(MemoryLimits::SMALL).await.unwrap();
            lease.grow_by(1).await.unwrap();
            growing.push(lease);
        }
        assert_eq!(memory.small.available_permits(), permits(MIB));
        growing.clear();
        assert_eq!(memory.large.available_permits(), permits(8 * MIB));
    }

    #[tokio::test]
    async fn a_request_waits_for_memory_that_comes_free() {
        let memory = memory();
        let mut first = memory.lease_without_key();
        first.grow_to(MIB).await.unwrap();
        let mut second = memory.lease_without_key();
        let (grown, ()) = tokio::join!(second.grow_to(MIB), async {
            tokio::time::sleep(WAIT / 2).await;
            drop(first);
        });
        grown.unwrap();
    }
}
