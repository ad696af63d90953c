//! What the rooms above see of accounts.

use analytics::ids::AccountId;
use analytics::instant::Instant;

use crate::credentials::Secret;

/// An account as admins see it.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountEntry {
    /// Its number.
    pub id: AccountId,
    /// Its address.
    pub email: String,
    /// Whether it manages accounts and sees every bot.
    pub is_admin: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When somebody last signed in with it; `None` is never.
    pub last_sign_in_at: Option<Instant>,
    /// Since when it may not sign in; `None` where it may.
    pub disabled_at: Option<Instant>,
    /// How many bots it owns.
    pub bots: u64,
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Sees and changes its own bots.
    Member,
    /// Sees and changes every bot, and manages accounts.
    Admin,
}

/// What becomes of an account's read tokens when its password changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadTokens {
    /// They go on.
    Keep,
    /// They end.
    End,
}

/// How a change of an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// It is done, or was so already.
    Done,
    /// There is no such account.
    Unknown,
    /// Nobody would be left who can manage accounts: nothing was changed.
    LastAdmin,
}

/// What goes on after a change of password: the browser in which it was made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept<'a> {
    /// Its login.
    pub login: Option<&'a Secret>,
    /// The token by which it is known.
    pub device: Option<&'a Secret>,
}
