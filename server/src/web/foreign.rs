//! The answer to a request that comes from none of our pages: to a person, to our own script, and to a program. Most often
//! a proxy passes on another address than the server is set up for, so the answer says what to set.

use app::components::error_words::sentence;
use app::error::{AppError, Origins};
use app::theme::read_theme;
use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use http::header::{ACCEPT, HOST};
use http::{HeaderMap, HeaderName, StatusCode};
use leptos::prelude::*;

use super::place::Place;
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses the request and logs both addresses. `came_from` is where it says that it comes from.
pub(super) fn refuse(state: &ServerState, headers: &HeaderMap, came_from: Option<&Place>) -> Response {
    let base_url = &*state.context.base_url;
    let opened_at = came_from.map(Place::to_string);
    tracing::warn!(
        request.origin = opened_at.as_deref().unwrap_or("none"),
        base_url,
        "refused a form from another origin: if people use this address, set PARLANCE_BASE_URL to it"
    );
    let own = came_from.filter(|place| is_own_page(headers, place));
    let origins = own.map(|place| Origins { opened_at: place.to_string(), base_url: base_url.to_owned() });
    let error = AppError::ForeignOrigin { origins };
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("text/html") {
        (StatusCode::FORBIDDEN, page(state, headers, &error)).into_response()
    } else if accept.contains("application/json") {
        (StatusCode::FORBIDDEN, Json(error)).into_response()
    } else {
        Problem::new(ProblemCode::ForeignOrigin, sentence(&error)).into_response()
    }
}

/// Whether this server has sent the page that the request comes from, under an address that it does not know as its own.
/// Pages of others are not told how the server is set up.
fn is_own_page(headers: &HeaderMap, page: &Place) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(&FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => [FORWARDED_HOST, HOST].iter().filter_map(text).any(|host| page.is_host(host)),
    }
}

/// What a browser without our script shows.
fn page(state: &ServerState, headers: &HeaderMap, error: &AppError) -> Html<String> {
    let styles = format!("{}/pages.css", (state.context.site_path)());
    let theme = read_theme(headers).word();
    let view = view! {
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>"Not accepted · Parlance"</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=styles />
            </head>
            <body>
                <main>
                    <section class="card centred">
                        <h1>"This was not accepted"</h1>
                        <p role="alert">{sentence(error)}</p>
                    </section>
                </main>
            </body>
        </html>
    };
    let page = Owner::new().with(|| view.to_html());
    Html(format!("<!DOCTYPE html>{page}"))
}
