//! Everybody's accounts, for admins.

use serde::{Deserialize, Serialize};

/// Who may sign in, and who is invited to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountsView {
    /// By address.
    pub accounts: Vec<AccountRow>,
    /// The latest first.
    pub invitations: Vec<InvitationRow>,
    /// A link that was just made, shown this once.
    pub new_link: Option<NewLink>,
    /// What was done a moment ago.
    pub done: Option<String>,
}

/// An account, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its number.
    pub id: i64,
    /// Its address.
    pub email: String,
    /// Whether it sees every bot and manages accounts.
    pub is_admin: bool,
    /// Whether it may not sign in.
    pub is_disabled: bool,
    /// Whether it is the viewer's own, which others have to change.
    pub is_own: bool,
    /// When it was made, in words.
    pub created: String,
    /// When somebody last signed in with it, in words.
    pub last_sign_in: String,
    /// How many bots it owns.
    pub bots: String,
}

/// An invitation, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Its number.
    pub id: i64,
    /// The address that it is for.
    pub email: String,
    /// Whether the account will be an admin.
    pub is_admin: bool,
    /// When it was made, in words.
    pub created: String,
    /// When it ends, in words.
    pub ends: String,
}

/// A one-time link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewLink {
    /// Whom it is for.
    pub email: String,
    /// Its address.
    pub url: String,
    /// When it ends, in words.
    pub ends: String,
    /// Whether it makes an account; else it sets a password.
    pub is_invitation: bool,
}
