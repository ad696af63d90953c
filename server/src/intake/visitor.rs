//! Pages of other sites that send with a write key: what a browser asks before, and what its page may read of an answer.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use store::sites::Sites;

use crate::problem::{Problem, ProblemCode};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
/// How long a browser need not ask again, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("900");
const YES: HeaderValue = HeaderValue::from_static("true");

/// Which programs send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senders {
    /// Servers and devices only. A browser lets no page of another site send what needs to be asked for before.
    Servers,
    /// Scripts in pages of other sites too.
    Pages,
}

/// The page that a request comes from, as far as its browser says.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The page's site if it may read the answer. `None` where no page sends: from servers, and at doors that take
    /// nothing from pages.
    origin: Option<HeaderValue>,
}

impl Visitor {
    /// The page of a request at a door.
    pub fn of(headers: &HeaderMap, senders: Senders) -> Self {
        let origin = headers.get(ORIGIN).filter(|_| senders == Senders::Pages);
        Self { origin: origin.cloned() }
    }

    /// Whether a key lets this page send. One that names no sites lets all send, and none read the answer.
    ///
    /// # Errors
    /// 403 where the key names other sites.
    pub fn check(&mut self, sites: &Sites) -> Result<(), Problem> {
        if sites.is_empty() {
            self.origin = None;
            return Ok(());
        }
        match &self.origin {
            Some(origin) if !origin.to_str().is_ok_and(|origin| sites.contain(origin)) => {
                let detail = "Only pages of this write key's sites may send with it, and this page is of another site.";
                Err(Problem::new(ProblemCode::SiteNotNamed, detail))
            }
            _ => Ok(()),
        }
    }

    /// Lets the page read the answer. A browser shows no page an answer that does not name its site, and clients in pages
    /// take that for a failure.
    pub fn allow(self, answer: &mut Response) {
        let Some(origin) = self.origin else { return };
        let headers = answer.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        // Some clients send cookies along, which nobody reads here. With cookies nothing but the very origin is honoured.
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, YES);
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
}

/// What a browser asks before its page sends. The key is not known yet: every site may ask, with any headers.
pub async fn answer_preflight(request: Request) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    if let Some(asked) = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    headers.append(VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    Visitor::of(request.headers(), Senders::Pages).allow(&mut answer);
    answer
}
