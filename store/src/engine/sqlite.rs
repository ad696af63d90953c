//! What is SQLite's own: how to connect, how to migrate, how to begin, how to pass many rows at once, which errors pass.

mod log;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteError, SqliteJournalMode, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection as _, Sqlite, SqlitePool};

use self::log::Log;
use super::Value;
use super::bulk::{Bulk, Column};
use crate::{StoreError, private_file};

/// Takes the write lock at once: a transaction that first reads and then wants to write could be refused. Until a statement
/// is done, SQLite keeps copies of the pages that it changes: in a temporary file, since they may be many.
const BEGIN_WRITE: &str = "pragma temp_store = file; begin immediate";
/// The same with those copies in memory.
const BEGIN_BATCH: &str = "pragma temp_store = memory; begin immediate";
/// What a writer has no need of: its turn is everybody's.
const FOR_UPDATE: &str = " for update";

/// Connections for reports, lists and exports.
pub(crate) const READERS: u32 = 4;
/// Connections for keys, tokens, logins and single bots, which never wait for reports.
const LOOKUPS: u32 = 2;
/// Rows that a connection hands over at once: fewer wake-ups for long answers.
const ROW_BUFFER: usize = 512;
/// Pages of 4 KiB in the log before they are written back. A batch touches thousands of pages all over the file, many of
/// them again in the next batch.
const LOG_PAGES: &str = "16000";
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
const OPEN_PAUSE: Duration = Duration::from_millis(5);

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// One connection writes, several read: what SQLite allows beside each other.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) lookups: SqlitePool,
    pub(crate) file: PathBuf,
    log: Arc<Log>,
}

impl Pools {
    /// Opens the file, creates it if missing and migrates it.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = parse_url(url)?;
        let file = options.get_filename().to_owned();
        private_file::prepare(&file);
        let writer = open_writer(write_options(options.clone())).await?;
        migrate(&writer).await?;
        let pool = |connections| pool_options().max_connections(connections);
        let lookups = pool(LOOKUPS).connect_with(lookup_options(options.clone())).await?;
        let readers = pool(READERS).connect_with(read_options(options)).await?;
        let log = Arc::new(Log::new(&file, BUSY_TIMEOUT));
        Ok(Self { writer, readers, lookups, file, log })
    }

    pub(crate) async fn begin_write(&self) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        self.begin(BEGIN_WRITE).await
    }

    pub(crate) async fn begin_batch(&self) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        self.begin(BEGIN_BATCH).await
    }

    async fn begin(&self, begin: &'static str) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        if self.log.is_long() {
            // Goes on where whoever asks does not wait for it: it changes the connection and changes it back.
            let (log, writer) = (Arc::clone(&self.log), self.writer.clone());
            let restarting = tokio::spawn(async move { log.restart(&writer).await });
            restarting.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))?;
        }
        self.writer.begin_with(begin).await
    }

    pub(crate) async fn begin_read(&self) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        self.readers.begin().await
    }

    pub(crate) async fn close(&self) {
        self.lookups.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// When the disk is full or fails, SQLite ends a transaction by itself, and sqlx goes on counting it as open: such a
/// connection can begin no other and is replaced. Nothing else can happen to it between two uses, so it is not asked
/// whether it is still there.
fn pool_options() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
}

/// Whoever opens a new file first sets its journal's mode. SQLite waits for nobody there, so others try again.
async fn open_writer(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let writer = pool_options().max_connections(1).idle_timeout(None);
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

/// The file that a URL names.
pub(crate) fn find_file(url: &str) -> Result<PathBuf, StoreError> {
    Ok(parse_url(url)?.get_filename().to_owned())
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
    options.ok_or(StoreError::Url)
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
    lookup_options(options).row_buffer_size(ROW_BUFFER).pragma("cache_size", "-32768")
}

fn lookup_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.busy_timeout(BUSY_TIMEOUT).pragma("query_only", "on")
}

/// Whether a statement waited in vain for another writer: for this process's connection, or for another process
/// (SQLITE_BUSY and its extended codes).
pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return true;
    }
    let error = error.as_database_error().and_then(|error| error.try_downcast_ref::<SqliteError>());
    let code: Option<i64> = error.and_then(|error| error.code()).and_then(|code| code.parse().ok());
    code.is_some_and(|code| code & 0xff == 5)
}

/// In one write transaction, so that processes that start together migrate one after the other.
async fn migrate(writer: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = writer.begin_with(BEGIN_WRITE).await?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await?;
    transaction.commit().await?;
    Ok(())
}

/// The text of a statement, with its rows as a table `input` that is read from parameter number `parameter`.
pub(crate) fn complete(sql: &str, bulk: &Bulk<'_>, parameter: usize) -> String {
    let sql = sql.strip_suffix(FOR_UPDATE).unwrap_or(sql);
    if bulk.columns().is_empty() {
        return sql.to_owned();
    }
    // SQLite takes a whole path as it is; of a bare number it makes one for each value.
    let names: Vec<&str> = bulk.columns().iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = (0..names.len()).map(|place| format!("value ->> '$[{place}]'")).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    format!(
        "with recursive input ({names}) as materialized (select {values} from jsonb_each(${parameter})) {sql}"
    )
}

/// A completed statement with its parameters.
pub(crate) fn query<'q>(
    sql: String,
    values: &[Value<'q>],
    bulk: &Bulk<'_>,
) -> sqlx::query::Query<'q, Sqlite, SqliteArguments> {
    let query = values.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match *value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    });
    if bulk.columns().is_empty() { query } else { query.bind(bulk_parameter(bulk)) }
}

/// How a statement would be answered.
#[cfg(test)]
pub(crate) async fn explain(
    transaction: &mut sqlx::Transaction<'static, Sqlite>,
    sql: &str,
) -> Result<Vec<String>, sqlx::Error> {
    use sqlx::Row as _;
    let sql = AssertSqlSafe(format!("explain query plan {sql}"));
    let steps = sqlx::query(sql).fetch_all(&mut **transaction).await?;
    steps.iter().map(|step| step.try_get(3)).collect()
}

/// The rows of a bulk statement as one parameter: a JSON array of arrays.
fn bulk_parameter(bulk: &Bulk<'_>) -> String {
    let mut rows = Vec::with_capacity(bulk.len() * 16 * bulk.columns().len());
    for row in 0..bulk.len() {
        rows.extend_from_slice(if row == 0 { b"[[" } else { b"],[" });
        for (place, (_, column)) in bulk.columns().iter().enumerate() {
            if place > 0 {
                rows.push(b',');
            }
            let written = match column {
                Column::Int(values) => serde_json::to_writer(&mut rows, &values[row]),
                Column::Text(values) => serde_json::to_writer(&mut rows, &values[row]),
            };
            debug_assert!(written.is_ok(), "writing numbers and texts to memory cannot fail");
        }
    }
    rows.extend_from_slice(if bulk.len() == 0 { b"[]" } else { b"]]" });
    String::from_utf8(rows).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn copies_of_pages_are_in_memory_for_batches_and_in_a_file_otherwise() {
        let folder = TestDatabase::empty().await.unwrap();
        let url = format!("sqlite://{}", folder.folder().join("copies.db").display());
        let pools = Pools::open(&url).await.unwrap();
        for (is_batch, expected) in [(false, 1), (true, 2), (true, 2), (false, 1)] {
            let mut begun = match is_batch {
                true => pools.begin_batch().await.unwrap(),
                false => pools.begin_write().await.unwrap(),
            };
            let kept: i64 = sqlx::query_scalar("pragma temp_store").fetch_one(&mut *begun).await.unwrap();
            assert_eq!(kept, expected);
            begun.commit().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_full_disk_costs_a_transaction_and_not_the_writer() {
        let folder = TestDatabase::empty().await.unwrap();
        let url = format!("sqlite://{}", folder.folder().join("full.db").display());
        let pools = Pools::open(&url).await.unwrap();
        let mut full = pools.begin_write().await.unwrap();
        sqlx::query("pragma max_page_count = 1").execute(&mut *full).await.unwrap();
        let insert = "insert into set_up (only_row, token_hash, created_at) values (1, zeroblob(100000), 0)";
        let refused = sqlx::query(insert).execute(&mut *full).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "13");
        drop(full);
        let mut next = pools.begin_write().await.unwrap();
        sqlx::query(insert).execute(&mut *next).await.unwrap();
        next.commit().await.unwrap();
    }
}
