//! A derived table as rows of integers: compared with its recount, and replaced by it where it differs.

use std::collections::BTreeSet;

use analytics::ids::BotId;

use crate::StoreError;
use crate::counting::rows::Rows;
use crate::difference::Difference;
use crate::engine::{Bulk, Transaction, values};
use crate::table_keys::BotKey;

/// A derived table.
pub(crate) struct Table<const K: usize, const V: usize> {
    pub(crate) name: &'static str,
    pub(crate) keys: [&'static str; K],
    pub(crate) values: [&'static str; V],
    /// Writes the rows of `input` for bot $1, new ones and present ones.
    pub(crate) upsert: &'static str,
    /// Deletes the rows of `input` of bot $1; without it rows of zeros are written like any other.
    pub(crate) delete: Option<&'static str>,
}

impl<const K: usize, const V: usize> Table<K, V> {
    /// The recounted rows that differ from the stored ones.
    pub(crate) fn changes(&self, stored: &Rows<K, V>, recounted: &Rows<K, V>) -> Vec<([i64; K], [i64; V])> {
        let row = |rows: &Rows<K, V>, key| rows.get(key).copied().unwrap_or([0; V]);
        let keys: BTreeSet<&[i64; K]> = stored.keys().chain(recounted.keys()).collect();
        let keys = keys.into_iter().filter(|key| row(stored, *key) != row(recounted, *key));
        keys.map(|key| (*key, row(recounted, key))).collect()
    }

    /// The same, each value noted in `differences`.
    pub(crate) fn compare(
        &self,
        bot: BotId,
        stored: &Rows<K, V>,
        recounted: &Rows<K, V>,
        differences: &mut Vec<Difference>,
    ) -> Vec<([i64; K], [i64; V])> {
        let wrong = self.changes(stored, recounted);
        for (key, recounted) in &wrong {
            let stored = stored.get(key).copied().unwrap_or([0; V]);
            for ((column, stored), &recounted) in self.values.iter().zip(stored).zip(recounted) {
                if stored != recounted {
                    let counter = self.name_counter(column, key);
                    differences.push(Difference { bot_id: bot, counter, stored, recounted });
                }
            }
        }
        wrong
    }

    /// Replaces rows.
    pub(crate) async fn replace(
        &self,
        transaction: &mut Transaction,
        bot: BotKey,
        rows: &[([i64; K], [i64; V])],
    ) -> Result<(), StoreError> {
        let is_gone = |row: &([i64; K], [i64; V])| self.delete.is_some() && row.1 == [0; V];
        let (gone, there): (Vec<_>, Vec<_>) = rows.iter().copied().partition(is_gone);
        transaction.bulk_execute(self.upsert, values![bot], &self.bulk(&there)).await?;
        match self.delete {
            Some(delete) => transaction.bulk_execute(delete, values![bot], &self.bulk(&gone)).await,
            None => Ok(()),
        }
    }

    /// Rows as the table `input`.
    pub(crate) fn bulk(&self, rows: &[([i64; K], [i64; V])]) -> Bulk<'static> {
        let mut bulk = Bulk::new();
        for (place, name) in self.keys.iter().enumerate() {
            bulk = bulk.ints(name, rows.iter().map(|(key, _)| key[place]));
        }
        for (place, name) in self.values.iter().enumerate() {
            bulk = bulk.ints(name, rows.iter().map(|(_, values)| values[place]));
        }
        bulk
    }

    fn name_counter(&self, column: &str, key: &[i64; K]) -> String {
        let key: Vec<String> =
            self.keys.iter().zip(key).map(|(name, value)| format!("{name} {value}")).collect();
        format!("{}.{column} of {}", self.name, key.join(", "))
    }
}
