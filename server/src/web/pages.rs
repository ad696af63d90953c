//! Pages and server functions: leptos answers them, with the server's context.

use app::context::ClientAddress;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode};
use leptos::prelude::{provide_context, use_context};

use crate::problem::Problem;
use crate::state::ServerState;
use crate::web::site;

/// Largest body of a server function, in bytes: forms, never files.
pub const MAX_FORM_BYTES: usize = 64 * 1024;

/// Renders the page at the request's path.
pub async fn render_page(State(state): State<ServerState>, request: Request) -> Response {
    leptos_axum::render_app_async_with_context(provider(state), app::shell)(request).await
}

/// Runs the server function at the request's path.
pub async fn call_server_function(State(state): State<ServerState>, request: Request<Body>) -> Response {
    leptos_axum::handle_server_fns_with_context(provider(state), request).await.into_response()
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
