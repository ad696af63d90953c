//! What a widget sends by itself when it opens: nobody has said it.

use std::sync::Arc;

use analytics::ids::BotId;

use crate::engine::{Row, Value, values};
use crate::{Store, StoreError};

/// Most openings of a bot.
pub const MAX_OPENINGS: usize = 20;
/// Longest opening, in bytes.
pub const MAX_OPENING_BYTES: usize = 200;
/// The openings of a bot whose owner has said nothing of them: what Rasa's channels and widgets send.
const STANDARD: [&str; 2] = ["/session_start", "/get_started"];

/// Texts that open a conversation without anybody having typed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Openings(Arc<[String]>);

/// Why text is no list of openings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningsError {
    /// One is too long.
    #[error("an opening has at most {MAX_OPENING_BYTES} bytes")]
    TooLong,
    /// Too many.
    #[error("a bot has at most {MAX_OPENINGS} openings")]
    TooMany,
}

impl Default for Openings {
    fn default() -> Self {
        Self(STANDARD.map(str::to_owned).into())
    }
}

impl Openings {
    /// Reads one opening a line. Nothing is an opening where there is no line.
    ///
    /// # Errors
    /// [`OpeningsError`] above [`MAX_OPENINGS`] lines or [`MAX_OPENING_BYTES`] of one.
    pub fn parse(text: &str) -> Result<Self, OpeningsError> {
        let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if lines.len() > MAX_OPENINGS {
            return Err(OpeningsError::TooMany);
        }
        if lines.iter().any(|line| line.len() > MAX_OPENING_BYTES) {
            return Err(OpeningsError::TooLong);
        }
        Ok(Self(lines.into_iter().map(str::to_owned).collect()))
    }

    /// One a line.
    pub fn text(&self) -> String {
        self.0.join("\n")
    }

    /// Whether a user's text is one of them, in capital letters or small ones. What Rasa puts in braces behind a command
    /// belongs to it.
    pub fn contain(&self, text: &str) -> bool {
        let text = text.trim();
        let is_same = |opening: &String| {
            text.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening))
                && is_end(opening, text.get(opening.len()..).unwrap_or_default())
        };
        self.0.iter().any(is_same)
    }

    pub(crate) fn read(row: &Row, column: &'static str) -> Result<Self, StoreError> {
        match row.optional_text(column)? {
            None => Ok(Self::default()),
            Some(text) => Self::parse(&text).map_err(|_| row.corrupt(column)),
        }
    }
}

impl Store {
    /// Says what a bot's widget sends by itself; `None` for the usual openings. Says whether there is such a bot.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when it cannot be written.
    pub async fn set_openings(&self, bot: BotId, openings: Option<&Openings>) -> Result<bool, StoreError> {
        let text = openings.map(Openings::text);
        let mut transaction = self.database().write().await?;
        let sql = "update bots set openings = $2 where bot_id = $1";
        let changed = transaction.execute(sql, values![bot.as_i64(), Value::Text(text.as_deref())]).await?;
        transaction.commit().await?;
        self.inner.known_keys.forget(|access| access.write.bot_id == bot);
        Ok(changed > 0)
    }

    /// What a bot's widget sends by itself; the usual openings where nothing is said, and for no bot.
    ///
    /// # Errors
    /// [`StoreError::Database`] or [`StoreError::Unavailable`] when it cannot be read.
    pub async fn find_openings(&self, bot: BotId) -> Result<Openings, StoreError> {
        let sql = "select openings from bots where bot_id = $1";
        let row = self.database().read().await?.fetch_optional(sql, values![bot.as_i64()]).await?;
        row.map_or(Ok(Openings::default()), |row| Openings::read(&row, "openings"))
    }
}

fn is_end(opening: &str, rest: &str) -> bool {
    rest.is_empty() || opening.starts_with('/') && rest.trim_start().starts_with('{') && rest.ends_with('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_is_the_whole_text() {
        let openings = Openings::default();
        for text in
            ["/session_start", " /Session_Start\n", r#"/session_start{"user": "ada"}"#, "/get_started {}"]
        {
            assert!(openings.contain(text), "{text}");
        }
        for text in
            ["", "/", "session_start", "/session_started", "/session_start please", "/sessiön_start", "{}"]
        {
            assert!(!openings.contain(text), "{text}");
        }
    }

    #[test]
    fn an_owner_names_other_openings_or_none() {
        let openings = Openings::parse("Hello!\n\n /greet \n").unwrap();
        assert_eq!(openings.text(), "Hello!\n/greet");
        assert!(openings.contain("hello!") && !openings.contain("/session_start"));
        assert!(!openings.contain("hello!{}"));
        assert!(!Openings::parse("").unwrap().contain("/session_start"));
    }

    #[test]
    fn so_many_and_so_long() {
        let (line, many) = ("a".repeat(MAX_OPENING_BYTES), "x\n".repeat(MAX_OPENINGS));
        assert!(Openings::parse(&line).is_ok() && Openings::parse(&many).is_ok());
        assert_eq!(Openings::parse(&format!("{line}a")), Err(OpeningsError::TooLong));
        assert_eq!(Openings::parse(&format!("{many}x")), Err(OpeningsError::TooMany));
    }
}
