//! One person under several ids: a visitor who says later who they are is one user, and so is what the visitor said before.

use std::collections::BTreeSet;

use analytics::ids::{BotId, UserId};
use store::aliases::Alias;

use super::batch::Batch;
use crate::problem::Problem;
use crate::state::ServerState;

/// What clients send for an id when they know none, in small letters: whoever has it is nobody in particular.
const NOBODY: [&str; 15] = [
    "0",
    "anonymous",
    "distinct_id",
    "distinctid",
    "email",
    "false",
    "guest",
    "id",
    "nan",
    "none",
    "not_authenticated",
    "null",
    "[object object]",
    "true",
    "undefined",
];

/// Another id of a user; `None` where either is no id, nobody's in particular, or both are the same.
pub fn read_alias(id: &str, user: &str) -> Option<Alias> {
    let is_somebody = |id: &str| !NOBODY.contains(&id.trim_matches(['"', '\'']).to_lowercase().as_str());
    if id == user || !is_somebody(id) || !is_somebody(user) {
        return None;
    }
    Some(Alias { id: UserId::parse(id).ok()?, user_id: UserId::parse(user).ok()? })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_in_particular_is_no_other_id_of_a_user() {
        for (id, user) in [
            ("", "ada"),
            ("visitor", ""),
            ("ada", "ada"),
            ("Anonymous", "ada"),
            ("visitor", "undefined"),
            ("\"guest\"", "ada"),
            ("[object Object]", "ada"),
        ] {
            assert_eq!(read_alias(id, user), None, "{id} {user}");
        }
        assert!(read_alias(&"x".repeat(201), "ada").is_none());
        assert!(read_alias("visitor", "ada").is_some());
    }
}
