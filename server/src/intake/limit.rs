//! How often a write key may be used.

use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use store::credentials::Secret;

use crate::problem::{Problem, ProblemCode};

/// Counts the requests of each write key. Keys are remembered by a keyed hash of theirs, and only known keys are
/// counted, so strangers cannot fill the memory.
pub struct IntakeLimit {
    limiter: Option<DefaultKeyedRateLimiter<u64>>,
    hasher: RandomState,
}

impl IntakeLimit {
    /// So many requests a second for each key; no limit when absent.
    pub fn new(per_second: Option<NonZeroU32>) -> Self {
        let limiter = per_second.map(|limit| RateLimiter::keyed(Quota::per_second(limit)));
        Self { limiter, hasher: RandomState::new() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429 with the time after which the next one will be taken.
    pub fn check(&self, key: &Secret) -> Result<(), Problem> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        limiter.check_key(&self.hasher.hash_one(key.expose())).map_err(|refusal| {
            let wait = refusal.wait_time_from(DefaultClock::default().now());
            let detail = "This write key is used too often. Send more events in each request.";
            Problem::new(ProblemCode::RateLimited, detail).retry_after(wait.as_secs().saturating_add(1))
        })
    }
}
