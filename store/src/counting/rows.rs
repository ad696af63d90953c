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

/// Keys in the first columns, values in those behind.
pub(crate) fn read_rows<const K: usize, const V: usize>(rows: &[Row]) -> Result<Rows<K, V>, StoreError> {
    let mut found = Rows::new();
    for row in rows {
        let (mut key, mut values) = ([0; K], [0; V]);
        for (column, cell) in key.iter_mut().chain(&mut values).enumerate() {
            *cell = row.int(column)?;
        }
        found.insert(key, values);
    }
    Ok(found)
}
