//! One person under several ids: visitors of a page who say later who they are.

use std::collections::HashMap;

use analytics::ids::{BotId, UserId};

use crate::bots::{StoredBot, find_bot_key, lock_bot};
use crate::engine::{Bulk, Transaction, values};
use crate::moving::move_all;
use crate::table_keys::BotKey;
use crate::{Store, StoreError};

/// Another id of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alias {
    /// The id under which the person was known, or may be known elsewhere.
    pub id: UserId,
    /// The user.
    pub user_id: UserId,
}

impl Store {
    /// The users to whom these ids belong; ids that are nobody else's are left out.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when they cannot be read.
    pub async fn find_aliases(
        &self,
        bot: BotId,
        ids: &[&str],
    ) -> Result<HashMap<String, UserId>, StoreError> {
        let mut transaction = self.database().read().await?;
        match find_bot_key(&mut transaction, bot).await? {
            Some(key) => find(&mut transaction, key, ids).await,
            None => Ok(HashMap::new()),
        }
    }

    /// Names other ids of users. An id belongs to the user with whom it was named first, and stays theirs. What was counted
    /// under the id is counted as the user's, as far as [`Store::move_facts`] can move it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody else holds the bot for long: nothing has changed then.
    pub async fn add_aliases(&self, bot: BotId, aliases: &[Alias]) -> Result<(), StoreError> {
        let mut transaction = self.database().write().await?;
        let Some(stored) = lock_bot(&mut transaction, bot).await? else { return Ok(()) };
        let ids = aliases.iter().flat_map(|alias| [alias.id.as_str(), alias.user_id.as_str()]);
        let mut known = find(&mut transaction, stored.key, &ids.collect::<Vec<_>>()).await?;
        for alias in aliases {
            let user = known.get(alias.user_id.as_str()).unwrap_or(&alias.user_id).clone();
            if user == alias.id || known.contains_key(alias.id.as_str()) {
                continue;
            }
            add(&mut transaction, &stored, &alias.id, &user).await?;
            move_all(&mut transaction, bot, &alias.id, &user).await?;
            known.values_mut().filter(|other| **other == alias.id).for_each(|other| *other = user.clone());
            known.insert(alias.id.as_str().to_owned(), user);
        }
        transaction.commit().await
    }
}

/// Whoever was known by the id until now has it as one of several.
async fn add(
    transaction: &mut Transaction,
    stored: &StoredBot,
    id: &UserId,
    user: &UserId,
) -> Result<(), StoreError> {
    for sql in [
        "update user_aliases set user_id = $3 where bot_key = $1 and user_id = $2",
        "insert into user_aliases (bot_key, alias_id, user_id) values ($1, $2, $3)",
    ] {
        transaction.execute(sql, values![stored.key, id.as_str(), user.as_str()]).await?;
    }
    Ok(())
}

async fn find(
    transaction: &mut Transaction,
    bot: BotKey,
    ids: &[&str],
) -> Result<HashMap<String, UserId>, StoreError> {
    // Most bots have none: they are spared the question for each id.
    let has_any = "select 1 as is_there from user_aliases where bot_key = $1 limit 1";
    if ids.is_empty() || transaction.fetch_optional(has_any, values![bot]).await?.is_none() {
        return Ok(HashMap::new());
    }
    let bulk = Bulk::new().texts("id", ids.iter().copied());
    let sql = "select id, user_id from (select input.id, (select user_aliases.user_id from user_aliases
            where user_aliases.bot_key = $1 and user_aliases.alias_id = input.id) as user_id from input) as found
        where user_id is not null";
    let mut found = HashMap::new();
    for row in transaction.bulk_fetch(sql, values![bot], &bulk).await? {
        let user = UserId::parse(row.text("user_id")?).map_err(|_| row.corrupt("user_id"))?;
        found.insert(row.text("id")?, user);
    }
    Ok(found)
}
