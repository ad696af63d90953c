//! Light, dark, or as the system has it: chosen per browser, kept in a cookie. The document is rendered with it before
//! the first byte goes out, so that nothing flashes.

use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::context::ServerContext;
use crate::login_cookie::find_cookie;

const COOKIE: &str = "parlance_theme";
const LIFETIME_S: u32 = 365 * 24 * 60 * 60;

/// How the pages look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The word in cookie, form and document.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.word() == word)
    }
}

/// The theme that this request's browser has chosen.
pub fn find_theme() -> Theme {
    use_context::<Parts>().map(|parts| read_theme(&parts.headers)).unwrap_or_default()
}

/// The theme that the browser with these headers has chosen.
pub fn read_theme(headers: &HeaderMap) -> Theme {
    find_cookie(headers, COOKIE).and_then(Theme::from_word).unwrap_or_default()
}

/// Keeps the choice in the browser for a year.
pub fn set_theme(context: &ServerContext, theme: Theme) {
    let secure = if context.base_url.starts_with("https://") { "; Secure" } else { "" };
    let word = theme.word();
    let cookie = format!("{COOKIE}={word}; Path=/; Max-Age={LIFETIME_S}; HttpOnly; SameSite=Lax{secure}");
    if let (Some(response), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::try_from(cookie)) {
        response.append_header(SET_COOKIE, cookie);
    }
}
