//! What the next page says once: that something was done, or a secret that was just made. It travels in a cookie that
//! scripts cannot read, lives for a minute and ends with the page that shows it; so it needs neither a script nor
//! anything remembered on the server.
//!
//! The cookie is signed with the login that it was left for. Another host of the same domain, or somebody on the way, may
//! set a cookie of this name, and would else choose the key that a page tells people to paste.

use analytics::ids::BotId;
use analytics::instant::Instant;
use http::HeaderValue;
use http::header::SET_COOKIE;
use http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use store::credentials::Secret;

use super::authorise::find_login;
use crate::context::ServerContext;
use crate::login_cookie::{find_cookie, is_https};

const LIFETIME_S: u32 = 60;
const LIFETIME_MS: i64 = 60_000;
/// Keeps its signatures apart from others by the same login.
const PURPOSE: &str = "flash";

/// Something to say once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flash {
    /// Something was done; the word says what.
    Done(String),
    /// A write key was made for this bot.
    WriteKey(BotId, Secret),
    /// A read token was made.
    ReadToken(Secret),
    /// A one-time link was made.
    Link(Secret),
}

/// Leaves it for the next page of whoever is signed in.
pub(crate) fn leave(context: &ServerContext, flash: &Flash) {
    let value = match flash {
        Flash::Done(what) => format!("done.{what}"),
        Flash::WriteKey(bot, key) => format!("key.{bot}.{}", key.expose()),
        Flash::ReadToken(token) => format!("token.{}", token.expose()),
        Flash::Link(token) => format!("link.{}", token.expose()),
    };
    if let Some(login) = find_login(context) {
        set_cookie(context, &seal(&value, &login, context.clock.now()), LIFETIME_S);
    }
}

/// Takes what `wanted` accepts; anything else stays for the page that it is meant for.
pub(crate) fn take<T>(context: &ServerContext, wanted: impl FnOnce(Flash) -> Option<T>) -> Option<T> {
    let parts = use_context::<Parts>()?;
    let cookie = find_cookie(&parts.headers, cookie_name(&context.base_url))?;
    let value = open(cookie, &find_login(context)?, context.clock.now())?;
    let taken = wanted(read(value)?)?;
    set_cookie(context, "", 0);
    Some(taken)
}

/// Puts the instant before a value, and the login's signature of both behind it.
fn seal(value: &str, login: &Secret, now: Instant) -> String {
    let dated = format!("{}.{value}", now.as_ms());
    let signature = login.sign(PURPOSE, &dated);
    format!("{dated}.{signature}")
}

/// The value of a cookie that this login has signed within the last minute.
fn open<'a>(cookie: &'a str, login: &Secret, now: Instant) -> Option<&'a str> {
    let (dated, signature) = cookie.rsplit_once('.')?;
    let (left_at, value) = dated.split_once('.').filter(|_| login.has_signed(PURPOSE, dated, signature))?;
    let age_ms = now.as_ms().checked_sub(left_at.parse().ok()?)?;
    (0..=LIFETIME_MS).contains(&age_ms).then_some(value)
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
        "link" => Some(Flash::Link(Secret::presented(rest))),
        _ => None,
    }
}

fn set_cookie(context: &ServerContext, value: &str, max_age_s: u32) {
    let name = cookie_name(&context.base_url);
    let secure = if is_https(&context.base_url) { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Strict{secure}");
    if let (Some(response), Ok(mut cookie)) =
        (use_context::<ResponseOptions>(), HeaderValue::try_from(cookie))
    {
        cookie.set_sensitive(true);
        response.append_header(SET_COOKIE, cookie);
    }
}

/// Under https no other host can set a cookie of this name.
fn cookie_name(base_url: &str) -> &'static str {
    if is_https(base_url) { "__Host-parlance_flash" } else { "parlance_flash" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_login_signed_a_moment_ago_is_read() {
        let (login, now) = (Secret::presented("pl_abc"), Instant::from_ms(1_800_000_000_000));
        let sealed = seal("key.7.pw_abc", &login, now);
        assert_eq!(open(&sealed, &login, now), Some("key.7.pw_abc"));
        assert_eq!(open(&sealed, &login, now.plus_ms(LIFETIME_MS)), Some("key.7.pw_abc"));
        assert_eq!(open(&sealed, &login, now.plus_ms(LIFETIME_MS + 1)), None);
        assert_eq!(open(&sealed, &login, now.plus_ms(-1)), None);
        assert_eq!(open(&sealed, &Secret::presented("pl_other"), now), None);
        let later = sealed.replacen("1800000000000", "1800000000001", 1);
        let another = sealed.replacen("pw_abc", "pw_evil", 1);
        for forged in [
            later.as_str(),
            &another,
            &sealed[..sealed.len() - 1],
            "key.7.pw_abc",
            "",
            ".",
            "1.done.x.",
            "x.y.z",
        ] {
            assert_eq!(open(forged, &login, now), None, "{forged}");
        }
    }

    #[test]
    fn https_takes_only_the_cookie_that_the_host_itself_has_set() {
        assert_eq!(cookie_name("https://parlance.example"), "__Host-parlance_flash");
        assert_eq!(cookie_name("http://127.0.0.1:3000"), "parlance_flash");
    }

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
