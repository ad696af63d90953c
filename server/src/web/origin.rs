//! Requests that change something with the browser's login must come from our own pages.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ORIGIN, REFERER};
use http::{HeaderMap, HeaderValue};

use super::foreign::refuse;
use super::place::Place;
use crate::state::ServerState;

/// Refuses a state-changing request whose `Origin` (or, where that is absent, `Referer`) is not the base URL.
pub async fn require_own_origin(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let came_from = find_origin(request.headers());
    if came_from.as_ref().is_some_and(|origin| is_own(origin, &state.context.base_url)) {
        return next.run(request).await;
    }
    refuse(&state, request.headers(), came_from.as_ref())
}

/// Where a request says that it comes from.
fn find_origin(headers: &HeaderMap) -> Option<Place> {
    place_of(headers.get(ORIGIN).or_else(|| headers.get(REFERER))?)
}

/// Whether a header's URL lies at the base URL: same scheme, host and port.
pub fn is_own_url(url: &HeaderValue, base_url: &str) -> bool {
    place_of(url).is_some_and(|place| is_own(&place, base_url))
}

fn place_of(url: &HeaderValue) -> Option<Place> {
    Place::of(url.to_str().ok()?)
}

fn is_own(origin: &Place, base_url: &str) -> bool {
    Place::of(base_url).is_some_and(|base| base.is_same(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_own_header(name: http::HeaderName, value: &'static str, base_url: &str) -> bool {
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        find_origin(&headers).is_some_and(|origin| is_own(&origin, base_url))
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
        assert!(find_origin(&HeaderMap::new()).is_none());
    }

    #[test]
    fn a_local_server_is_reached_by_each_loopback_name() {
        let base = "http://127.0.0.1:3000";
        assert!(is_own_header(ORIGIN, "http://localhost:3000", base));
        assert!(is_own_header(ORIGIN, "http://[::1]:3000", base));
        assert!(!is_own_header(ORIGIN, "http://localhost:3001", base));
        assert!(!is_own_header(ORIGIN, "http://localhost:3000", "http://192.0.2.1:3000"));
    }

    #[test]
    fn a_place_is_told_as_people_type_it() {
        for address in ["http://localhost:4209", "https://parlance.example", "http://[::1]:3000"] {
            assert_eq!(Place::of(address).unwrap().to_string(), address);
        }
        assert_eq!(
            Place::of("https://parlance.example:443/x").unwrap().to_string(),
            "https://parlance.example"
        );
    }

    #[test]
    fn a_host_header_names_a_place_with_or_without_its_usual_port() {
        let place = Place::of("https://parlance.example").unwrap();
        assert!(place.is_host("parlance.example") && place.is_host("Parlance.example:443"));
        assert!(
            !place.is_host("parlance.example:80") && !place.is_host("127.0.0.1:3000") && !place.is_host("")
        );
    }
}
