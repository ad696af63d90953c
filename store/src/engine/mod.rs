//! A thin connection of ours: statements are plain SQL text with `$1`, written once for both engines. What they do
//! differently stands in a file of each, of the same shape ([`sqlite`], [`postgres`]); the few statements that differ
//! are a [`PerEngine`] where they are used.
//!
//! Three habits make one text serve both:
//! - Many rows come as the table `input`, and `input left join t` finds rows of `t` for each of them. Both engines then
//!   begin with `input`, whatever they know of the sizes of tables; places without a match have nulls. But for `bot_key`
//!   every condition on `t` compares with `input`, so that there is no other way to go.
//! - `for update` says whose turn a transaction waits for. SQLite, where a writer has everybody's turn, drops it.
//! - Sums are cast to bigint, truth is 0 or 1, and no statement counts on going on after an error.

mod bulk;
mod failure;
pub(crate) mod postgres;
mod row;
pub(crate) mod sqlite;
mod value;

use std::path::Path;

use crate::StoreError;
pub(crate) use bulk::Bulk;
pub(crate) use row::Row;
pub(crate) use value::{Value, values};

/// An open database.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pools: Pools,
    /// Every statement that was run: tests ask how it is answered.
    #[cfg(test)]
    pub(crate) statements: Statements,
}

#[cfg(test)]
pub(crate) type Statements = std::sync::Arc<std::sync::Mutex<std::collections::BTreeSet<String>>>;

#[derive(Clone, Debug)]
enum Pools {
    Sqlite(sqlite::Pools),
    Postgres(postgres::Pools),
}

/// Which engine keeps the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A statement that the engines write differently.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerEngine {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl Engine {
    /// The engine that a database URL names.
    pub(crate) fn of_url(url: &str) -> Option<Self> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }
}

impl Database {
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let pools = match Engine::of_url(url).ok_or(StoreError::Url)? {
            Engine::Sqlite => Pools::Sqlite(sqlite::Pools::open(url).await?),
            Engine::Postgres => Pools::Postgres(postgres::Pools::open(url).await?),
        };
        Ok(Self {
            pools,
            #[cfg(test)]
            statements: Statements::default(),
        })
    }

    pub(crate) fn engine(&self) -> Engine {
        match &self.pools {
            Pools::Sqlite(_) => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// How many transactions may read at once.
    pub(crate) fn readers(&self) -> usize {
        let readers = match self.engine() {
            Engine::Sqlite => sqlite::READERS,
            Engine::Postgres => postgres::READERS,
        };
        usize::try_from(readers).unwrap_or(usize::MAX)
    }

    /// The file that holds everything, on SQLite.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.pools {
            Pools::Sqlite(pools) => Some(&pools.file),
            Pools::Postgres(_) => None,
        }
    }

    /// A transaction that sees one state of the database and changes nothing.
    pub(crate) async fn read(&self) -> Result<Transaction, StoreError> {
        Ok(self.transaction(match &self.pools {
            Pools::Sqlite(pools) => Connection::Sqlite(pools.begin_read().await?),
            Pools::Postgres(pools) => Connection::Postgres(pools.begin_read().await?),
        }))
    }

    /// A transaction that may write. On SQLite it has everybody's turn from here to its end; on PostgreSQL it has the
    /// turn of those rows that it selects `for update`, in the order bot_state, bots, accounts. Dropped, it undoes
    /// everything.
    pub(crate) async fn write(&self) -> Result<Transaction, StoreError> {
        Ok(self.transaction(match &self.pools {
            Pools::Sqlite(pools) => Connection::Sqlite(pools.begin_write().await?),
            Pools::Postgres(pools) => Connection::Postgres(pools.begin_write().await?),
        }))
    }

    /// The same for a batch of the intake, which is bounded: what SQLite keeps aside to take back a statement may be in
    /// memory.
    pub(crate) async fn write_batch(&self) -> Result<Transaction, StoreError> {
        Ok(self.transaction(match &self.pools {
            Pools::Sqlite(pools) => Connection::Sqlite(pools.begin_batch().await?),
            Pools::Postgres(pools) => Connection::Postgres(pools.begin_write().await?),
        }))
    }

    /// Every row of the answer to one short question, such as who has a key. It has connections of its own, so that it
    /// never waits for reports, and sees one state of the database without a transaction.
    pub(crate) async fn fetch_all(
        &self,
        statement: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        let sql = self.complete(statement, values, &Bulk::NONE);
        Ok(match &self.pools {
            Pools::Sqlite(pools) => {
                let rows = sqlite::query(sql, values, &Bulk::NONE).fetch_all(&pools.lookups).await?;
                rows.into_iter().map(|row| Row::of_sqlite(row, statement)).collect()
            }
            Pools::Postgres(pools) => {
                let rows = postgres::query(sql, values, &Bulk::NONE).fetch_all(&pools.lookups).await;
                rows.map_err(postgres::explain_wait)?
                    .into_iter()
                    .map(|row| Row::of_postgres(row, statement))
                    .collect()
            }
        })
    }

    /// The first row of the answer to one question, if there is one.
    pub(crate) async fn fetch_optional(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch_all(sql, values).await?.into_iter().next())
    }

    pub(crate) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite(pools) => pools.close().await,
            Pools::Postgres(pools) => pools.close().await,
        }
    }

    fn transaction(&self, connection: Connection) -> Transaction {
        Transaction {
            connection,
            #[cfg(test)]
            statements: self.statements.clone(),
        }
    }

    /// The whole text of a statement. All of it is ours: what comes from outside is a parameter.
    fn complete(&self, sql: &str, values: &[Value<'_>], bulk: &Bulk<'_>) -> String {
        let sql = complete(self.engine(), sql, values, bulk);
        #[cfg(test)]
        note(&self.statements, &sql);
        sql
    }
}

fn complete(engine: Engine, sql: &str, values: &[Value<'_>], bulk: &Bulk<'_>) -> String {
    let first = values.len() + 1;
    match engine {
        Engine::Sqlite => sqlite::complete(sql, bulk, first),
        Engine::Postgres => postgres::complete(sql, bulk, first),
    }
}

#[cfg(test)]
fn note(statements: &Statements, sql: &str) {
    statements.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(sql.to_owned());
}

/// A transaction on one connection.
#[derive(Debug)]
pub(crate) struct Transaction {
    connection: Connection,
    #[cfg(test)]
    statements: Statements,
}

#[derive(Debug)]
enum Connection {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

impl Transaction {
    pub(crate) fn engine(&self) -> Engine {
        match &self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// The text of a statement for this engine.
    pub(crate) fn pick(&self, sql: PerEngine) -> &'static str {
        match self.engine() {
            Engine::Sqlite => sql.sqlite,
            Engine::Postgres => sql.postgres,
        }
    }

    /// Every row of an answer.
    pub(crate) async fn fetch_all(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.run_fetch(sql, values, &Bulk::NONE).await
    }

    /// The first row, if there is one.
    pub(crate) async fn fetch_optional(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch_all(sql, values).await?.into_iter().next())
    }

    /// The one row of a question that always has an answer.
    pub(crate) async fn fetch_one(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Row, StoreError> {
        self.fetch_optional(sql, values).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    /// Changes rows; says how many.
    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        self.run_execute(sql, values, &Bulk::NONE).await
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
        self.run_fetch(sql, values, bulk).await
    }

    /// Changes many rows, which the statement sees as the table `input`.
    pub(crate) async fn bulk_execute(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        bulk: &Bulk<'_>,
    ) -> Result<(), StoreError> {
        if bulk.len() > 0 {
            self.run_execute(sql, values, bulk).await?;
        }
        Ok(())
    }

    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.connection {
            Connection::Sqlite(transaction) => transaction.commit().await?,
            Connection::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    async fn run_fetch(
        &mut self,
        statement: &'static str,
        values: &[Value<'_>],
        bulk: &Bulk<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = self.complete(statement, values, bulk);
        Ok(match &mut self.connection {
            Connection::Sqlite(transaction) => {
                let rows = sqlite::query(sql, values, bulk).fetch_all(&mut **transaction).await?;
                rows.into_iter().map(|row| Row::of_sqlite(row, statement)).collect()
            }
            Connection::Postgres(transaction) => {
                let rows = postgres::query(sql, values, bulk).fetch_all(&mut **transaction).await?;
                rows.into_iter().map(|row| Row::of_postgres(row, statement)).collect()
            }
        })
    }

    async fn run_execute(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        bulk: &Bulk<'_>,
    ) -> Result<u64, StoreError> {
        let sql = self.complete(sql, values, bulk);
        Ok(match &mut self.connection {
            Connection::Sqlite(transaction) => {
                sqlite::query(sql, values, bulk).execute(&mut **transaction).await?.rows_affected()
            }
            Connection::Postgres(transaction) => {
                postgres::query(sql, values, bulk).execute(&mut **transaction).await?.rows_affected()
            }
        })
    }

    /// The whole text of a statement, as [`Database::complete`] has it.
    fn complete(&self, sql: &str, values: &[Value<'_>], bulk: &Bulk<'_>) -> String {
        let sql = complete(self.engine(), sql, values, bulk);
        #[cfg(test)]
        note(&self.statements, &sql);
        sql
    }

    /// How the engine would answer a statement, step by step.
    #[cfg(test)]
    pub(crate) async fn explain(&mut self, sql: &str) -> Result<Vec<String>, StoreError> {
        match &mut self.connection {
            Connection::Sqlite(transaction) => Ok(sqlite::explain(transaction, sql).await?),
            Connection::Postgres(transaction) => Ok(postgres::explain(transaction, sql).await?),
        }
    }
}
