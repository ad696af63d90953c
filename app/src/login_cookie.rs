//! The cookie that holds a login. Under https it has the `__Host-` prefix, so no other host or path can set it.

use http::header::{COOKIE, HeaderMap, HeaderValue, InvalidHeaderValue};
use store::accounts::LOGIN_LIFETIME_MS;
use store::credentials::Secret;

/// The cookie's name on a server that people reach at `base_url`.
pub fn cookie_name(base_url: &str) -> &'static str {
    if is_https(base_url) { "__Host-parlance_login" } else { "parlance_login" }
}

/// A `Set-Cookie` value that keeps the login for 30 days from now.
///
/// # Errors
/// When the login's text has a character that no header may have: no login that the store made has one.
pub fn set_header(base_url: &str, login: &Secret) -> Result<HeaderValue, InvalidHeaderValue> {
    cookie(base_url, login.expose(), LOGIN_LIFETIME_MS / 1000)
}

/// A `Set-Cookie` value that makes the browser forget the login.
///
/// # Errors
/// Never: its text is fixed.
pub fn clear_header(base_url: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    cookie(base_url, "", 0)
}

/// The login that a request brings along, whether or not it opens anything.
pub fn find_login(headers: &HeaderMap, base_url: &str) -> Option<Secret> {
    find_cookie(headers, cookie_name(base_url)).map(Secret::presented)
}

/// The value of a cookie that is there and not empty; the first of several.
pub fn find_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

fn cookie(base_url: &str, value: &str, max_age_s: i64) -> Result<HeaderValue, InvalidHeaderValue> {
    let name = cookie_name(base_url);
    let secure = if is_https(base_url) { "; Secure" } else { "" };
    let mut header = HeaderValue::try_from(format!(
        "{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}"
    ))?;
    header.set_sensitive(true);
    Ok(header)
}

/// Whether people reach the server by https.
pub(crate) fn is_https(base_url: &str) -> bool {
    base_url.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTP: &str = "http://127.0.0.1:3000";
    const HTTPS: &str = "https://parlance.example";

    fn request(cookies: &[&'static str]) -> HeaderMap {
        cookies.iter().map(|cookie| (COOKIE, HeaderValue::from_static(cookie))).collect()
    }

    #[test]
    fn a_login_is_found_among_other_cookies() {
        let headers = request(&["theme=dark; parlance_login=pl_abc; other=1"]);
        assert_eq!(
            find_login(&headers, HTTP).map(|login| login.expose().to_owned()),
            Some("pl_abc".to_owned())
        );
    }

    #[test]
    fn a_login_is_found_in_a_second_cookie_header() {
        assert!(find_login(&request(&["theme=dark", "parlance_login=pl_abc"]), HTTP).is_some());
    }

    #[test]
    fn a_request_without_a_login_has_none() {
        for cookies in ["", "parlance_login=", "parlance_login", "xparlance_login=pl_abc", ";;="] {
            assert!(find_login(&request(&[cookies]), HTTP).is_none(), "{cookies:?}");
        }
    }

    #[test]
    fn https_takes_only_the_cookie_that_the_host_itself_has_set() {
        assert!(find_login(&request(&["parlance_login=pl_abc"]), HTTPS).is_none());
        assert!(find_login(&request(&["__Host-parlance_login=pl_abc"]), HTTPS).is_some());
    }

    #[test]
    fn the_cookie_is_hidden_from_scripts_and_secure_under_https() {
        let login = Secret::presented("pl_abc");
        let plain = set_header(HTTP, &login).unwrap();
        assert_eq!(plain, "parlance_login=pl_abc; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax");
        let secure = set_header(HTTPS, &login).unwrap();
        assert_eq!(
            secure,
            "__Host-parlance_login=pl_abc; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure"
        );
    }

    #[test]
    fn clearing_ends_the_cookie_at_once() {
        let cleared = clear_header(HTTP).unwrap();
        assert_eq!(cleared, "parlance_login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_login_that_would_break_out_of_the_header_is_refused() {
        assert!(set_header(HTTP, &Secret::presented("a\r\nSet-Cookie: b=c")).is_err());
    }
}
