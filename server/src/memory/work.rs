//! Reading bodies is work for the processor: as much of it goes on at once as there are processors, and not on the
//! threads that answer.

use super::Memory;
use crate::problem::Problem;

/// Smaller bodies are read where they arrive: handing them to another thread would cost more.
const INLINE_BYTES: usize = 16 * 1024;

impl Memory {
    /// Runs work that takes as long as `bytes` of a body do: short work at once, longer work in turn on a thread of its
    /// own.
    ///
    /// # Errors
    /// Those of the work; 500 when it panics.
    pub async fn work<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        if bytes <= INLINE_BYTES {
            return work();
        }
        // Nobody closes this semaphore. The permit goes along: a client that leaves does not stop the thread.
        let turn = self.workers.clone().acquire_owned().await.ok();
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        working.await.unwrap_or_else(|error| Err(Problem::internal(&error)))
    }
}
