//! Tables of sums: rows of integers by keys of integers. What changes them only adds, so a batch, a late fact and a
//! recount all come out as rows of one kind.

use super::rows::{Rows, read_rows};
use super::table::Table;
use crate::StoreError;
use crate::engine::{Transaction, Value, values};
use crate::table_keys::BotKey;

/// A table of sums.
pub(crate) struct SumTable<const K: usize, const V: usize> {
    /// As a recount compares and replaces it.
    pub(crate) table: Table<K, V>,
    /// Adds the rows of `input` for bot $1.
    pub(crate) add: &'static str,
    /// Deletes those of the rows of `input` of bot $1 that count nothing.
    pub(crate) delete_empty: &'static str,
    /// Finds rows of bot $1.
    pub(crate) load: &'static str,
}

/// A [`SumTable`] from the names of its columns, from the condition of a row in which nothing is left, and from the condition
/// by which its rows are loaded.
macro_rules! sum_table {
    (
        $table:literal, [$first_key:literal $(, $key:literal)*], [$first:literal $(, $value:literal)*],
        empty: $empty:literal, load: $load:literal
    ) => {
        $crate::counting::sums::SumTable {
            table: $crate::counting::table::Table {
                name: $table,
                keys: [$first_key $(, $key)*],
                values: [$first $(, $value)*],
                upsert: concat!(
                    "insert into ", $table, " (bot_key, ", $first_key, $(", ", $key,)* ", ", $first, $(", ", $value,)*
                    ") select $1, ", $first_key, $(", ", $key,)* ", ", $first, $(", ", $value,)*
                    " from input where true on conflict (bot_key, ", $first_key, $(", ", $key,)* ") do update set ",
                    $first, " = excluded.", $first, $(", ", $value, " = excluded.", $value,)*
                ),
                delete: Some(concat!(
                    "delete from ", $table, " where bot_key = $1 and (", $first_key, $(", ", $key,)*
                    ") in (select ", $first_key, $(", ", $key,)* " from input)"
                )),
            },
            add: concat!(
                "insert into ", $table, " (bot_key, ", $first_key, $(", ", $key,)* ", ", $first, $(", ", $value,)*
                ") select $1, ", $first_key, $(", ", $key,)* ", ", $first, $(", ", $value,)*
                " from input where true on conflict (bot_key, ", $first_key, $(", ", $key,)* ") do update set ",
                $first, " = ", $table, ".", $first, " + excluded.", $first,
                $(", ", $value, " = ", $table, ".", $value, " + excluded.", $value,)*
            ),
            delete_empty: concat!(
                "delete from ", $table, " where bot_key = $1 and ", $empty, " and (", $first_key, $(", ", $key,)*
                ") in (select ", $first_key, $(", ", $key,)* " from input)"
            ),
            load: concat!(
                "select ", $first_key, $(", ", $key,)* ", ", $first, $(", ", $value,)* " from ", $table,
                " where bot_key = $1 and ", $load
            ),
        }
    };
}
pub(crate) use sum_table;

impl<const K: usize, const V: usize> SumTable<K, V> {
    /// Adds rows to the stored ones.
    pub(crate) async fn add(
        &self,
        transaction: &mut Transaction,
        bot: BotKey,
        rows: impl Iterator<Item = ([i64; K], [i64; V])>,
    ) -> Result<(), StoreError> {
        let changes: Vec<_> = rows.filter(|(_, values)| *values != [0; V]).collect();
        transaction.bulk_execute(self.add, values![bot], &self.table.bulk(&changes)).await
    }

    /// Deletes those rows in which nothing is left, of which something was taken away.
    pub(crate) async fn delete_empty(
        &self,
        transaction: &mut Transaction,
        bot: BotKey,
        rows: impl Iterator<Item = ([i64; K], [i64; V])>,
    ) -> Result<(), StoreError> {
        let fewer: Vec<_> = rows.filter(|(_, values)| values.iter().any(|value| *value < 0)).collect();
        transaction.bulk_execute(self.delete_empty, values![bot], &self.table.bulk(&fewer)).await
    }

    /// The stored rows that the table's condition, with its parameters, finds.
    pub(crate) async fn load(
        &self,
        transaction: &mut Transaction,
        values: &[Value<'_>],
    ) -> Result<Rows<K, V>, StoreError> {
        read_rows(&transaction.fetch_all(self.load, values).await?, self.table.keys, self.table.values)
    }
}
