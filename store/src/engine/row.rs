//! What an answer has.

use super::postgres;
use crate::StoreError;

/// A row of an answer; columns are counted from 0.
#[derive(Debug)]
pub(crate) enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.optional_int(column)?.ok_or_else(|| unexpected_null(column))
    }

    pub(crate) fn optional_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        use sqlx::Row as _;
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get::<Option<postgres::Int>, _>(column)?.map(|value| value.0),
        })
    }

    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        Ok(self.int(column)? != 0)
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.optional_text(column)?.ok_or_else(|| unexpected_null(column))
    }

    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        use sqlx::Row as _;
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

fn unexpected_null(column: usize) -> StoreError {
    let source = Box::new(sqlx::error::UnexpectedNullError);
    sqlx::Error::ColumnDecode { index: column.to_string(), source }.into()
}
