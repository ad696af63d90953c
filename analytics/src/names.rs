//! Names that people and bots give: which characters a name may hold, and how a name with other characters is shown.

use std::borrow::Cow;
use std::fmt::Write;

/// Longest name of a bot, in characters.
pub const MAX_BOT_NAME_CHARS: usize = 100;

/// Joins letters of Persian words and parts of emoji; visible only beside them.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Why a text cannot be a bot's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BotNameError {
    /// Nothing that can be seen, or too long.
    #[error("a name has 1 to {MAX_BOT_NAME_CHARS} characters")]
    Length,
    /// It holds this hidden character ([`is_hidden`]).
    #[error(
        "a name must not have characters that are invisible or change the direction of writing, such as U+{:04X}: type the name again",
        u32::from(*.0)
    )]
    Hidden(char),
}

/// A bot's name: trimmed, 1 to [`MAX_BOT_NAME_CHARS`] characters, none of them hidden.
///
/// # Errors
/// [`BotNameError`] says what is wrong.
pub fn parse_bot_name(text: &str) -> Result<String, BotNameError> {
    let name = text.trim();
    if let Some(hidden) = name.chars().find(|char| is_hidden(*char)) {
        return Err(BotNameError::Hidden(hidden));
    }
    let has_letters = name.chars().any(|char| !char.is_whitespace() && !JOINERS.contains(&char));
    if !has_letters || name.chars().count() > MAX_BOT_NAME_CHARS {
        return Err(BotNameError::Length);
    }
    Ok(name.to_owned())
}

/// Whether a character cannot be seen and changes how its neighbours look: control characters, line breaks, marks of the
/// direction of writing (Unicode UAX #9), invisible characters, blank letters. The two joiners are not hidden.
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A name as people may see it: each hidden character as its number, such as `[U+202E]`.
pub fn show(name: &str) -> Cow<'_, str> {
    if !name.chars().any(is_hidden) {
        return Cow::Borrowed(name);
    }
    let mut shown = String::with_capacity(name.len() + 8);
    for char in name.chars() {
        if is_hidden(char) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "[U+{:04X}]", u32::from(char));
        } else {
            shown.push(char);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_has_a_length() {
        assert_eq!(parse_bot_name("  Ava ").as_deref(), Ok("Ava"));
        for empty in ["", "  ", "\u{200d}", " \u{200c} "] {
            assert_eq!(parse_bot_name(empty), Err(BotNameError::Length), "{empty:?}");
        }
        assert!(parse_bot_name(&"ä".repeat(100)).is_ok());
        assert_eq!(parse_bot_name(&"ä".repeat(101)), Err(BotNameError::Length));
    }

    #[test]
    fn a_name_with_a_hidden_character_is_refused_by_its_number() {
        for hidden in
            ["\u{202e}", "\u{2066}", "\u{200b}", "\u{7}", "\u{9b}", "\u{2028}", "\u{feff}", "\u{e0041}"]
        {
            let refused = parse_bot_name(&format!("abc{hidden}gnp.exe"));
            assert_eq!(refused, Err(BotNameError::Hidden(hidden.chars().next().unwrap())));
        }
        let refused = parse_bot_name("a\u{202e}b").unwrap_err().to_string();
        assert!(refused.contains("U+202E"), "{refused}");
    }

    #[test]
    fn words_and_emoji_of_any_script_are_names() {
        for name in ["Bücher & Söhne", "שלום", "می\u{200c}خواهم", "👩\u{200d}🔬 Lab", "店", "a\u{a0}b", "<b>"]
        {
            assert_eq!(parse_bot_name(name).as_deref(), Ok(name));
            assert_eq!(show(name), name);
        }
    }

    #[test]
    fn what_is_hidden_is_shown_by_its_number() {
        assert_eq!(show("abc\u{202e}gnp.exe"), "abc[U+202E]gnp.exe");
        assert_eq!(show("\u{1b}[2J\u{e0041}"), "[U+001B][2J[U+E0041]");
    }
}
