//! Rows of integers by keys of integers.

use std::collections::BTreeMap;

use crate::StoreError;
use crate::engine::Row;

/// Rows by key. A row that is not there is a row of zeros.
pub(crate) type Rows<const K: usize, const V: usize> = BTreeMap<[i64; K], [i64; V]>;

/// Adds what a row counts.
pub(crate) fn add_row<const K: usize, const V: usize>(rows: &mut Rows<K, V>, key: [i64; K], more: [i64; V]) {
    let sums = rows.entry(key).or_insert([0; V]);
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// Rows with their keys, in the order of the keys.
pub(crate) fn pairs<const K: usize, const V: usize>(
    rows: &Rows<K, V>,
) -> impl Iterator<Item = ([i64; K], [i64; V])> {
    rows.iter().map(|(key, values)| (*key, *values))
}

/// Reads rows by the names of their key columns and of their value columns.
pub(crate) fn read_rows<const K: usize, const V: usize>(
    rows: &[Row],
    keys: [&'static str; K],
    values: [&'static str; V],
) -> Result<Rows<K, V>, StoreError> {
    let mut found = Rows::new();
    for row in rows {
        let (mut key, mut sums) = ([0; K], [0; V]);
        for (cell, column) in key.iter_mut().chain(&mut sums).zip(keys.iter().chain(&values)) {
            *cell = row.int(column)?;
        }
        found.insert(key, sums);
    }
    Ok(found)
}
