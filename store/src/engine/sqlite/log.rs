//! SQLite's log beside the file, and when it begins anew.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::{AssertSqlSafe, SqlitePool};

use crate::private_file::beside;

/// Bytes of the log from which on a writer lets it begin anew. It does so by itself whenever nobody reads, but reports that
/// overlap for minutes would let it grow until the disk is full.
const LOG_BYTES: u64 = 256 << 20;
/// How long that waits for those who still read what is older than the log, in milliseconds; new ones need not wait.
const READERS_TIMEOUT_MS: u32 = 200;

/// The log beside the file.
#[derive(Debug)]
pub(super) struct Log {
    file: PathBuf,
    /// From how many bytes on it is to begin anew.
    limit: u64,
    /// The same, behind a reader that could not be waited for.
    next_limit: AtomicU64,
    /// How long the writer waits for other processes otherwise.
    busy_timeout: Duration,
}

impl Log {
    pub(super) fn new(file: &Path, busy_timeout: Duration) -> Self {
        Self::with_limit(file, busy_timeout, LOG_BYTES)
    }

    fn with_limit(file: &Path, busy_timeout: Duration, limit: u64) -> Self {
        Self { file: beside(file, "-wal"), limit, next_limit: AtomicU64::new(limit), busy_timeout }
    }

    pub(super) fn is_long(&self) -> bool {
        self.bytes() >= self.next_limit.load(Ordering::Relaxed)
    }

    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |log| log.len())
    }

    /// Writes the log back and empties it, unless somebody goes on reading what is older: then it is tried again when the
    /// log has grown as much once more.
    pub(super) async fn restart(&self, writer: &SqlitePool) -> Result<(), sqlx::Error> {
        let mut writer = writer.acquire().await?;
        if !self.is_long() {
            // Somebody else has just done so.
            return Ok(());
        }
        let wait = |ms| AssertSqlSafe(format!("pragma busy_timeout = {ms}"));
        sqlx::query(wait(u128::from(READERS_TIMEOUT_MS))).execute(&mut *writer).await?;
        let restarted = sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut *writer).await;
        sqlx::query(wait(self.busy_timeout.as_millis())).execute(&mut *writer).await?;
        if let Err(error) = restarted {
            // What is written next decides whether there is room for it.
            tracing::warn!(error = &error as &dyn std::error::Error, "the log could not be written back");
        }
        let bytes = self.bytes();
        let next = if bytes < self.limit { self.limit } else { bytes + self.limit };
        self.next_limit.store(next, Ordering::Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use sqlx::Sqlite;

    use super::super::{BUSY_TIMEOUT, Pools};
    use super::*;
    use crate::testing::TestDatabase;

    /// An empty database whose log begins anew from that many bytes on.
    async fn open(limit: u64) -> (TestDatabase, Pools) {
        let folder = TestDatabase::empty().await.unwrap();
        let url = format!("sqlite://{}", folder.folder().join("log.db").display());
        let mut pools = Pools::open(&url).await.unwrap();
        pools.log = Arc::new(Log::with_limit(&pools.file, BUSY_TIMEOUT, limit));
        (folder, pools)
    }

    async fn begin_to_read(pools: &Pools) -> sqlx::Transaction<'static, Sqlite> {
        let mut reader = pools.begin_read().await.unwrap();
        sqlx::query("select count(*) from set_up").execute(&mut *reader).await.unwrap();
        reader
    }

    async fn write_a_little(pools: &Pools) {
        let mut writer = pools.begin_write().await.unwrap();
        sqlx::query("delete from set_up").execute(&mut *writer).await.unwrap();
        let insert = "insert into set_up (only_row, token_hash, created_at) values (1, zeroblob(9000), 0)";
        sqlx::query(insert).execute(&mut *writer).await.unwrap();
        writer.commit().await.unwrap();
    }

    /// Writes megabytes while there is always somebody who reads, and nobody for long; says how big the log was at most.
    async fn write_beside_readers(limit: u64) -> u64 {
        let (_folder, pools) = open(limit).await;
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
            let next = begin_to_read(&pools).await;
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

    #[tokio::test]
    async fn a_reader_that_stays_is_not_waited_for_again_and_again() {
        let (_folder, pools) = open(1).await;
        let reader = begin_to_read(&pools).await;
        write_a_little(&pools).await;
        write_a_little(&pools).await;
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
        let (_folder, pools) = open(u64::MAX).await;
        let reader = begin_to_read(&pools).await;
        write_a_little(&pools).await;

        pools.log.next_limit.store(1, Ordering::Relaxed);
        let soon = Duration::from_millis(u64::from(READERS_TIMEOUT_MS) / 4);
        assert!(tokio::time::timeout(soon, pools.begin_write()).await.is_err(), "it waits for the reader");
        // Whoever comes next does not try again, which would set it right.
        pools.log.next_limit.store(u64::MAX, Ordering::Relaxed);
        let mut next = pools.begin_write().await.unwrap();
        let waits: i64 = sqlx::query_scalar("pragma busy_timeout").fetch_one(&mut *next).await.unwrap();
        assert_eq!(Ok(waits), i64::try_from(BUSY_TIMEOUT.as_millis()));
        drop(reader);
    }
}
