//! Tables: a row of column names, then rows, as text or as a sheet of Excel's.

mod cells;
pub(super) mod columns;
mod dates;
mod dialect;
mod rows;
mod sheet;

pub(super) use self::columns::{read, recognise};
pub(super) use self::dialect::find_delimiter;
pub(super) use self::rows::{Record, TextTable};

/// Most cells of a row.
const MAX_CELLS: usize = 20_000;

/// Where rows come from.
pub(super) trait Rows {
    /// The column names.
    fn names(&self) -> &[String];

    /// Reads a row. Gives back its number, the line on which it begins, or `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read, or nobody knows where the next row begins.
    fn read(&mut self, record: &mut Record) -> anyhow::Result<Option<u64>>;

    /// What was noticed since the last time, for people.
    fn take_notes(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// The place of a column; capital letters or small ones, as in most programs.
pub(super) fn find(names: &[String], name: &str) -> Option<usize> {
    let exact = names.iter().position(|known| known == name);
    exact.or_else(|| names.iter().position(|known| known.eq_ignore_ascii_case(name)))
}
