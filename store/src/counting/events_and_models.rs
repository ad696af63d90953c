//! The families that are counted beside messages, each from base rows of what users did: a rebuild and erasing treat them
//! alike. Another family has a field here, and a statement in each of the two lists.

use crate::StoreError;
use crate::counting::events::{EventCounters, EventRows, load_event_activity};
use crate::counting::models::{ModelCounters, ModelRows, load_model_activity};
use crate::engine::{Transaction, values};
use crate::rules::counter_set::CounterSet;
use crate::table_keys::BotKey;

/// For each family, the users of at most $3 base rows of bot $1 from user $2 on.
pub(crate) const NEXT_USERS: [&str; 2] = [
    "select user_key, 1 as facts from event_activity where bot_key = $1 and user_key >= $2
        order by user_key limit $3",
    "select user_key, 1 as facts from model_activity where bot_key = $1 and user_key >= $2
        order by user_key limit $3",
];
/// For each family, deletes the base rows of user $2 of bot $1.
const DELETE: [&str; 2] = [
    "delete from event_activity where bot_key = $1 and user_key = $2",
    "delete from model_activity where bot_key = $1 and user_key = $2",
];

/// The base rows of some users.
#[derive(Debug)]
pub(crate) struct EventsAndModels {
    events: EventRows,
    models: ModelRows,
}

impl EventsAndModels {
    /// The base rows of the users with keys from `first` up to `end`.
    pub(crate) async fn load(
        transaction: &mut Transaction,
        bot: BotKey,
        first: i64,
        end: i64,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            events: load_event_activity(transaction, bot, first, end).await?,
            models: load_model_activity(transaction, bot, first, end).await?,
        })
    }

    /// Adds what the users did to the counters of a set, or with `sign` −1 takes it out.
    pub(crate) async fn add_to(
        &self,
        transaction: &mut Transaction,
        bot: BotKey,
        set: &CounterSet,
        sign: i64,
    ) -> Result<(), StoreError> {
        EventCounters::count(set, &self.events, sign).save(transaction, bot).await?;
        ModelCounters::count(set, &self.models, sign).save(transaction, bot).await
    }

    /// Deletes the base rows of a user.
    pub(crate) async fn delete(
        transaction: &mut Transaction,
        bot: BotKey,
        user: i64,
    ) -> Result<(), StoreError> {
        for sql in DELETE {
            transaction.execute(sql, values![bot, user]).await?;
        }
        Ok(())
    }
}
