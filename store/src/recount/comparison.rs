//! What a recount has found to differ so far.

use analytics::ids::BotId;

use crate::StoreError;
use crate::counting::rows::Rows;
use crate::counting::table::Table;
use crate::difference::Difference;
use crate::engine::Transaction;
use crate::table_keys::BotKey;

/// What to do where stored rows differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Only say so.
    Compare,
    /// Replace them.
    Repair,
}

/// The tables of a bot that are compared with their recount.
#[derive(Debug)]
pub(super) struct Comparison {
    bot_id: BotId,
    /// The bot's key.
    bot: BotKey,
    action: Action,
    pub(super) differences: Vec<Difference>,
}

impl Comparison {
    pub(super) fn new(bot_id: BotId, bot: BotKey, action: Action) -> Self {
        Self { bot_id, bot, action, differences: Vec::new() }
    }

    /// Notes where a table differs from its recount, and replaces the rows that do if asked to.
    pub(super) async fn compare_and_repair<const K: usize, const V: usize>(
        &mut self,
        transaction: &mut Transaction,
        table: &Table<K, V>,
        stored: Rows<K, V>,
        recounted: Rows<K, V>,
    ) -> Result<(), StoreError> {
        let wrong = table.compare(self.bot_id, &stored, &recounted, &mut self.differences);
        if self.action == Action::Repair {
            table.replace(transaction, self.bot, &wrong).await?;
        }
        Ok(())
    }

    /// Notes a number that differs from its recount. It cannot be repaired by replacing rows.
    pub(super) fn compare_number(&mut self, counter: &str, stored: i64, recounted: i64) {
        if stored != recounted {
            let (bot_id, counter) = (self.bot_id, counter.to_owned());
            self.differences.push(Difference { bot_id, counter, stored, recounted });
        }
    }
}
