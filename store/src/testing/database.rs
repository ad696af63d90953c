//! Fresh databases: a file in a folder of its own, or with `PARLANCE_TEST_POSTGRES` (the address of a PostgreSQL where
//! databases may be created) a database there.

use std::path::{Path, PathBuf};

use rand::RngCore;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::StoreError;
use crate::credentials::os_random;
use crate::engine::{Database, postgres::MIGRATIONS};

/// Names the PostgreSQL on which tests run; without it they run on SQLite.
const VARIABLE: &str = "PARLANCE_TEST_POSTGRES";
/// Any number: whoever makes the template has this lock.
const MAKING_TEMPLATE: i64 = 7_264_101;

/// A fresh database, which goes when this does, and a folder for files that belong to the test.
#[derive(Debug)]
pub struct TestDatabase {
    folder: PathBuf,
    url: String,
    /// On PostgreSQL, where the database is created and dropped.
    server: Option<String>,
}

impl TestDatabase {
    /// A database with the schema of this version.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when it cannot be made.
    pub async fn migrated() -> Result<Self, StoreError> {
        let database = Self::named()?;
        if let Some(server) = &database.server {
            let template = make_template(server).await?;
            create(server, database.name(), &template).await?;
        }
        Ok(database)
    }

    /// A database with nothing in it.
    ///
    /// # Errors
    /// Those of [`TestDatabase::migrated`].
    pub async fn empty() -> Result<Self, StoreError> {
        let database = Self::named()?;
        if let Some(server) = &database.server {
            create(server, database.name(), "template0").await?;
        }
        Ok(database)
    }

    /// What `DATABASE_URL` would hold.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder for files that belong to the test.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn named() -> Result<Self, StoreError> {
        let name = format!("parlance_{}_{:016x}", std::process::id(), os_random().next_u64());
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).map_err(sqlx::Error::Io)?;
        let server = find_server();
        let url = match &server {
            Some(server) => url_of(server, &name),
            None => format!("sqlite://{}", folder.join("parlance.db").display()),
        };
        Ok(Self { folder, url, server })
    }

    fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some(server) = self.server.clone() {
            let sql = format!("drop database if exists {} with (force)", self.name());
            // A test may be inside a runtime that is ending: a thread has one of its own.
            let dropping = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.map(|runtime| runtime.block_on(run(&server, sql)))
            });
            let _ = dropping.join();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings but this one")]
fn find_server() -> Option<String> {
    std::env::var(VARIABLE).ok()
}

/// The same server, another database.
fn url_of(server: &str, name: &str) -> String {
    let server = server.rsplit_once('/').map_or(server, |(server, _)| server);
    format!("{server}/{name}")
}

async fn run(server: &str, sql: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await
}

/// Copying a template takes a fraction of the time of a migration.
async fn create(server: &str, name: &str, template: &str) -> Result<(), StoreError> {
    Ok(run(server, format!("create database {name} template {template}")).await?)
}

/// The database that others are copied from: made once for each schema, by whoever comes first.
async fn make_template(server: &str) -> Result<String, StoreError> {
    let mut connection = PgConnection::connect(server).await?;
    let checksums =
        MIGRATIONS.iter().fold(Sha256::new(), |hash, migration| hash.chain_update(&migration.checksum));
    // PostgreSQL cuts names after 63 bytes.
    let checksum = checksums.finalize();
    let name = checksum
        .iter()
        .take(12)
        .fold("parlance_template_".to_owned(), |name, byte| format!("{name}{byte:02x}"));
    sqlx::query("select pg_advisory_lock($1)").bind(MAKING_TEMPLATE).execute(&mut connection).await?;
    let known = sqlx::query("select 1 from pg_database where datname = $1").bind(&name);
    if known.fetch_optional(&mut connection).await?.is_none() {
        let unfinished = format!("{name}_unfinished");
        connection
            .execute(AssertSqlSafe(format!("drop database if exists {unfinished} with (force)")))
            .await?;
        connection.execute(AssertSqlSafe(format!("create database {unfinished} template template0"))).await?;
        Database::open(&url_of(server, &unfinished)).await?.close().await;
        connection.execute(AssertSqlSafe(format!("alter database {unfinished} rename to {name}"))).await?;
    }
    connection.close().await?;
    Ok(name)
}
