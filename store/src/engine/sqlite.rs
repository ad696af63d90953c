//! What is SQLite's own: how to connect, how to migrate, how to begin, how to pass many rows at once, which errors pass.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::error::DatabaseError;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteError, SqliteJournalMode, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Connection as _, Sqlite, SqlitePool};

use super::Value;
use super::bulk::{Bulk, Column};
use crate::StoreError;

/// Takes the write lock at once: a transaction that first reads and then wants to write could be refused. Until a statement
/// is done, SQLite keeps copies of the pages that it changes: in a temporary file, since they may be many.
const BEGIN_WRITE: &str = "pragma temp_store = file; begin immediate";
/// The same with those copies in memory.
const BEGIN_BATCH: &str = "pragma temp_store = memory; begin immediate";
/// What a writer has no need of: its turn is everybody's.
const FOR_UPDATE: &str = " for update";

const READERS: u32 = 4;
/// Rows that a connection hands over at once: fewer wake-ups for long answers.
const ROW_BUFFER: usize = 512;
/// Pages of 4 KiB in the log before they are written back. A batch touches thousands of pages all over the file, many of
/// them again in the next batch.
const LOG_PAGES: &str = "16000";
/// Bytes of the log from which on a writer lets it begin anew. It does so by itself whenever nobody reads, but reports that
/// overlap for minutes would let it grow until the disk is full.
const LOG_BYTES: u64 = 256 << 20;
/// How long that waits for those who still read what is older than the log, in milliseconds; new ones need not wait.
const READERS_TIMEOUT_MS: u32 = 200;
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);
const OPEN_PAUSE: Duration = Duration::from_millis(5);

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// One connection writes, several read: what SQLite allows beside each other.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) file: PathBuf,
    log: Arc<Log>,
}

/// The log beside the file.
#[derive(Debug)]
struct Log {
    file: PathBuf,
    /// From how many bytes on it is to begin anew.
    limit: u64,
    /// The same, behind a reader that could not be waited for.
    next_limit: AtomicU64,
}

impl Log {
    fn new(file: &Path, limit: u64) -> Self {
        Self { file: beside(file, "-wal"), limit, next_limit: AtomicU64::new(limit) }
    }

    fn is_long(&self) -> bool {
        self.bytes() >= self.next_limit.load(Ordering::Relaxed)
    }

    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |log| log.len())
    }
}

impl Pools {
    /// Opens the file, creates it if missing and migrates it.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = parse_url(url)?;
        let file = options.get_filename().to_owned();
        let writer = open_writer(write_options(options.clone())).await?;
        migrate(&writer).await?;
        let readers = pool_options().max_connections(READERS);
        let readers = readers.connect_with(read_options(options)).await?;
        let log = Arc::new(Log::new(&file, LOG_BYTES));
        Ok(Self { writer, readers, file, log })
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
            let pools = self.clone();
            let restarting = tokio::spawn(async move { pools.restart_log().await });
            restarting.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))?;
        }
        self.writer.begin_with(begin).await
    }

    /// Writes the log back and empties it, unless somebody goes on reading what is older: then it is tried again when the
    /// log has grown as much once more.
    async fn restart_log(&self) -> Result<(), sqlx::Error> {
        let mut writer = self.writer.acquire().await?;
        if !self.log.is_long() {
            // Somebody else has just done so.
            return Ok(());
        }
        let wait = |ms| AssertSqlSafe(format!("pragma busy_timeout = {ms}"));
        sqlx::query(wait(u128::from(READERS_TIMEOUT_MS))).execute(&mut *writer).await?;
        let restarted = sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut *writer).await;
        sqlx::query(wait(BUSY_TIMEOUT.as_millis())).execute(&mut *writer).await?;
        if let Err(error) = restarted {
            // What is written next decides whether there is room for it.
            tracing::warn!(error = &error as &dyn std::error::Error, "the log could not be written back");
        }
        let bytes = self.log.bytes();
        let next = if bytes < self.log.limit { self.log.limit } else { bytes + self.log.limit };
        self.log.next_limit.store(next, Ordering::Relaxed);
        Ok(())
    }

    pub(crate) async fn begin_read(&self) -> Result<sqlx::Transaction<'static, Sqlite>, sqlx::Error> {
        self.readers.begin().await
    }

    pub(crate) async fn close(&self) {
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

/// The file beside another whose name goes on with `ending`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
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
    let names: Vec<&str> = bulk.columns().iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = (0..names.len()).map(|place| format!("value ->> {place}")).collect();
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

    /// Writes megabytes while there is always somebody who reads, and nobody for long; says how big the log was at most.
    async fn write_beside_readers(limit: u64) -> u64 {
        let folder = TestDatabase::empty().await.unwrap();
        let url = format!("sqlite://{}", folder.folder().join("read.db").display());
        let mut pools = Pools::open(&url).await.unwrap();
        pools.log = Arc::new(Log::new(&pools.file, limit));
        let readers = tokio::spawn(read_for_ever(pools.clone()));
        let mut most = 0;
        for _ in 0..60 {
            let mut writer = pools.begin_write().await.unwrap();
            let insert =
                "insert into set_up (only_row, token_hash, created_at) values (1, randomblob(4000000), 0)
                on conflict (only_row) do update set token_hash = excluded.token_hash";
            sqlx::query(insert).execute(&mut *writer).await.unwrap();
            writer.commit().await.unwrap();
            most = most.max(pools.log.bytes());
        }
        readers.abort();
        most
    }

    /// Each reader leaves when the next one has come.
    async fn read_for_ever(pools: Pools) {
        let mut reader = None;
        loop {
            let mut next = pools.begin_read().await.unwrap();
            sqlx::query("select count(*) from set_up").execute(&mut *next).await.unwrap();
            let before = reader.replace(next);
            tokio::time::sleep(Duration::from_millis(3)).await;
            drop(before);
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn readers_one_after_the_other_do_not_let_the_log_grow() {
        assert!(write_beside_readers(8_000_000).await < 24_000_000);
        // What it is for.
        let most = write_beside_readers(u64::MAX).await;
        assert!(most > 150_000_000, "{most}");
    }

    async fn write_a_little(writer: &mut sqlx::Transaction<'static, Sqlite>) {
        sqlx::query("delete from set_up").execute(&mut **writer).await.unwrap();
        let insert = "insert into set_up (only_row, token_hash, created_at) values (1, zeroblob(9000), 0)";
        sqlx::query(insert).execute(&mut **writer).await.unwrap();
    }

    #[tokio::test]
    async fn a_reader_that_stays_is_not_waited_for_again_and_again() {
        let folder = TestDatabase::empty().await.unwrap();
        let url = format!("sqlite://{}", folder.folder().join("stay.db").display());
        let mut pools = Pools::open(&url).await.unwrap();
        pools.log = Arc::new(Log::new(&pools.file, 1));
        let mut reader = pools.begin_read().await.unwrap();
        sqlx::query("select count(*) from set_up").execute(&mut *reader).await.unwrap();
        for _ in 0..2 {
            let mut writer = pools.begin_write().await.unwrap();
            write_a_little(&mut writer).await;
            writer.commit().await.unwrap();
        }
        let tried_at = pools.log.next_limit.load(Ordering::Relaxed);
        assert!(tried_at > 1, "it was tried, and the log is not empty");
        assert!(pools.log.bytes() > 0);
        drop(reader);
        pools.log.next_limit.store(0, Ordering::Relaxed);
        pools.begin_write().await.unwrap().commit().await.unwrap();
        assert_eq!(pools.log.bytes(), 0);
    }

    /// Whoever writes next waits for other processes as long as ever.
    #[tokio::test]
    async fn a_writer_who_goes_while_the_log_is_written_back_leaves_the_connection_as_it_was() {
        let folder = TestDatabase::empty().await.unwrap();
        let url = format!("sqlite://{}", folder.folder().join("gone.db").display());
        let mut pools = Pools::open(&url).await.unwrap();
        pools.log = Arc::new(Log::new(&pools.file, 1));
        let mut reader = pools.begin_read().await.unwrap();
        sqlx::query("select count(*) from set_up").execute(&mut *reader).await.unwrap();
        let mut writer = pools.writer.begin_with(BEGIN_WRITE).await.unwrap();
        write_a_little(&mut writer).await;
        writer.commit().await.unwrap();

        let soon = Duration::from_millis(u64::from(READERS_TIMEOUT_MS) / 4);
        assert!(tokio::time::timeout(soon, pools.begin_write()).await.is_err(), "it waits for the reader");
        // Whoever comes next does not try again, which would set it right.
        pools.log.next_limit.store(u64::MAX, Ordering::Relaxed);
        let mut next = pools.begin_write().await.unwrap();
        let waits: i64 = sqlx::query_scalar("pragma busy_timeout").fetch_one(&mut *next).await.unwrap();
        assert_eq!(Ok(waits), i64::try_from(BUSY_TIMEOUT.as_millis()));
        drop(reader);
    }

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
