//! A consistent copy of the whole database, written while it is in use, and the way back.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::engine::{Engine, sqlite};
use crate::private_file::beside;
use crate::private_file::create_private_file;
use crate::{Store, StoreError};

/// How long is waited for a writer that finishes its log.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

impl Store {
    /// Writes everything that is committed now to a new file, without holding up anybody. The file appears when it is
    /// complete and on disk. Only its owner may read it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is such a file, [`StoreError::SqliteOnly`] for another engine,
    /// [`StoreError::Database`] when it cannot be written.
    pub async fn back_up(&self, destination: &Path) -> Result<(), StoreError> {
        let source = self.database().file().ok_or(StoreError::SqliteOnly)?;
        copy(SqliteConnectOptions::new().filename(source), destination).await
    }

    /// Puts a backup where a database URL points and no database is yet.
    ///
    /// # Errors
    /// As [`Store::back_up`], [`StoreError::Url`] for a URL of no engine, and [`StoreError::Database`] for what is no
    /// backup.
    pub async fn restore(source: &Path, url: &str) -> Result<(), StoreError> {
        if Engine::of_url(url) == Some(Engine::Postgres) {
            return Err(StoreError::SqliteOnly);
        }
        let destination = sqlite::find_file(url)?;
        copy(SqliteConnectOptions::new().filename(source).read_only(true), &destination).await
    }
}

/// The size of a database's files.
pub(crate) fn size_on_disk(file: &Path) -> Option<u64> {
    let size = |path: &Path| std::fs::metadata(path).map(|file| file.len());
    Some(size(file).ok()? + size(&beside(file, "-wal")).unwrap_or(0))
}

/// Copies a database as it stands at one moment. Its pages are written anew, so the copy has no gaps and holds nothing
/// that was deleted.
async fn copy(source: SqliteConnectOptions, destination: &Path) -> Result<(), StoreError> {
    if [destination.to_owned(), beside(destination, "-wal")].iter().any(|path| path.exists()) {
        return Err(StoreError::Conflict("the file to write"));
    }
    let unfinished = beside(destination, ".unfinished");
    remove(&unfinished)?;
    let mut connection = source.create_if_missing(false).busy_timeout(BUSY_TIMEOUT).connect().await?;
    // Fails for a file that is no database of ours.
    sqlx::query("select count(*) from bot_state").fetch_one(&mut connection).await?;
    // SQLite writes into a file that is empty.
    create_private_file(&unfinished)?;
    let path = unfinished.to_string_lossy().into_owned();
    let copied = sqlx::query("vacuum into $1").bind(path).execute(&mut connection).await;
    connection.close().await?;
    copied?;
    File::open(&unfinished)?.sync_all()?;
    Ok(std::fs::rename(&unfinished, destination)?)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
