//! Databases of other products, for tests that read them.

use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::StoreError;
use crate::engine::Engine;

/// Runs statements on a database that is not ours; a file is made if it is missing.
///
/// # Errors
/// [`StoreError::Url`] for a URL that names no engine, [`StoreError::Database`] when a statement fails.
pub async fn run_foreign_sql(url: &str, sql: &str) -> Result<(), StoreError> {
    let sql = AssertSqlSafe(sql.to_owned());
    match Engine::of_url(url).ok_or(StoreError::Url)? {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await?;
            sqlx::raw_sql(sql).execute(&mut connection).await?;
            connection.close().await?;
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(url).await?;
            sqlx::raw_sql(sql).execute(&mut connection).await?;
            connection.close().await?;
        }
    }
    Ok(())
}
