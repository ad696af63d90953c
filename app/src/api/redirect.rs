//! Where a browser goes next. Only ever to a path of this server.

use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::refusal::accepts_html;
use crate::error::AppError;

/// Ends a form: a browser without script is sent on to `path`, a script gets the path and goes there itself.
pub(crate) fn go_on_to(path: impl Into<String>) -> Result<String, AppError> {
    let path = path.into();
    if use_context::<Parts>().is_some_and(|parts| accepts_html(&parts)) {
        redirect(&path);
    }
    Ok(path)
}

/// Makes the response a redirection, whoever asks.
pub(crate) fn redirect(path: &str) {
    let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path))
    else {
        return;
    };
    response.insert_header(LOCATION, location);
    response.set_status(StatusCode::FOUND);
}

/// The path that somebody wants to return to, if it is one of this server's; else the first page. Browsers read `//host`
/// and `/\host` as another server's address, and drop control characters while reading.
pub(crate) fn own_path(wanted: &str) -> &str {
    let is_plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && wanted.starts_with('/') && !wanted.starts_with("//") { wanted } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_server_are_kept_with_their_query() {
        for path in ["/", "/account", "/bots/0123456789abc/analytics?period=28d&x=%2F%2F#top", "/a//b"] {
            assert_eq!(own_path(path), path);
        }
    }

    #[test]
    fn addresses_elsewhere_become_the_first_page() {
        let elsewhere = [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " //evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "account",
            "/bots/\u{ff0f}evil",
        ];
        for address in elsewhere {
            assert_eq!(own_path(address), "/", "{address:?}");
        }
    }
}
