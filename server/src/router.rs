//! Every route and every layer, on one screen.

use std::any::Any;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, any, get, on, post};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::intake::door::{Door, Senders};
use crate::intake::doors::DOORS;
use crate::intake::doors::client_settings::{
    answer_flags, get_posthog_script, get_posthog_settings, get_rudder_settings, get_segment_settings,
};
use crate::intake::doors::langfuse_api::{get_projects, get_prompt};
use crate::intake::receive::receive;
use crate::intake::visitor::answer_preflight;
use crate::openapi::get_openapi;
use crate::openapi::page::get_openapi_page;
use crate::problem::Problem;
use crate::read::{
    get_analytics, get_analytics_csv, get_bot, get_bot_analytics, get_events, get_events_csv, get_model_use,
    get_model_use_csv, list_bots,
};
use crate::state::ServerState;
use crate::web::answers::lease_answer;
use crate::web::client_address::note_client_address;
use crate::web::headers::add_security_headers;
use crate::web::health::{answer_alive, answer_ready};
use crate::web::import_history::import_history;
use crate::web::measures::{get_metrics, measure_request};
use crate::web::origin::require_own_origin;
use crate::web::pages::{MAX_FORM_BYTES, call_server_function, find_file_or_page, render_page};
use crate::web::site::get_client_file;
use crate::web::trace::trace_request;

/// The whole server.
pub fn router(state: ServerState) -> Router {
    let api = Router::new()
        .route("/v1/bots", get(list_bots))
        .route("/v1/bots/{id}", get(get_bot))
        .route("/v1/bots/{id}/analytics", get(get_analytics))
        .route("/v1/bots/{id}/analytics.csv", get(get_analytics_csv))
        .route("/v1/bots/{id}/events", get(get_events))
        .route("/v1/bots/{id}/events.csv", get(get_events_csv))
        .route("/v1/bots/{id}/model-use", get(get_model_use))
        .route("/v1/bots/{id}/model-use.csv", get(get_model_use_csv))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed());
    let server_functions = server_functions()
        .layer(RequestBodyLimitLayer::new(MAX_FORM_BYTES))
        .layer(from_fn_with_state(state.clone(), require_own_origin));
    let uploads = Router::new()
        .route("/fn/import_history", post(import_history))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(state.clone(), require_own_origin));
    Router::new()
        .nest("/api", api)
        .route("/api/public/projects", get(get_projects))
        .route("/api/public/v2/prompts/{name}", get(get_prompt))
        .route("/api/", any(async || Problem::not_found()))
        .merge(server_functions)
        .merge(uploads)
        .merge(doors())
        .merge(client_settings())
        .route("/v1/admin/bots/{id}/analytics", get(get_bot_analytics))
        .route("/openapi.json", get(get_openapi))
        .route("/openapi", get(get_openapi_page))
        .route("/healthz", get(answer_alive))
        .route("/readyz", get(answer_ready))
        .route("/metrics", get(get_metrics))
        .route("/pkg/{*path}", get(get_client_file))
        .merge(pages())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .fallback(find_file_or_page)
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn_with_state(state.clone(), lease_answer))
        .layer(from_fn_with_state(state.clone(), note_client_address))
        .layer(from_fn_with_state(state.clone(), add_security_headers))
        .layer(from_fn(trace_request))
        .layer(from_fn(measure_request))
        .with_state(state)
}

/// Every way in, with a slash at the end of its path or without.
fn doors() -> Router<ServerState> {
    let paths = DOORS.into_iter().flat_map(|door| door.paths.iter().map(move |path| (*path, door)));
    paths.fold(Router::new(), |router, (path, door)| add_door(router, path, door))
}

fn add_door(router: Router<ServerState>, path: &str, door: &'static Door) -> Router<ServerState> {
    let handler = || {
        let sending = post(move |State(state), request| receive(state, request, door));
        match door.senders {
            Senders::Servers => sending,
            Senders::Pages => sending.options(answer_preflight),
        }
    };
    let router = router.route(path, handler());
    if path.ends_with('/') { router } else { router.route(&format!("{path}/"), handler()) }
}

/// What clients in pages ask before they send.
fn client_settings() -> Router<ServerState> {
    let flags = || post(answer_flags).options(answer_preflight);
    Router::new()
        .route("/flags", flags())
        .route("/flags/", flags())
        .route("/decide", flags())
        .route("/decide/", flags())
        .route("/array/{token}/config", get(get_posthog_settings))
        .route("/array/{token}/config.js", get(get_posthog_script))
        .route("/v1/projects/{key}/settings", get(get_segment_settings).options(answer_preflight))
        .route("/sourceConfig", get(get_rudder_settings).options(answer_preflight))
        .route("/sourceConfig/", get(get_rudder_settings).options(answer_preflight))
}

/// What pages call. Whatever else is asked for there is absent.
fn server_functions() -> Router<ServerState> {
    let absent = Router::new().route("/fn/{*name}", any(async || Problem::not_found()));
    let known =
        server_fn_paths().filter_map(|(path, method)| Some((path, MethodFilter::try_from(method).ok()?)));
    known
        .fold(absent, |router, (path, method)| router.route(path, on(method, call_server_function)))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
}

/// Every page is read with GET and rendered whole. What no page is at is left to the fallback: it may be a file.
fn pages() -> Router<ServerState> {
    let pages = generate_route_list(app::App);
    let paths = pages.iter().map(|page| page.path()).filter(|path| !path.contains('*'));
    paths.fold(Router::new(), |router, path| router.route(path, get(render_page)))
}

/// The panic's message may hold what a client sent: it went to stderr and goes no further.
fn answer_panic(_: Box<dyn Any + Send>) -> Response {
    Problem::internal(&Panicked).into_response()
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;
