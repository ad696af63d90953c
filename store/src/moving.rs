//! Facts of a user who was known by a trace or a conversation alone, until somebody was named.

use analytics::fact::Fact;
use analytics::ids::{BotId, SessionId, UserId};

use crate::bots::lock_bot;
use crate::counting::activity::load_activity;
use crate::engine::{Transaction, values};
use crate::erasing::erase;
use crate::export::load_by_keys;
use crate::ingest::store_facts;
use crate::raw_facts::load_facts;
use crate::{Store, StoreError};

/// Most facts that the old user may have for any to move: all of them are read and counted again.
pub const MAX_MOVED_FACTS: usize = 2_000;

impl Store {
    /// Gives the facts of `from` whose ids begin with `prefix` to another user, with everything that was counted of them,
    /// and a session to those that name none. Says how many they are: none where `from` has more than [`MAX_MOVED_FACTS`], or some that are older than the
    /// raw facts that are kept.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody else holds the bot for long: nothing has moved then.
    pub async fn move_facts(
        &self,
        bot: BotId,
        prefix: &str,
        from: &UserId,
        to: &UserId,
        session: Option<&SessionId>,
    ) -> Result<u64, StoreError> {
        let mut transaction = self.database().write().await?;
        let moved = move_between(&mut transaction, bot, prefix, from, to, session).await?;
        if moved > 0 {
            transaction.commit().await?;
        }
        Ok(moved)
    }
}

/// Gives everything of a user to another, within the limits of [`Store::move_facts`].
pub(crate) async fn move_all(
    transaction: &mut Transaction,
    bot: BotId,
    from: &UserId,
    to: &UserId,
) -> Result<u64, StoreError> {
    move_between(transaction, bot, "", from, to, None).await
}

async fn move_between(
    transaction: &mut Transaction,
    bot: BotId,
    prefix: &str,
    from: &UserId,
    to: &UserId,
    session: Option<&SessionId>,
) -> Result<u64, StoreError> {
    let Some(stored) = lock_bot(transaction, bot).await? else { return Ok(0) };
    let sql = "select user_key from users where bot_key = $1 and user_id = $2";
    let row = transaction.fetch_optional(sql, values![stored.key, from.as_str()]).await?;
    let Some(user) = row.map(|row| row.int("user_key")).transpose()? else { return Ok(0) };
    let sessions = stored.rules.live.revisions.sessions;
    let activity = load_activity(transaction, stored.key, sessions, user, user + 1).await?;
    if activity.keys().any(|[.., quarter]| *quarter < stored.raw_from) {
        // Some of it is only a figure any more, and cannot be counted again.
        return Ok(0);
    }
    let raw = load_facts(transaction, stored.key, 0, user, user + 1).await?;
    if raw.len() > MAX_MOVED_FACTS {
        return Ok(0);
    }
    let mut facts = load_by_keys(transaction, stored.key, raw.iter().map(|fact| fact.key)).await?;
    let moved = rename(&mut facts, prefix, to, session);
    if moved > 0 {
        erase(transaction, &stored, user).await?;
        store_facts(transaction, bot, &facts.iter().collect::<Vec<_>>()).await?;
    }
    Ok(moved)
}

/// Names another user in the facts whose ids begin with `prefix`, and a session where they name none; says how many they
/// are.
fn rename(facts: &mut [Fact], prefix: &str, to: &UserId, session: Option<&SessionId>) -> u64 {
    let mut moved = 0;
    for fact in facts.iter_mut().filter(|fact| fact.id.as_str().starts_with(prefix)) {
        fact.user_id = to.clone();
        fact.session_id = fact.session_id.take().or_else(|| session.cloned());
        moved += 1;
    }
    moved
}
