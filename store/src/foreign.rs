//! Databases of other products, read and never written: the events that Rasa keeps.

use std::path::Path;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::StoreError;

/// Rows of one page. They come in the order of their ids, so that nothing has to be held open between pages.
const PAGE: i64 = 2_000;
const SELECT_PAGE: &str =
    "select cast(id as bigint), sender_id, data from events where id > $1 order by id limit $2";
const SQLITE_COLUMNS: &str = "select name from pragma_table_info('events')";
const POSTGRES_COLUMNS: &str = "select cast(column_name as text) from information_schema.columns
    where table_name = 'events' and table_schema = any(current_schemas(false))";
/// A column that the tracker store's table has and the event broker's has not.
const OF_TRACKER: &str = "type_name";

/// Which of Rasa's two tables: both are called `events`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RasaTable {
    /// The tracker store's.
    Tracker,
    /// The event broker's.
    Broker,
}

/// One event of Rasa's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RasaRow {
    /// Its place in the table.
    pub id: i64,
    /// Whose conversation it is of.
    pub sender_id: Option<String>,
    /// The event, as JSON.
    pub event: String,
}

/// The events of one table, page by page.
#[derive(Debug)]
pub struct RasaEvents {
    connection: Foreign,
    last_id: i64,
}

#[derive(Debug)]
enum Foreign {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl RasaEvents {
    /// Opens an SQLite file.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it cannot be read, [`StoreError::Foreign`] when it has no such table.
    pub async fn open_file(path: &Path, table: RasaTable) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        Self::check(Foreign::Sqlite(options.connect().await?), table).await
    }

    /// Connects to `postgres://user@host/database`.
    ///
    /// # Errors
    /// [`StoreError::Url`] when it cannot be read, [`StoreError::Database`] or [`StoreError::Unavailable`] when it cannot
    /// be reached, [`StoreError::Foreign`] when it has no such table.
    pub async fn connect(url: &str, table: RasaTable) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse().map_err(|_| StoreError::Url)?;
        let options = options.options([("default_transaction_read_only", "on")]);
        Self::check(Foreign::Postgres(options.connect().await?), table).await
    }

    /// The next rows in their order; none at the end.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when they cannot be read.
    pub async fn next_page(&mut self) -> Result<Vec<RasaRow>, StoreError> {
        let last = self.last_id;
        let rows: Vec<(i64, Option<String>, Option<String>)> = match &mut self.connection {
            Foreign::Sqlite(connection) => {
                sqlx::query_as(SELECT_PAGE).bind(last).bind(PAGE).fetch_all(connection).await?
            }
            Foreign::Postgres(connection) => {
                sqlx::query_as(SELECT_PAGE).bind(last).bind(PAGE).fetch_all(connection).await?
            }
        };
        self.last_id = rows.last().map_or(last, |&(id, ..)| id);
        let read = |(id, sender_id, event): (i64, _, Option<String>)| RasaRow {
            id,
            sender_id,
            event: event.unwrap_or_default(),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Ends the connection.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it broke.
    pub async fn close(self) -> Result<(), StoreError> {
        match self.connection {
            Foreign::Sqlite(connection) => connection.close().await?,
            Foreign::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }

    async fn check(mut connection: Foreign, table: RasaTable) -> Result<Self, StoreError> {
        let columns: Vec<(String,)> = match &mut connection {
            Foreign::Sqlite(connection) => sqlx::query_as(SQLITE_COLUMNS).fetch_all(connection).await?,
            Foreign::Postgres(connection) => sqlx::query_as(POSTGRES_COLUMNS).fetch_all(connection).await?,
        };
        let has = |name: &str| columns.iter().any(|(column,)| column == name);
        if !["id", "sender_id", "data"].into_iter().all(has) {
            return Err(StoreError::Foreign(
                "there is no table events with id, sender_id and data: this is not from Rasa",
            ));
        }
        match (table, has(OF_TRACKER)) {
            (RasaTable::Tracker, false) => Err(StoreError::Foreign(
                "this is the table of Rasa's event broker: it has no column type_name",
            )),
            (RasaTable::Broker, true) => Err(StoreError::Foreign(
                "this is the table of Rasa's tracker store: it has a column type_name",
            )),
            _ => Ok(Self { connection, last_id: i64::MIN }),
        }
    }
}
