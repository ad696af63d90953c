//! Requests that change something with the browser's login must come from our own pages.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{ORIGIN, REFERER};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use crate::problem::Problem;
use crate::state::ServerState;

/// Refuses a state-changing request whose `Origin` (or, where that is absent, `Referer`) is not the base URL.
pub async fn require_own_origin(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own(request.headers(), &state.context.base_url) {
        return next.run(request).await;
    }
    let detail = format!(
        "This request does not come from a page of this server. Open it at {}, or set PARLANCE_BASE_URL to the address that people use.",
        state.context.base_url
    );
    Problem::new(StatusCode::FORBIDDEN, "foreign_origin", detail).into_response()
}

fn is_own(headers: &HeaderMap, base_url: &str) -> bool {
    let origin = headers.get(ORIGIN).or_else(|| headers.get(REFERER));
    origin.is_some_and(|origin| is_own_url(origin, base_url))
}

/// Whether a header's URL lies at the base URL: same scheme, host and port.
pub fn is_own_url(url: &HeaderValue, base_url: &str) -> bool {
    let Some(place) = url.to_str().ok().and_then(Place::of) else { return false };
    Place::of(base_url).is_some_and(|base| base.is_same(&place))
}

/// Scheme, host and port.
#[derive(PartialEq)]
struct Place {
    scheme: String,
    host: String,
    port: u16,
}

impl Place {
    fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        Some(Self { scheme, host: uri.host()?.to_ascii_lowercase(), port })
    }

    /// The same place, or the same port of this machine under another of its loopback names: people open a server on
    /// 127.0.0.1 as `localhost` too, and nobody else can serve a page from there.
    fn is_same(&self, other: &Self) -> bool {
        let are_loopback = self.is_loopback() && other.is_loopback();
        self.scheme == other.scheme && self.port == other.port && (self.host == other.host || are_loopback)
    }

    fn is_loopback(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_own_header(name: http::HeaderName, value: &'static str, base_url: &str) -> bool {
        is_own(&HeaderMap::from_iter([(name, HeaderValue::from_static(value))]), base_url)
    }

    #[test]
    fn our_own_pages_may() {
        let base = "https://parlance.example";
        assert!(is_own_header(ORIGIN, "https://parlance.example", base));
        assert!(is_own_header(ORIGIN, "https://parlance.example:443", base));
        assert!(is_own_header(REFERER, "https://parlance.example/bots/1/settings?x=1", base));
    }

    #[test]
    fn others_may_not() {
        let base = "https://parlance.example";
        for origin in
            ["http://parlance.example", "https://parlance.example:8443", "https://evil.example", "null", ""]
        {
            assert!(!is_own_header(ORIGIN, origin, base), "{origin:?}");
        }
        assert!(!is_own(&HeaderMap::new(), base));
    }

    #[test]
    fn a_local_server_is_reached_by_each_loopback_name() {
        let base = "http://127.0.0.1:3000";
        assert!(is_own_header(ORIGIN, "http://localhost:3000", base));
        assert!(is_own_header(ORIGIN, "http://[::1]:3000", base));
        assert!(!is_own_header(ORIGIN, "http://localhost:3001", base));
        assert!(!is_own_header(ORIGIN, "http://localhost:3000", "http://192.0.2.1:3000"));
    }
}
