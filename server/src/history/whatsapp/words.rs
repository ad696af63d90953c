//! What the app writes itself, in the languages that are most used.

/// What a message holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// What somebody wrote.
    Words(String),
    /// A file, a picture or something else without words.
    Attachment,
    /// Nothing that anybody said, by name.
    Nothing(&'static str),
}

const DELETED: [&str; 9] = [
    "this message was deleted",
    "you deleted this message",
    "diese nachricht wurde gelöscht",
    "du hast diese nachricht gelöscht",
    "se eliminó este mensaje",
    "eliminaste este mensaje",
    "ce message a été supprimé",
    "mensagem apagada",
    "questo messaggio è stato eliminato",
];
const CALLS: [&str; 10] = [
    "missed voice call",
    "missed video call",
    "missed group",
    "voice call",
    "video call",
    "no answer",
    "verpasster",
    "sprachanruf",
    "videoanruf",
    "llamada",
];
/// What stands alone in place of a call where no mark is.
const LONE_CALLS: [&str; 6] = [
    "missed voice call",
    "missed video call",
    "verpasster sprachanruf",
    "verpasster videoanruf",
    "appel vocal manqué",
    "llamada perdida",
];
const ENCRYPTION: [&str; 7] = [
    "uses a secure service from meta",
    "end-to-end encrypted",
    "ende-zu-ende-verschlüsselt",
    "cifrado de extremo a extremo",
    "cifrados de extremo a extremo",
    "chiffrés de bout en bout",
    "crittografati end-to-end",
];
const EDITED: [&str; 4] = [
    "<This message was edited>",
    "<Diese Nachricht wurde bearbeitet.>",
    "<Se editó este mensaje.>",
    "<Ce message a été modifié>",
];
/// What stands behind the name of a file that was exported too.
const ATTACHED: [&str; 6] = [
    "(file attached)",
    "(Datei angehängt)",
    "(archivo adjunto)",
    "(fichier joint)",
    "(arquivo anexado)",
    "(file allegato)",
];

/// Marks of direction, which are not seen.
pub(super) fn is_mark(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a text is the app's own, in the name of a chat.
pub(super) fn is_of_app(text: &str) -> bool {
    let text = text.to_lowercase();
    ENCRYPTION.iter().any(|known| text.contains(known)) && text.len() < 400
}

impl Content {
    /// What a message's text says. The app puts a mark that nobody can type before what it writes itself.
    pub(super) fn of(text: &str) -> Self {
        let text = EDITED.iter().fold(text.to_owned(), |text, edited| text.replace(edited, ""));
        let plain: String = text.chars().filter(|char| !is_mark(*char)).collect();
        let (plain, lower) = (plain.trim(), plain.trim().to_lowercase());
        let is_marked = text.starts_with('\u{200e}');
        if DELETED.iter().any(|known| lower.starts_with(known)) && lower.len() < 60 {
            return Self::Nothing("deleted");
        }
        if LONE_CALLS.contains(&lower.as_str()) {
            return Self::Nothing("call");
        }
        // Android's word for a picture that was to be seen once.
        if plain == "null" {
            return Self::Attachment;
        }
        if is_marked && CALLS.iter().any(|known| lower.starts_with(known)) {
            return Self::Nothing("call");
        }
        let first = plain.lines().next().unwrap_or_default();
        if ATTACHED.iter().any(|known| first.ends_with(known)) {
            let caption = plain.split_once('\n').map_or("", |(_, caption)| caption);
            return if caption.is_empty() { Self::Attachment } else { Self::Words(caption.to_owned()) };
        }
        let is_replaced = plain.starts_with('<') && plain.ends_with('>') && !plain.contains('\n');
        if plain.is_empty() || is_marked || is_replaced {
            Self::Attachment
        } else {
            Self::Words(plain.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_writes_is_told_from_words() {
        let words = |text: &str| Content::Words(text.to_owned());
        for (text, content) in [
            ("hello\nyou", words("hello\nyou")),
            ("hello \u{200e}<This message was edited>", words("hello")),
            ("<Media omitted>", Content::Attachment),
            ("\u{200e}image omitted", Content::Attachment),
            ("\u{200e}<attached: 1.jpg>", Content::Attachment),
            ("", Content::Attachment),
            ("a.pdf (file attached)\nmy invoice", words("my invoice")),
            ("a.pdf (Datei angehängt)", Content::Attachment),
            ("This message was deleted.", Content::Nothing("deleted")),
            ("\u{200e}Missed voice call", Content::Nothing("call")),
            ("voice call me", words("voice call me")),
        ] {
            assert_eq!(Content::of(text), content, "{text}");
        }
        assert!(is_of_app(
            "\u{200e}Messages and calls are end-to-end encrypted. Only people in this chat can read them."
        ));
    }
}
