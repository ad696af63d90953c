//! The secret in `Authorization: Bearer …`.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use store::credentials::Secret;

/// How settings of OpenTelemetry's exporters write the blank in a header. Some clients send it as it is written there.
const WRITTEN_BLANK: &str = "%20";

/// The scheme of the header and what stands behind it; `None` when the header is absent or has no scheme.
pub fn read_authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, value) = header.split_once(' ').or_else(|| header.split_once(WRITTEN_BLANK))?;
    Some((scheme, value.trim()))
}

/// The presented secret; `None` when the header is absent or of another kind.
pub fn find_bearer(headers: &HeaderMap) -> Option<Secret> {
    let (scheme, secret) = read_authorization(headers)?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::presented(secret))
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
    fn a_blank_may_be_written_as_settings_write_it() {
        assert_eq!(bearer("Bearer%20pw_1").as_deref(), Some("pw_1"));
        assert_eq!(bearer("bearer%20pw_1%20").as_deref(), Some("pw_1%20"));
        assert_eq!(bearer("Basic%20pw_1"), None);
    }

    #[test]
    fn another_scheme_is_no_bearer() {
        assert_eq!(bearer("Basic cHc6"), None);
        assert_eq!(bearer("pw_1"), None);
    }
}
