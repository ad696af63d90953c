//! One person under several ids: a visitor who says later who they are is one user, and so is what the visitor said before.

use std::collections::BTreeSet;

use analytics::ids::BotId;
use store::aliases::Alias;

use super::batch::Batch;
use crate::problem::Problem;
use crate::state::ServerState;

/// Gives every item to the user to whom its id belongs, by what was named before and by what the batch names.
///
/// # Errors
/// 503 when the store cannot be asked; nothing of the batch is stored then.
pub async fn settle(state: &ServerState, bot: BotId, batch: &mut Batch) -> Result<(), Problem> {
    let store = &state.context.store;
    let aliases = std::mem::take(&mut batch.aliases);
    let ids: BTreeSet<&str> = batch.user_ids().chain(aliases.iter().map(|alias| alias.id.as_str())).collect();
    let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut known = store.find_aliases(bot, &ids).await?;
    let new: Vec<Alias> =
        aliases.into_iter().filter(|alias| !known.contains_key(alias.id.as_str())).collect();
    if !new.is_empty() {
        store.add_aliases(bot, &new).await?;
        known = store.find_aliases(bot, &ids).await?;
    }
    batch.rename_users(&known);
    Ok(())
}
