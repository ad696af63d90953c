//! What the next page says once: that something was done, or a secret that was just made. It travels in a cookie that
//! scripts cannot read, lives for a minute and ends with the page that shows it; so it needs neither a script nor
//! anything remembered on the server.

use analytics::ids::BotId;
use http::HeaderValue;
use http::header::SET_COOKIE;
use http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use store::credentials::Secret;

use crate::context::ServerContext;
use crate::login_cookie::find_cookie;

const COOKIE: &str = "parlance_flash";
const LIFETIME_S: u32 = 60;

/// Something to say once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flash {
    /// Something was done; the word says what.
    Done(String),
    /// A write key was made for this bot.
    WriteKey(BotId, Secret),
    /// A read token was made.
    ReadToken(Secret),
}

/// Leaves it for the next page.
pub(crate) fn leave(context: &ServerContext, flash: &Flash) {
    let value = match flash {
        Flash::Done(what) => format!("done.{what}"),
        Flash::WriteKey(bot, key) => format!("key.{bot}.{}", key.expose()),
        Flash::ReadToken(token) => format!("token.{}", token.expose()),
    };
    set_cookie(context, &value, LIFETIME_S);
}

/// Takes what `wanted` accepts; anything else stays for the page that it is meant for.
pub(crate) fn take<T>(context: &ServerContext, wanted: impl FnOnce(Flash) -> Option<T>) -> Option<T> {
    let parts = use_context::<Parts>()?;
    let taken = wanted(read(find_cookie(&parts.headers, COOKIE)?)?)?;
    set_cookie(context, "", 0);
    Some(taken)
}

fn read(value: &str) -> Option<Flash> {
    let (kind, rest) = value.split_once('.')?;
    match kind {
        "done" => Some(Flash::Done(rest.to_owned())),
        "key" => {
            let (bot, key) = rest.split_once('.')?;
            Some(Flash::WriteKey(bot.parse().ok()?, Secret::presented(key)))
        }
        "token" => Some(Flash::ReadToken(Secret::presented(rest))),
        _ => None,
    }
}

fn set_cookie(context: &ServerContext, value: &str, max_age_s: u32) {
    let secure = if context.base_url.starts_with("https://") { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}");
    if let (Some(response), Ok(mut cookie)) =
        (use_context::<ResponseOptions>(), HeaderValue::try_from(cookie))
    {
        cookie.set_sensitive(true);
        response.append_header(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_for_its_bot_only() {
        let bot = BotId::from_i64(7);
        let flash = read(&format!("key.{bot}.pw_abc"));
        assert_eq!(flash, Some(Flash::WriteKey(bot, Secret::presented("pw_abc"))));
    }

    #[test]
    fn a_cookie_that_we_never_set_says_nothing() {
        for value in ["", "done", "key.pw_abc", "key.nobot.pw_abc", "other.text"] {
            assert_eq!(read(value), None, "{value:?}");
        }
    }
}
