//! What an error of a driver means to the rooms above.

use std::sync::Arc;

use super::{postgres, sqlite};
use crate::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if sqlite::is_locked(&error) || postgres::is_locked(&error) {
            Self::Busy
        } else if postgres::is_away(&error) {
            Self::Unavailable(Arc::new(error))
        } else {
            Self::Database(error)
        }
    }
}
