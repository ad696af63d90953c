//! Signing in.

use serde::{Deserialize, Serialize};

/// What the sign-in page has to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInState {
    /// There is no account yet: set up first.
    SetUp,
    /// Signed in already: on to this path.
    SignedIn(String),
    /// E-mail and password are asked for.
    Ask {
        /// A demo server's published sign-in.
        demo: Option<(String, String)>,
    },
}
