//! The only room that knows SQL: facts in, figures out. Everything above sees [`Store`] and the types beside it.
#![warn(missing_docs)]

use std::sync::Arc;

use crate::engine::{Database, values};
use crate::held_spans::HeldTotals;
use crate::ingest::Intake;
use crate::keys::{KeyAccess, Known, ReadAccess};
use crate::passwords::{PasswordCost, Passwords};
use tokio::sync::Semaphore;

pub mod accounts;
pub mod aliases;
mod background;
mod backup;
pub mod bots;
mod counting;
pub mod credentials;
mod difference;
pub mod doors;
mod engine;
mod erasing;
pub mod error;
pub mod export;
pub mod foreign;
pub mod held_spans;
pub mod ingest;
pub mod intake_log;
pub mod keys;
mod last_use;
mod limits;
pub mod measures;
pub mod moving;
mod names;
pub mod openings;
mod passwords;
pub mod private_file;
mod raw_facts;
mod rebuild;
mod recount;
pub mod reports;
pub mod retention;
mod rows;
mod rules;
pub mod sites;
mod table_keys;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod verify;
mod webhooks;

pub use error::{Outlook, StoreError};

/// A handle to one database; cheap to clone. Opening it migrates the schema.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    database: Database,
    intake: Intake,
    passwords: Passwords,
    /// Turns of reports: one fewer than there are readers.
    reports: Arc<Semaphore>,
    held: HeldTotals,
    known_keys: Known<KeyAccess>,
    known_tokens: Known<ReadAccess>,
    /// Wakes whoever works in the background.
    work: tokio::sync::Notify,
}

impl Store {
    /// Opens `sqlite://path` (created if missing; `sqlite::memory:` is refused: nothing there outlives the process) or
    /// `postgres://user@host/database` (which exists), migrates it and starts the ingest queue.
    ///
    /// # Errors
    /// [`StoreError::Url`] for a URL that names no supported engine, [`StoreError::Database`] when it can't be opened,
    /// [`StoreError::Unavailable`] when nothing answers there, [`StoreError::OtherSchema`] when another version made it.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, PasswordCost::Full).await
    }

    async fn open_with(url: &str, cost: PasswordCost) -> Result<Self, StoreError> {
        let database = Database::open(url).await?;
        let reports = Arc::new(Semaphore::new(database.readers() - 1));
        let inner = Inner {
            intake: Intake::new(database.clone()),
            database,
            passwords: Passwords::new(cost),
            reports,
            held: HeldTotals::default(),
            known_keys: Known::default(),
            known_tokens: Known::default(),
            work: tokio::sync::Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.database().fetch_optional("select count(*) from set_up", values![]).await?;
        Ok(())
    }

    /// Commits what waits in the ingest queue and closes the database.
    pub async fn close(&self) {
        self.inner.intake.close().await;
        self.inner.database.close().await;
    }

    fn database(&self) -> &Database {
        &self.inner.database
    }
}

#[cfg(test)]
mod tests;
