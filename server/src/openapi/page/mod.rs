//! `GET /openapi`: the document for people. It is rendered here and is a page without a script, in the site's own styles:
//! the viewers that could be served from here bring their own colours, faults of contrast and headings, workers or foreign
//! requests that the policy of our pages refuses, and hundreds of kilobytes.

mod operations;
mod schemas;
mod words;

use app::theme::read_theme;
use axum::extract::State;
use axum::response::Html;
use http::HeaderMap;
use leptos::prelude::*;
use serde_json::Value;

use super::{TAGS, document};
use crate::state::ServerState;

/// Answers with the page.
pub async fn get_openapi_page(State(state): State<ServerState>, headers: HeaderMap) -> Html<String> {
    let styles = format!("{}/openapi.css", (state.context.site_path)());
    let theme = read_theme(&headers).word();
    let page = Owner::new().with(|| render(&styles, theme).to_html());
    Html(format!("<!DOCTYPE html>{page}"))
}

fn render(styles: &str, theme: &'static str) -> impl IntoView + use<> {
    let document = document();
    let groups = TAGS.iter().map(|(tag, description)| operations::group(document, tag, description));
    view! {
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>"API · Parlance"</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href=styles.to_owned() />
            </head>
            <body>
                <a class="skip-link" href="#main">
                    "Skip to content"
                </a>
                <header class="site-header">
                    <div class="site-header-inner">
                        <a class="logo" href="/">
                            "Parlance"
                        </a>
                    </div>
                </header>
                <main id="main" class="api" tabindex="-1">
                    {introduction(document)}
                    {operations::contents(document)}
                    {groups.collect_view()}
                    {schemas::all(document)}
                </main>
            </body>
        </html>
    }
}

fn introduction(document: &Value) -> AnyView {
    let text = document["info"]["description"].as_str().unwrap_or_default();
    view! {
        <header>
            <h1>"API"</h1>
            {words::paragraphs(text)}
            <p>"The same for programs: "<a href="/openapi.json">"openapi.json"</a> ", OpenAPI 3.1."</p>
        </header>
    }
    .into_any()
}
