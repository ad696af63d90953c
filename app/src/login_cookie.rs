//! The cookie that holds a login, and the one by which a browser is known to an account. Under https they have the
//! `__Host-` prefix, so no other host or path can set them.

use http::header::{COOKIE, HeaderMap, HeaderValue, InvalidHeaderValue};
use store::accounts::LOGIN_LIFETIME_MS;
use store::accounts::devices::DEVICE_LIFETIME_MS;
use store::credentials::Secret;

/// A cookie's name on servers that people reach by https, and on others.
#[derive(Clone, Copy)]
struct Name {
    https: &'static str,
    http: &'static str,
}

const LOGIN: Name = Name { https: "__Host-parlance_login", http: "parlance_login" };
const DEVICE: Name = Name { https: "__Host-parlance_device", http: "parlance_device" };

impl Name {
    fn at(self, base_url: &str) -> &'static str {
        if is_https(base_url) { self.https } else { self.http }
    }
}

/// A `Set-Cookie` value that keeps the login for 30 days from now.
///
/// # Errors
/// When the login's text has a character that no header may have: no login that the store made has one.
pub fn set_header(base_url: &str, login: &Secret) -> Result<HeaderValue, InvalidHeaderValue> {
    cookie(base_url, LOGIN, login.expose(), LOGIN_LIFETIME_MS / 1000)
}

/// A `Set-Cookie` value that makes the browser forget the login.
///
/// # Errors
/// Never: its text is fixed.
pub fn clear_header(base_url: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    cookie(base_url, LOGIN, "", 0)
}

/// A `Set-Cookie` value by which the browser is known for 180 days from now. It outlives the login, and signing out: it
/// opens nothing.
///
/// # Errors
/// When the token's text has a character that no header may have: no token that the store made has one.
pub fn set_device_header(base_url: &str, device: &Secret) -> Result<HeaderValue, InvalidHeaderValue> {
    cookie(base_url, DEVICE, device.expose(), DEVICE_LIFETIME_MS / 1000)
}

/// The login that a request brings along, whether or not it opens anything.
pub fn find_login(headers: &HeaderMap, base_url: &str) -> Option<Secret> {
    find_cookie(headers, LOGIN.at(base_url)).map(Secret::presented)
}

/// The token by which a request's browser says that it is known, whether or not it is.
pub fn find_device(headers: &HeaderMap, base_url: &str) -> Option<Secret> {
    find_cookie(headers, DEVICE.at(base_url)).map(Secret::presented)
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

fn cookie(
    base_url: &str,
    name: Name,
    value: &str,
    max_age_s: i64,
) -> Result<HeaderValue, InvalidHeaderValue> {
    let name = name.at(base_url);
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
    fn a_device_is_known_by_a_cookie_of_its_own() {
        let device = Secret::presented("pd_abc");
        let secure = set_device_header(HTTPS, &device).unwrap();
        assert_eq!(
            secure,
            "__Host-parlance_device=pd_abc; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(find_device(&request(&["__Host-parlance_device=pd_abc"]), HTTPS), Some(device));
        assert!(find_device(&request(&["parlance_device=pd_abc"]), HTTPS).is_none());
        assert!(find_device(&request(&["parlance_login=pl_abc"]), HTTP).is_none());
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
