//! Making and checking credentials: argon2id for passwords, SHA-256 of 256 random bits for keys, tokens and logins.
//! Randomness comes in as a parameter; argon2 runs off the async threads, two at once.

use std::fmt;

use analytics::names::is_hidden;
use data_encoding::{Encoding, Specification};
use hmac::{Hmac, Mac};
use rand::{CryptoRng, TryRngCore};
use sha2::{Digest, Sha256};

/// Shortest password, in characters.
pub const MIN_PASSWORD_CHARS: usize = 10;
/// Longest password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 1_000;
/// Longest e-mail address, in bytes.
const MAX_EMAIL_BYTES: usize = 254;
/// How much of a secret may be shown for ever: its kind and 30 of its 256 bits.
const PREFIX_CHARS: usize = 9;

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
    /// Makes an account for whoever was invited: `pi_…`.
    Invitation,
    /// Sets the password of an account once: `pn_…`.
    PasswordLink,
    /// A browser in which somebody has signed in before: `pd_…`.
    Device,
}

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::WriteKey => "pw_",
            Self::ReadToken => "pr_",
            Self::Login => "pl_",
            Self::SetUp => "ps_",
            Self::Invitation => "pi_",
            Self::PasswordLink => "pn_",
            Self::Device => "pd_",
        }
    }
}

/// 256 random bits as text with a prefix. Never stored and never logged: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Draws a new one.
    pub fn generate(kind: SecretKind, random: &mut impl CryptoRng) -> Self {
        let mut bits = [0; 32];
        random.fill_bytes(&mut bits);
        Self(kind.prefix().to_owned() + &base32().encode(&bits))
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
        let end = self.0.char_indices().nth(PREFIX_CHARS).map_or(self.0.len(), |(end, _)| end);
        &self.0[..end]
    }

    /// The signature of a text by whoever holds this secret: HMAC-SHA-256, in 52 letters and digits. `purpose` keeps
    /// signatures of different kinds apart.
    pub fn sign(&self, purpose: &str, text: &str) -> String {
        base32().encode(&self.mac(purpose, text).finalize().into_bytes())
    }

    /// Whether a signature is this secret's. It takes as long for a wrong one as for a right one.
    pub fn has_signed(&self, purpose: &str, text: &str, signature: &str) -> bool {
        let signature = base32().decode(signature.as_bytes()).unwrap_or_default();
        self.mac(purpose, text).verify_slice(&signature).is_ok()
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        // A key of any length will do: longer ones are hashed. The zero ends the purpose.
        let mac = Hmac::new_from_slice(self.0.as_bytes()).unwrap_or_else(|_| Hmac::new(&Default::default()));
        mac.chain_update(purpose).chain_update([0]).chain_update(text)
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
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
        let text = text.into();
        let fits = text.chars().count() >= MIN_PASSWORD_CHARS && text.len() <= MAX_PASSWORD_BYTES;
        fits.then_some(Self(text))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// An e-mail address, trimmed and lower-cased, at most 254 bytes, with one `@` and something on both sides, without
/// blanks and hidden characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Checks the shape. `None` when it cannot be an address.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (name, host) = text.split_once('@')?;
        let is_address = !name.is_empty()
            && !host.is_empty()
            && !host.contains('@')
            && text.len() <= MAX_EMAIL_BYTES
            && !text.chars().any(|char| char.is_whitespace() || is_hidden(char));
        is_address.then_some(Self(text))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The one place where randomness comes from: the operating system.
pub(crate) fn os_random() -> impl CryptoRng {
    rand::rngs::OsRng.unwrap_err()
}

/// Crockford's alphabet in lower case: no letter is taken for a digit, and a double click selects all of it.
fn base32() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.encoding().unwrap_or(data_encoding::BASE32_NOPAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_carries_its_kind_and_256_bits() {
        let secret = Secret::generate(SecretKind::WriteKey, &mut os_random());
        assert_eq!(secret.expose().len(), "pw_".len() + 52);
        assert_eq!(secret.prefix().len(), PREFIX_CHARS);
        assert!(secret.expose().starts_with(secret.prefix()) && secret.prefix().starts_with("pw_"));
        assert_ne!(secret, Secret::generate(SecretKind::WriteKey, &mut os_random()));
    }

    #[test]
    fn a_signature_is_of_one_secret_one_purpose_and_one_text() {
        let secret = Secret::generate(SecretKind::Login, &mut os_random());
        let signature = secret.sign("flash", "text");
        assert_eq!(signature.len(), 52);
        assert!(secret.has_signed("flash", "text", &signature));
        for (purpose, text) in [("flash", "texts"), ("flash", ""), ("other", "text"), ("flas", "htext")] {
            assert!(!secret.has_signed(purpose, text, &signature), "{purpose} {text}");
        }
        for wrong in ["", "x", &signature[1..], &signature.to_uppercase(), "ä"] {
            assert!(!secret.has_signed("flash", "text", wrong), "{wrong}");
        }
        let other = Secret::generate(SecretKind::Login, &mut os_random());
        assert!(!other.has_signed("flash", "text", &signature));
    }

    #[test]
    fn secrets_and_passwords_do_not_show_themselves_in_a_log() {
        let secret = Secret::presented("pw_secret");
        let password = Password::parse("long enough").unwrap();
        assert_eq!(format!("{secret:?} {password:?}"), "Secret(…) Password(…)");
    }

    #[test]
    fn the_prefix_of_any_presented_text_can_be_taken() {
        assert_eq!(Secret::presented("").prefix(), "");
        assert_eq!(Secret::presented("ääääääääääää").prefix(), "äääääääää");
    }

    #[test]
    fn a_password_has_ten_characters_to_a_thousand_bytes() {
        assert!(Password::parse("äöüäöüäöü").is_none());
        assert!(Password::parse("äöüäöüäöüä").is_some());
        assert!(Password::parse("x".repeat(1_000)).is_some());
        assert!(Password::parse("x".repeat(1_001)).is_none());
    }

    #[test]
    fn an_address_is_trimmed_and_lower_cased() {
        assert_eq!(Email::parse(" Ada@Example.ORG ").unwrap().as_str(), "ada@example.org");
        for wrong in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "a@b@c",
            "a da@example.org",
            "a\u{7}@b",
            "a\u{202e}@b",
            "a@b\u{200b}",
        ] {
            assert!(Email::parse(wrong).is_none(), "{wrong:?}");
        }
        assert!(Email::parse(&format!("{}@b", "a".repeat(253))).is_none());
    }
}
