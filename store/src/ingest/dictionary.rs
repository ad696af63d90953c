//! A bot's own names for one kind of thing, as small integers.

use std::collections::HashMap;

use analytics::fact::ModelUse;

use crate::StoreError;
use crate::engine::{Transaction, values};
use crate::table_keys::BotKey;

/// Names with their keys.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    keys: HashMap<String, i64>,
    /// Those that were unknown before the batch.
    pub(super) new: Vec<(i64, String)>,
}

impl Dictionary {
    /// Every name that the bot has.
    pub(super) async fn load(
        transaction: &mut Transaction,
        bot: BotKey,
        sql: &'static str,
    ) -> Result<Self, StoreError> {
        let mut names = Self::default();
        for row in transaction.fetch_all(sql, values![bot]).await? {
            names.keys.insert(row.text("name")?, row.int("key")?);
        }
        Ok(names)
    }

    pub(super) fn key(&self, name: &str) -> Option<i64> {
        self.keys.get(name).copied()
    }

    /// Whether there is room for a name.
    pub(super) fn has_room(&self, name: &str, most: usize) -> bool {
        self.keys.contains_key(name) || self.keys.len() < most
    }

    /// Gives a name its key, if it has none.
    pub(super) fn add(&mut self, name: &str) {
        if !self.keys.contains_key(name) {
            let key = next_key(self.keys.len());
            self.keys.insert(name.to_owned(), key);
            self.new.push((key, name.to_owned()));
        }
    }
}

/// The name under which a model's use is counted: without one it is the empty one.
pub(super) fn model_name(used: &ModelUse) -> &str {
    used.model.as_deref().unwrap_or_default()
}

/// Keys are given without gaps from 1 and never taken back.
pub(super) fn next_key(known: usize) -> i64 {
    i64::try_from(known).unwrap_or(i64::MAX - 1) + 1
}
