//! What is PostgreSQL's own: how to connect, how to migrate, how to begin, how to pass many rows at once, which errors
//! pass.

use std::io::{Error as IoError, ErrorKind};
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPoolOptions, PgTypeInfo, PgValueRef};
use sqlx::{AssertSqlSafe, Connection, Decode, PgPool, Postgres, Type};

use super::Value;
use super::bulk::{Bulk, Column};
use crate::StoreError;

/// Reports and `verify` see one state of the database.
const BEGIN_READ: &str = "begin isolation level repeatable read, read only";
/// After waiting for a bot's turn a writer sees what the one before it has committed.
const BEGIN_WRITE: &str = "begin isolation level read committed";

/// Connections for reports, lists and exports.
pub(crate) const READERS: u32 = 8;
/// Connections for keys, tokens, logins and single bots, which never wait for reports.
const LOOKUPS: u32 = 2;
const WRITERS: u32 = 10;
/// Writers that the intake may take: whoever signs in or changes a setting finds one of the others.
pub(crate) const INTAKE_WRITERS: usize = 8;
/// How long a request waits for a connection. A database that was restarted is mostly back by then.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// More than there are statements: each is parsed and planned once on a connection.
const STATEMENTS: usize = 300;

/// Every statement finds its rows through an index, in the order in which it is written. A planner that knows a table
/// from the time when it was small, or not at all, would read it from end to end; so the other ways are closed, and a
/// plan holds for as long as its connection.
///
/// The last three keep what the rooms above promise: an acknowledged batch is on disk, whatever the server's own
/// default is, and no process keeps a bot to itself, not even one that hangs.
const SETTINGS: [(&str, &str); 11] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("join_collapse_limit", "1"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_material", "off"),
    ("jit", "off"),
    ("synchronous_commit", "on"),
    ("lock_timeout", "15s"),
    ("idle_in_transaction_session_timeout", "60s"),
];

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Readers have connections of their own: writers that wait for each other keep nobody from a report.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    writers: PgPool,
    pub(crate) readers: PgPool,
    pub(crate) lookups: PgPool,
}

impl Pools {
    /// Connects to the database, which exists, and migrates it.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = parse_url(url)?;
        let tuned = options.clone().statement_cache_capacity(STATEMENTS).options(SETTINGS);
        let pool =
            |connections| PgPoolOptions::new().max_connections(connections).acquire_timeout(CONNECT_TIMEOUT);
        let writers = pool(WRITERS).connect_with(tuned.clone()).await.map_err(explain_wait)?;
        migrate(&options).await?;
        let lookups = pool(LOOKUPS).connect_lazy_with(tuned.clone());
        Ok(Self { writers, readers: pool(READERS).connect_lazy_with(tuned), lookups })
    }

    pub(crate) async fn begin_write(&self) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        self.writers.begin_with(BEGIN_WRITE).await.map_err(explain_wait)
    }

    pub(crate) async fn begin_read(&self) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        self.readers.begin_with(BEGIN_READ).await.map_err(explain_wait)
    }

    pub(crate) async fn close(&self) {
        self.lookups.close().await;
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// The pool tries until its time is up and then says no more than that.
pub(crate) fn explain_wait(error: sqlx::Error) -> sqlx::Error {
    match error {
        sqlx::Error::PoolTimedOut => {
            IoError::new(ErrorKind::TimedOut, "no connection to PostgreSQL within 5 seconds").into()
        }
        error => error,
    }
}

fn parse_url(url: &str) -> Result<PgConnectOptions, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Url)?;
    Ok(options.application_name("parlance").options([("client_min_messages", "warning")]))
}

/// Processes that start together migrate one after the other, however long that takes: the migrator has a lock of the
/// database, and a connection without our settings.
async fn migrate(options: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect_with(options).await?;
    MIGRATIONS.run_direct(None, &mut connection, false).await?;
    Ok(connection.close().await?)
}

/// Whether a transaction lost its turn: it may be tried again at once.
pub(crate) fn is_locked(error: &sqlx::Error) -> bool {
    // Serialization failure and deadlock (40…), and a lock that was not to be had in time.
    find_code(error).is_some_and(|code| code.starts_with("40") || code == "55P03")
}

/// Whether the database is not there, or not now: nothing is wrong with the question.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    let is_gone = matches!(error, sqlx::Error::Io(_) | sqlx::Error::Tls(_));
    // Connection trouble (08…), no more connections, memory or disk (53…), shutting down or starting (57P…).
    is_gone
        || find_code(error)
            .is_some_and(|code| ["08", "53", "57P"].iter().any(|class| code.starts_with(class)))
}

/// The code of an error that PostgreSQL itself reports.
fn find_code(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()?;
    Some(error.code())
}

/// The text of a statement, with its rows as a table `input`: a parameter for each column, from number `parameter` on.
/// The columns are unnested side by side in the select list: as functions in `from` they would first be written to a store
/// each. The limit cuts nothing: with one that it does not know, the planner expects a single row, and so begins with
/// `input` where it has the choice (`update … from input`), instead of comparing all rows of the bot with it.
pub(crate) fn complete(sql: &str, bulk: &Bulk<'_>, parameter: usize) -> String {
    if bulk.columns().is_empty() {
        return sql.to_owned();
    }
    let names: Vec<&str> = bulk.columns().iter().map(|(name, _)| *name).collect();
    let values = bulk.columns().iter().zip(parameter..).map(|((_, column), parameter)| match column {
        Column::Int(_) => format!("unnest(${parameter}::bigint[])"),
        Column::Text(_) => format!("unnest(${parameter}::text[])"),
    });
    let (names, values) = (names.join(", "), values.collect::<Vec<_>>().join(", "));
    format!("with recursive input ({names}) as (select {values} limit cardinality(${parameter})) {sql}")
}

/// A completed statement with its parameters.
pub(crate) fn query<'q>(
    sql: String,
    values: &[Value<'q>],
    bulk: &Bulk<'_>,
) -> sqlx::query::Query<'q, Postgres, PgArguments> {
    let query = values.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, value| match *value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    });
    bulk.columns().iter().fold(query, |query, (_, column)| match column {
        Column::Int(values) => query.bind(values.clone()),
        Column::Text(values) => {
            query.bind(values.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>())
        }
    })
}

/// An integer of any width.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Int(pub(crate) i64);

impl Type<Postgres> for Int {
    fn type_info() -> PgTypeInfo {
        <i64 as Type<Postgres>>::type_info()
    }

    fn compatible(actual: &PgTypeInfo) -> bool {
        let (short, middle) = (<i16 as Type<Postgres>>::type_info(), <i32 as Type<Postgres>>::type_info());
        [short, middle, Self::type_info()].contains(actual)
    }
}

impl<'r> Decode<'r, Postgres> for Int {
    fn decode(value: PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        <i64 as Decode<Postgres>>::decode(value).map(Self)
    }
}

/// How a statement would be answered: the plan that is made once for all values.
#[cfg(test)]
pub(crate) async fn explain(
    transaction: &mut sqlx::Transaction<'static, Postgres>,
    sql: &str,
) -> Result<Vec<String>, sqlx::Error> {
    let count = (1..).take_while(|number| sql.contains(&format!("${number}"))).count();
    let nulls = if count == 0 { String::new() } else { format!("({})", vec!["null"; count].join(", ")) };
    for sql in ["deallocate all".to_owned(), format!("prepare explained as {sql}")] {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **transaction).await?;
    }
    let sql = AssertSqlSafe(format!("explain execute explained{nulls}"));
    sqlx::query_scalar(sql).persistent(false).fetch_all(&mut **transaction).await
}
