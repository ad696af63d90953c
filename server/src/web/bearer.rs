//! The secret in `Authorization: Bearer …`.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use store::credentials::Secret;

/// The presented secret; `None` when the header is absent or of another kind.
pub fn find_bearer(headers: &HeaderMap) -> Option<Secret> {
    let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::presented(secret.trim()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn bearer(header: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static(header))]);
        find_bearer(&headers).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        assert_eq!(bearer("Bearer pw_1").as_deref(), Some("pw_1"));
        assert_eq!(bearer("bearer  pw_1 ").as_deref(), Some("pw_1"));
    }

    #[test]
    fn another_scheme_is_no_bearer() {
        assert_eq!(bearer("Basic cHc6"), None);
        assert_eq!(bearer("pw_1"), None);
    }
}
