//! A thin connection of ours: statements are plain SQL text with `$1`, written once for every engine. What engines
//! do differently stands in a file of each, of the same shape ([`sqlite`]).

mod bulk;
pub(crate) mod sqlite;

use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Decode, Row as _, Sqlite, Type};

use crate::StoreError;
pub(crate) use bulk::Bulk;

/// An open database.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pools: sqlite::Pools,
    /// Every statement that was run: tests ask how it is answered.
    #[cfg(test)]
    pub(crate) statements: Statements,
}

#[cfg(test)]
pub(crate) type Statements = std::sync::Arc<std::sync::Mutex<std::collections::BTreeSet<String>>>;

impl Database {
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self {
            pools: sqlite::Pools::open(url).await?,
            #[cfg(test)]
            statements: Statements::default(),
        })
    }

    /// A transaction that sees one state of the database and changes nothing.
    pub(crate) async fn read(&self) -> Result<Transaction, StoreError> {
        Ok(self.transaction(self.pools.begin_read().await?))
    }

    /// A transaction that may write; it has the turn from here to its end. Dropped, it undoes everything.
    pub(crate) async fn write(&self) -> Result<Transaction, StoreError> {
        Ok(self.transaction(self.pools.begin_write().await?))
    }

    pub(crate) async fn close(&self) {
        self.pools.close().await;
    }

    fn transaction(&self, inner: sqlx::Transaction<'static, Sqlite>) -> Transaction {
        Transaction {
            inner,
            #[cfg(test)]
            statements: self.statements.clone(),
        }
    }
}

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
    Bytes(&'a [u8]),
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a [u8; 32]> for Value<'a> {
    fn from(value: &'a [u8; 32]) -> Self {
        Self::Bytes(value)
    }
}

/// The parameters of a statement, `$1` first.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::engine::Value::from($value)),*] };
}
pub(crate) use values;

/// A transaction on one connection.
#[derive(Debug)]
pub(crate) struct Transaction {
    inner: sqlx::Transaction<'static, Sqlite>,
    #[cfg(test)]
    statements: Statements,
}

impl Transaction {
    /// Every row of an answer.
    pub(crate) async fn fetch_all(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let rows = self.query(sql.to_owned(), values).fetch_all(&mut *self.inner).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// The first row, if there is one.
    pub(crate) async fn fetch_optional(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        let row = self.query(sql.to_owned(), values).fetch_optional(&mut *self.inner).await?;
        Ok(row.map(Row))
    }

    /// The one row of a question that always has an answer.
    pub(crate) async fn fetch_one(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Row, StoreError> {
        Ok(Row(self.query(sql.to_owned(), values).fetch_one(&mut *self.inner).await?))
    }

    /// Changes rows; says how many.
    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        let done = self.query(sql.to_owned(), values).execute(&mut *self.inner).await?;
        Ok(done.rows_affected())
    }

    /// Every row of an answer to many rows, which the statement sees as the table `input`.
    pub(crate) async fn bulk_fetch(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        bulk: &Bulk<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        if bulk.len() == 0 {
            return Ok(Vec::new());
        }
        let sql = sqlite::bulk_head(bulk, values.len() + 1) + sql;
        let query = self.query(sql, values).bind(sqlite::bulk_parameter(bulk));
        Ok(query.fetch_all(&mut *self.inner).await?.into_iter().map(Row).collect())
    }

    /// Changes many rows, which the statement sees as the table `input`.
    pub(crate) async fn bulk_execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        bulk: &Bulk<'_>,
    ) -> Result<(), StoreError> {
        if bulk.len() == 0 {
            return Ok(());
        }
        let sql = sqlite::bulk_head(bulk, values.len() + 1) + sql;
        let query = self.query(sql, values).bind(sqlite::bulk_parameter(bulk));
        query.execute(&mut *self.inner).await?;
        Ok(())
    }

    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }

    /// A statement with its first parameters. All its text is ours: what comes from outside is a parameter.
    fn query<'q>(&self, sql: String, values: &[Value<'q>]) -> Query<'q> {
        #[cfg(test)]
        self.statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(sql.clone());
        bind(sqlx::query(AssertSqlSafe(sql)), values)
    }

    /// How the engine would answer a statement.
    #[cfg(test)]
    pub(crate) async fn explain(&mut self, sql: &str) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}")))
            .fetch_all(&mut *self.inner)
            .await?;
        rows.into_iter().map(|row| Row(row).text(3)).collect()
    }
}

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

fn bind<'q>(query: Query<'q>, values: &[Value<'q>]) -> Query<'q> {
    values.iter().fold(query, |query, value| match *value {
        Value::Int(value) => query.bind(value),
        Value::Text(value) => query.bind(value),
        Value::Bytes(value) => query.bind(value),
    })
}

/// A row of an answer; columns are counted from 0.
#[derive(Debug)]
pub(crate) struct Row(SqliteRow);

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    fn get<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(&'r self, column: usize) -> Result<T, StoreError> {
        Ok(self.0.try_get(column)?)
    }
}
