//! Making and checking credentials: argon2id for passwords, SHA-256 of 256 random bits for keys, tokens and logins.
//! Randomness comes in as a parameter; argon2 runs off the async threads, two at once.

use std::fmt;

use rand::CryptoRng;

/// Shortest password, in characters.
pub const MIN_PASSWORD_CHARS: usize = 10;
/// Longest password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 1_000;

/// What a secret opens, told by its visible prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// Lets a bot send: `pw_…`.
    WriteKey,
    /// Lets a program read: `pr_…`.
    ReadToken,
    /// A sign-in's cookie: `pl_…`.
    Login,
    /// Creates the first account: `ps_…`.
    SetUp,
}

/// 256 random bits as text with a prefix. Never stored and never logged: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Draws a new one.
    pub fn generate(kind: SecretKind, random: &mut impl CryptoRng) -> Self {
        let _ = (kind, random);
        unimplemented!()
    }

    /// Takes what somebody presents; any text is allowed, most open nothing.
    pub fn presented(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The whole text: shown once, or set as a cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The first characters, which may be shown for ever.
    pub fn prefix(&self) -> &str {
        unimplemented!()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A password that satisfies the length rule. `Debug` hides it.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Checks the length: at least 10 characters, at most 1,000 bytes. `None` otherwise.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let _ = text.into();
        unimplemented!()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// An e-mail address, trimmed and lower-cased, at most 254 bytes, with one `@` and something on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Checks the shape. `None` when it cannot be an address.
    pub fn parse(text: &str) -> Option<Self> {
        let _ = text;
        unimplemented!()
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
