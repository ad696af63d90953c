//! What can go wrong below the pages. Absence is never an error: lookups return `Option`.

use std::borrow::Cow;
use std::sync::Arc;

use analytics::error::QueryError;
use sqlx::migrate::MigrateError;

use crate::limits::{MAX_BOTS, RESERVED_MS};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// `DATABASE_URL` names no engine that is supported, or cannot be read. The URL may hold a password: nobody
    /// repeats it.
    #[error("this is not a database URL: use sqlite://path/to/file.db or postgres://user@host/database")]
    Url,
    /// The database cannot be reached, or is starting, stopping or full: try again later.
    #[error("the database does not answer")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// This engine does that with tools of its own.
    #[error("this command is for SQLite only: on PostgreSQL use pg_dump and pg_restore")]
    SqliteOnly,
    /// A file could not be written or read.
    #[error("a file of the database cannot be used")]
    File(#[from] std::io::Error),
    /// The schema could not be brought up to date.
    #[error("the database could not be migrated")]
    Migration(#[source] MigrateError),
    /// Another version of Parlance made the database, with a schema that this version cannot bring up to date.
    #[error(
        "the database was made by another version of Parlance, with a schema that this version does not know: open it \
        with that version, or export its facts with it (parlance export) and import them into a new database (parlance import)"
    )]
    OtherSchema,
    /// A stored value that cannot be: the database was changed by something else.
    #[error("table {table}, column {column} has an impossible value")]
    Corrupt {
        /// The table, or those that the statement reads.
        table: Cow<'static, str>,
        /// The column, or its name in the answer.
        column: &'static str,
    },
    /// Another product's database is not what it was said to be.
    #[error("{0}")]
    Foreign(&'static str),
    /// Something of that name exists already.
    #[error("{0} exists already")]
    Conflict(&'static str),
    /// The chosen id is that of a bot that was deleted a moment ago.
    #[error("the bot with this id was deleted a moment ago: its id is free again in {} seconds", RESERVED_MS / 1_000)]
    JustDeleted,
    /// The account owns as many bots as an account may.
    #[error(
        "the account has {} bots already, the most that an account may have: delete a bot that is not needed, or \
        create this bot for another account",
        MAX_BOTS
    )]
    TooManyBots,
    /// Facts came for a bot that does not exist (any more). Nothing was stored.
    #[error("there is no such bot")]
    UnknownBot,
    /// The ingest queue is full, too many passwords wait to be checked, or somebody else holds the database or the bot for
    /// long: try again in a moment. Nothing was stored.
    #[error("the intake or the queue of passwords is full, or the database is locked")]
    Busy,
    /// The ingest queue has been closed: the server is stopping. Nothing was stored.
    #[error("the server is stopping")]
    Closed,
    /// The question cannot be answered as put.
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// What whoever asked is told of an error. Pages and the API go by this, so that they cannot differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// There is too much to do: the same again in a moment.
    Busy,
    /// The server is stopping: the same again soon, of another process.
    Stopping,
    /// The database is away or failed, and nothing was stored: the same again in a while. It is logged.
    Unavailable,
    /// The bot has been deleted meanwhile.
    Gone,
    /// The question was wrong. The error says what about it.
    Refused,
    /// Our own fault: the same again will fail again. It is logged.
    Fault,
}

impl StoreError {
    /// What whoever asked is told. Callers that expect an error of a certain kind ([`StoreError::Conflict`], …) look for it
    /// first: to all others it is a fault.
    pub fn outlook(&self) -> Outlook {
        match self {
            Self::Busy => Outlook::Busy,
            Self::Closed => Outlook::Stopping,
            Self::Unavailable(_) | Self::Database(_) => Outlook::Unavailable,
            Self::UnknownBot => Outlook::Gone,
            Self::Query(_) => Outlook::Refused,
            Self::Url
            | Self::SqliteOnly
            | Self::File(_)
            | Self::Migration(_)
            | Self::OtherSchema
            | Self::Corrupt { .. }
            | Self::Foreign(_)
            | Self::Conflict(_)
            | Self::JustDeleted
            | Self::TooManyBots => Outlook::Fault,
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => Self::OtherSchema,
            error => Self::Migration(error),
        }
    }
}
