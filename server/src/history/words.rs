//! Words that tables and exports have for who spoke.

use analytics::fact::Direction::{self, Incoming, Outgoing};

const INCOMING: [&str; 22] = [
    "incoming", "in", "inbound", "user", "human", "customer", "client", "visitor", "contact", "received",
    "receive", "guest", "enduser", "person", "lead", "member", "caller", "consumer", "question", "request",
    "mo", "prompt",
];
const OUTGOING: [&str; 23] = [
    "outgoing",
    "out",
    "outbound",
    "bot",
    "assistant",
    "agent",
    "sent",
    "send",
    "ai",
    "chatbot",
    "botmessage",
    "virtualagent",
    "virtualassistant",
    "robot",
    "operator",
    "admin",
    "support",
    "answer",
    "reply",
    "response",
    "mt",
    "model",
    "machine",
];

/// The direction that a word tells, in capital letters or small ones, with spaces, underscores and hyphens or without.
/// Whoever answers, a bot or a person, sends to the user. `None` for any other word.
pub(super) fn read_direction(word: &str) -> Option<Direction> {
    let word: String =
        word.trim().chars().filter(|letter| !" _-".contains(*letter)).flat_map(char::to_lowercase).collect();
    if INCOMING.contains(&&*word) {
        Some(Incoming)
    } else if OUTGOING.contains(&&*word) {
        Some(Outgoing)
    } else {
        None
    }
}

/// Whether a word is one that databases write where there is nothing.
pub(super) fn is_null(cell: &str) -> bool {
    matches!(cell, "NULL" | "\\N" | "(null)" | "<null>" | "[NULL]")
}

/// What a word for yes or no says.
pub(super) fn read_flag(word: &str) -> Option<bool> {
    match word.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" | "y" | "t" | "ja" | "wahr" | "oui" | "vrai" | "si" | "sí" => Some(true),
        "false" | "no" | "0" | "n" | "f" | "nein" | "falsch" | "non" | "faux" => Some(false),
        _ => None,
    }
}
