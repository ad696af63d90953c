//! What an answer has.

use super::postgres;
use crate::StoreError;

/// A row of an answer. Its columns are read by their names.
#[derive(Debug)]
pub(crate) struct Row {
    cells: Cells,
    /// The statement that it answers, which an error tells the tables of.
    statement: &'static str,
}

#[derive(Debug)]
enum Cells {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

impl Row {
    pub(super) fn of_sqlite(row: sqlx::sqlite::SqliteRow, statement: &'static str) -> Self {
        Self { cells: Cells::Sqlite(row), statement }
    }

    pub(super) fn of_postgres(row: sqlx::postgres::PgRow, statement: &'static str) -> Self {
        Self { cells: Cells::Postgres(row), statement }
    }

    /// A number that is always there.
    pub(crate) fn int(&self, column: &'static str) -> Result<i64, StoreError> {
        self.optional_int(column)?.ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn optional_int(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        use sqlx::Row as _;
        Ok(match &self.cells {
            Cells::Sqlite(row) => row.try_get(find_column(row, column)?)?,
            Cells::Postgres(row) => row.try_get::<Option<postgres::Int>, _>(column)?.map(|value| value.0),
        })
    }

    /// Truth, which is stored as 0 or 1.
    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    /// A text that is always there.
    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.optional_text(column)?.ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn optional_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        use sqlx::Row as _;
        Ok(match &self.cells {
            Cells::Sqlite(row) => row.try_get(find_column(row, column)?)?,
            Cells::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The error for a column that holds what it cannot, with the tables that the statement reads.
    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        StoreError::Corrupt { table: find_tables(self.statement).into(), column }
    }
}

/// Where a column stands. There are few: to compare their names takes less time than to hash one.
fn find_column(row: &sqlx::sqlite::SqliteRow, column: &str) -> Result<usize, sqlx::Error> {
    use sqlx::{Column as _, Row as _};
    let place = row.columns().iter().position(|other| other.name() == column);
    place.ok_or_else(|| sqlx::Error::ColumnNotFound(column.to_owned()))
}

/// The tables that a statement reads or writes: every name behind `from`, `join`, `into` or `update` that is none of the
/// statement's own (`input`, and what `with` names).
fn find_tables(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let mut tables: Vec<&str> = Vec::new();
    for pair in words.windows(2) {
        let name = pair[1].trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let is_named = ["from", "join", "into", "update"].contains(&pair[0].trim_start_matches('('));
        let is_nested = pair[1].starts_with('(');
        let is_own = name == "input"
            || [" as (", " as materialized (", " (place, "]
                .iter()
                .any(|behind| statement.contains(&format!("{name}{behind}")));
        if is_named && !is_nested && !is_own && !name.is_empty() && !tables.contains(&name) {
            tables.push(name);
        }
    }
    tables.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_tables_of_its_statement() {
        for (statement, tables) in [
            ("select name from channels where bot_key = $1", "channels"),
            ("select input.place from input left join facts on facts.bot_key = $1", "facts"),
            (
                ", near as materialized (select input.* from input) select place from near left join users on true",
                "users",
            ),
            (
                ", walk (place, at) as (select 1 from input left join facts on true) select at from walk",
                "facts",
            ),
            ("select count(*) as rows from (select 1 from activity limit $2) as found", "activity"),
            (
                "update bot_state set next_fact_key = 2 where bot_key = $1 returning next_fact_key",
                "bot_state",
            ),
            (
                "insert into bots (bot_id) values ($1) on conflict (bot_id) do nothing returning bot_key",
                "bots",
            ),
            ("select bot_key from bots join bot_state on true", "bots, bot_state"),
        ] {
            assert_eq!(find_tables(statement), tables, "{statement}");
        }
    }
}
