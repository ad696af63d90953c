//! Pages and server functions: leptos answers them, with the server's context.

use std::error::Error;

use app::context::ClientAddress;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_TYPE, REFERER};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::LengthLimitError;
use leptos::prelude::{provide_context, use_context};

use crate::net::BodyTooSlow;
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;
use crate::web::origin::is_own_url;
use crate::web::site;

/// Largest body of a server function, in bytes: forms, never files.
pub const MAX_FORM_BYTES: usize = 64 * 1024;

/// Renders the page at the request's path.
pub async fn render_page(State(state): State<ServerState>, request: Request) -> Response {
    leptos_axum::render_app_async_with_context(provider(state), app::shell)(request).await
}

/// Runs the server function at the request's path.
pub async fn call_server_function(State(state): State<ServerState>, mut request: Request<Body>) -> Response {
    if !request.method().is_safe() && !is_form(request.headers()) {
        return not_a_form().into_response();
    }
    bind_redirections(&mut request, &state.context.base_url);
    let request = match collect_form(request).await {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    leptos_axum::handle_server_fns_with_context(provider(state), request).await.into_response()
}

/// The request with all of its body. One that does not arrive whole is no form that somebody filled in wrongly.
async fn collect_form(request: Request<Body>) -> Result<Request<Body>, Problem> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_FORM_BYTES).await.map_err(|error| explain_body(&error))?;
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn explain_body(error: &axum::Error) -> Problem {
    if is_caused_by::<BodyTooSlow>(error) {
        let detail = "The form did not arrive in time. Send it again.";
        Problem::new(ProblemCode::BodyTimeout, detail)
    } else if is_caused_by::<LengthLimitError>(error) {
        Problem::new(ProblemCode::BodyTooLarge, "A form has at most 64 KiB.")
    } else {
        Problem::new(ProblemCode::BodyIncomplete, "The form did not arrive completely. Send it again.")
    }
}

fn is_caused_by<E: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<E>() || error.source().is_some_and(is_caused_by::<E>)
}

/// A browser that asks for HTML is sent back to the `Referer`: a plain form to its page. What only reads has no page to
/// go back to, and a page of another origin is never gone to; the error in its address would tell it who is signed in.
fn bind_redirections(request: &mut Request<Body>, base_url: &str) {
    let is_safe = request.method().is_safe();
    let headers = request.headers_mut();
    if is_safe {
        headers.remove(ACCEPT);
    }
    if is_safe || headers.get(REFERER).is_some_and(|referer| !is_own_url(referer, base_url)) {
        headers.remove(REFERER);
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn not_a_form() -> Problem {
    let detail = "A server function needs a form: send Content-Type: application/x-www-form-urlencoded.";
    Problem::new(ProblemCode::NotAForm, detail)
}

/// Everything else: a static file at the root, or the page that says that there is none.
pub async fn find_file_or_page(State(state): State<ServerState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::not_found().into_response();
    }
    if let Some(file) = site::find_public_file(request.uri().path(), request.headers()) {
        return file;
    }
    let mut response = render_page(State(state), request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Provides the context of one request to what leptos runs.
fn provider(state: ServerState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(state.context.clone());
        let address =
            use_context::<Parts>().and_then(|parts| parts.extensions.get::<ClientAddress>().copied());
        if let Some(address) = address {
            provide_context(address);
        }
    }
}
