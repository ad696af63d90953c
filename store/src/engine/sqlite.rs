//! What is SQLite's own: how to connect, how to migrate, how to begin, how to pass many rows at once.

use std::str::FromStr;
use std::time::Duration;

use serde_json::Value as Json;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool};

use super::bulk::{Bulk, Column};
use crate::StoreError;

/// Takes the write lock at once: a transaction that first reads and then wants to write could be refused.
const BEGIN_WRITE: &str = "begin immediate";
/// The key of the next fact. Keys are unique over all bots here, because they are the rowid.
pub(crate) const NEXT_FACT_KEY: &str = "select coalesce(max(fact_key), 0) + 1 from facts";

const READERS: u32 = 4;
/// Rows that a connection hands over at once: fewer wake-ups for long answers.
const ROW_BUFFER: usize = 512;
/// Pages of 4 KiB in the log before they are written back. A batch touches thousands of pages all over the file, many of
/// them again in the next batch.
const LOG_PAGES: &str = "16000";
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
const OPEN_PAUSE: Duration = Duration::from_millis(5);

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// One connection writes, several read: what SQLite allows beside each other.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl Pools {
    /// Opens the file, creates it if missing and migrates it.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = parse_url(url)?;
        let writer = open_writer(write_options(options.clone())).await?;
        migrate(&writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).max_lifetime(None);
        let readers = readers.connect_with(read_options(options)).await?;
        Ok(Self { writer, readers })
    }

    pub(crate) async fn begin_write(&self) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        self.writer.begin_with(BEGIN_WRITE).await
    }

    pub(crate) async fn begin_read(&self) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        self.readers.begin().await
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Whoever opens a new file first sets its journal's mode. SQLite waits for nobody there, so others try again.
async fn open_writer(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let writer = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let opening = async {
        loop {
            match writer.clone().connect_with(options.clone()).await {
                Err(error) if is_locked(&error) => tokio::time::sleep(OPEN_PAUSE).await,
                opened => return opened,
            }
        }
    };
    tokio::time::timeout(BUSY_TIMEOUT, opening).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

fn parse_url(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    let is_file = url.strip_prefix("sqlite:").is_some_and(|rest| {
        let path = rest.trim_start_matches("//");
        !path.is_empty()
            && !path.starts_with('?')
            && !path.starts_with(":memory:")
            && !path.contains("mode=memory")
    });
    let options = is_file.then(|| SqliteConnectOptions::from_str(url).ok()).flatten();
    options.ok_or_else(|| StoreError::Url(url.to_owned()))
}

/// A writer waits for other processes' writers; 2xx means on disk, hence FULL.
fn write_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(ROW_BUFFER)
        .pragma("wal_autocheckpoint", LOG_PAGES)
        .pragma("cache_size", "-65536")
}

fn read_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(ROW_BUFFER)
        .pragma("query_only", "on")
        .pragma("cache_size", "-32768")
}

/// Whether a statement waited in vain for another writer: for this process's connection, or for another process
/// (SQLITE_BUSY and its extended codes).
pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return true;
    }
    let code = error.as_database_error().and_then(|error| error.code());
    let code: Option<i64> = code.and_then(|code| code.parse().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// In one write transaction, so that processes that start together migrate one after the other.
async fn migrate(writer: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    Ok(())
}

/// The head of a bulk statement: its rows as a table `input`, read from parameter number `parameter`.
pub(crate) fn bulk_head(bulk: &Bulk<'_>, parameter: usize) -> String {
    let names: Vec<&str> = bulk.columns().iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = (0..names.len()).map(|place| format!("value ->> {place}")).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    format!("with input ({names}) as materialized (select {values} from json_each(${parameter})) ")
}

/// The rows of a bulk statement as one parameter: a JSON array of arrays.
pub(crate) fn bulk_parameter(bulk: &Bulk<'_>) -> String {
    let mut rows = String::with_capacity(bulk.len() * 16 * bulk.columns().len());
    rows.push('[');
    for row in 0..bulk.len() {
        rows.push_str(if row == 0 { "[" } else { ",[" });
        for (place, (_, column)) in bulk.columns().iter().enumerate() {
            if place > 0 {
                rows.push(',');
            }
            push_json(&mut rows, column, row);
        }
        rows.push(']');
    }
    rows.push(']');
    rows
}

fn push_json(rows: &mut String, column: &Column<'_>, row: usize) {
    use std::fmt::Write;
    let written = match column {
        Column::Int(values) => match values[row] {
            Some(value) => write!(rows, "{value}"),
            None => write!(rows, "null"),
        },
        Column::Text(values) => match values[row] {
            Some(value) => write!(rows, "{}", Json::from(value)),
            None => write!(rows, "null"),
        },
    };
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}
