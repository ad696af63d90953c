//! Tables: a row of column names, then rows, as text or as a sheet of Excel's.

mod cells;
pub(super) mod columns;
mod dates;
mod dialect;
mod numbers;
mod record;
mod rows;
mod sheet;
mod shown;

pub(super) use self::columns::{read, recognise};
pub(super) use self::dialect::find_delimiter;
pub(super) use self::record::{Record, Rows, find};
pub(super) use self::rows::TextTable;
