//! Names of things: newtypes that are valid once they exist.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::RejectionCode;

/// Longest id that a bot may send (message, user, session), in bytes.
pub const MAX_ID_BYTES: usize = 200;
/// Longest name of a custom event, in bytes.
pub const MAX_EVENT_NAME_BYTES: usize = 80;
/// Longest name of a channel, in bytes.
pub const MAX_CHANNEL_BYTES: usize = 40;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const PUBLIC_ID_LENGTH: usize = 13;

/// A chatbot, by 13 base-32 characters (Crockford's alphabet, lower case).
// Inside it is a positive integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BotId(
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = r"^[0-9a-hjkmnp-tv-z]{13}$")))]
    i64,
);

impl BotId {
    /// The bot with this number. The sign is dropped, so every input is a valid id.
    pub const fn from_i64(number: i64) -> Self {
        Self(number & i64::MAX)
    }

    /// The number inside.
    pub const fn as_i64(self) -> i64 {
        self.0
    }
}

impl fmt::Display for BotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..PUBLIC_ID_LENGTH).rev() {
            let digit = usize::try_from((self.0 >> (5 * place)) & 31).unwrap_or(0);
            write!(f, "{}", char::from(ALPHABET[digit]))?;
        }
        Ok(())
    }
}

/// A text that is not a bot's id: not 13 characters of the base-32 alphabet, or beyond 63 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bot's id is 13 characters out of 0-9 and a-z without i, l, o, u")]
pub struct BotIdError;

impl FromStr for BotId {
    type Err = BotIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != PUBLIC_ID_LENGTH {
            return Err(BotIdError);
        }
        let mut number: i64 = 0;
        for byte in text.bytes() {
            let digit = ALPHABET.iter().position(|&letter| letter == byte).ok_or(BotIdError)?;
            let digit = i64::try_from(digit).map_err(|_| BotIdError)?;
            number = number.checked_mul(32).and_then(|n| n.checked_add(digit)).ok_or(BotIdError)?;
        }
        Ok(Self(number))
    }
}

impl Serialize for BotId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BotId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Somebody who may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:expr, $missing:expr, $invalid:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes any text of 1 byte up to the limit that holds no control character.
            ///
            /// # Errors
            /// The code of the rejected field when the text is empty, too long or holds a control character.
            pub fn parse(text: impl Into<String>) -> Result<Self, RejectionCode> {
                let text = text.into();
                if text.is_empty() {
                    Err($missing)
                } else if text.len() > $max || text.chars().any(char::is_control) {
                    Err($invalid)
                } else {
                    Ok(Self(text))
                }
            }

            /// The text inside.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// The id of a message or event: unique within one bot, for ever.
    FactId, MAX_ID_BYTES, RejectionCode::IdInvalid, RejectionCode::IdInvalid
);
text_id!(
    /// The sender's opaque name for a person who talks to the bot.
    UserId, MAX_ID_BYTES, RejectionCode::UserIdMissing, RejectionCode::UserIdInvalid
);
text_id!(
    /// The sender's name for one stretch of conversation of one user.
    SessionId, MAX_ID_BYTES, RejectionCode::SessionIdInvalid, RejectionCode::SessionIdInvalid
);
text_id!(
    /// The name of a custom event, such as `handoff`.
    EventName, MAX_EVENT_NAME_BYTES, RejectionCode::TypeInvalid, RejectionCode::TypeInvalid
);

/// Where a message travelled: a lower-case word of `[a-z0-9._-]`, at most 40 bytes, such as `web` or `telegram`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Channel(#[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[a-z0-9._-]{1,40}$")))] String);

impl Channel {
    /// Lower-cases the word and checks it.
    ///
    /// # Errors
    /// [`RejectionCode::ChannelInvalid`] when it is empty, too long or holds another character.
    pub fn parse(word: &str) -> Result<Self, RejectionCode> {
        let word = word.to_ascii_lowercase();
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
        if word.is_empty() || word.len() > MAX_CHANNEL_BYTES || !word.bytes().all(is_allowed) {
            return Err(RejectionCode::ChannelInvalid);
        }
        Ok(Self(word))
    }

    /// The channel of a message that names none: `api`.
    pub fn api() -> Self {
        Self("api".to_owned())
    }

    /// The word inside.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).map_err(|_| serde::de::Error::custom("not a channel"))
    }
}
