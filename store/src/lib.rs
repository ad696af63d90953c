//! The only room that knows SQL: facts in, figures out. Everything above sees [`Store`] and the types beside it.
#![warn(missing_docs)]

pub mod accounts;
pub mod bots;
pub mod credentials;
pub mod error;
pub mod export;
pub mod ingest;
pub mod keys;
pub mod reports;
pub mod verify;

pub use error::StoreError;

/// A handle to one database; cheap to clone. Opening it migrates the schema.
#[derive(Clone, Debug)]
pub struct Store {}

impl Store {
    /// Opens `sqlite://path` (created if missing; `sqlite::memory:` is refused: nothing there outlives the
    /// process), migrates it and starts the ingest queue.
    ///
    /// # Errors
    /// [`StoreError::Url`] for a URL that names no supported engine, [`StoreError::Database`] when it can't be opened.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let _ = url;
        unimplemented!()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Commits what waits in the ingest queue and closes the database.
    pub async fn close(&self) {}
}
