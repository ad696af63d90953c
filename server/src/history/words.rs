//! Words that tables and exports have for who spoke.

use analytics::fact::Direction::{self, Incoming, Outgoing};

use crate::intake::nothing;

const INCOMING: [&str; 43] = [
    "incoming",
    "in",
    "inbound",
    "user",
    "human",
    "customer",
    "client",
    "visitor",
    "contact",
    "received",
    "receive",
    "guest",
    "enduser",
    "person",
    "lead",
    "member",
    "caller",
    "consumer",
    "question",
    "request",
    "mo",
    "prompt",
    "usermessage",
    "fromuser",
    "userinput",
    "usersaid",
    "useruttered",
    "query",
    "q",
    "humanmessage",
    "input",
    "enduserquestion",
    "kunde",
    "kundin",
    "nutzer",
    "nutzerin",
    "benutzer",
    "eingehend",
    "utilisateur",
    "entrant",
    "usuario",
    "entrante",
    "utente",
];
const OUTGOING: [&str; 37] = [
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
    "aimessage",
    "assistantmessage",
    "frombot",
    "botsaid",
    "botuttered",
    "output",
    "a",
    "ausgehend",
    "antwort",
    "assistent",
    "sortant",
    "saliente",
    "asistente",
    "assistente",
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

/// Whether a word is one that databases write where there is nothing, also in place of what somebody wrote.
pub(super) fn is_null(cell: &str) -> bool {
    matches!(cell, "NULL" | "\\N" | "(null)" | "<null>" | "[NULL]")
}

/// Whether a cell stands for no name and no number. Somebody may have written such a word, so it is a text all the same.
pub(super) fn is_nothing(cell: &str) -> bool {
    is_null(cell) || nothing::is_nothing(cell) || ["n/a", "#n/a", "-", "–"].contains(&&*cell.to_lowercase())
}

/// Whether a word is what a message holds, and no direction and no name of an event.
pub(super) fn is_content(word: &str) -> bool {
    const KINDS: [&str; 16] = [
        "text",
        "image",
        "file",
        "audio",
        "video",
        "voice",
        "sticker",
        "location",
        "document",
        "contact",
        "card",
        "chat",
        "template",
        "button",
        "quick_reply",
        "attachment",
    ];
    KINDS.iter().any(|kind| word.trim().eq_ignore_ascii_case(kind))
}

/// What a word for yes or no says.
pub(super) fn read_flag(word: &str) -> Option<bool> {
    match word.trim().to_lowercase().as_str() {
        "true" | "yes" | "1" | "y" | "t" | "ja" | "wahr" | "oui" | "vrai" | "si" | "sí" => Some(true),
        "false" | "no" | "0" | "n" | "f" | "nein" | "falsch" | "non" | "faux" => Some(false),
        _ => None,
    }
}
