//! Another id of a person, as a client names it.

use analytics::ids::UserId;
use store::aliases::Alias;

use super::nothing::is_nothing;

/// Ids that clients send when they know none, in small letters: whoever has one is nobody in particular.
const NOBODY: [&str; 10] = [
    "0",
    "anonymous",
    "distinct_id",
    "distinctid",
    "email",
    "false",
    "guest",
    "id",
    "not_authenticated",
    "true",
];

/// Another id of a user; `None` where either is no id, nobody's in particular, or both are the same.
pub fn read_alias(id: &str, user: &str) -> Option<Alias> {
    let is_somebody = |id: &str| {
        let id = id.trim_matches(['"', '\'']);
        !is_nothing(id) && !NOBODY.contains(&id.to_lowercase().as_str())
    };
    if id == user || !is_somebody(id) || !is_somebody(user) {
        return None;
    }
    Some(Alias { id: UserId::parse(id).ok()?, user_id: UserId::parse(user).ok()? })
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
