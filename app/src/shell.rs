//! The HTML document around the app: head, client files, content security policy.

use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use http::request::Parts;
use leptos::nonce::{Nonce, use_nonce};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

use crate::App;
use crate::context::ServerContext;
use crate::routes::client_part;
use crate::theme::find_theme;

/// The document of every page. Needs a [`ServerContext`]; without one the page comes without its client files.
pub fn shell() -> impl IntoView {
    let nonce = use_nonce();
    set_policy(nonce.as_ref());
    let path = use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default();
    let site_path = use_context::<ServerContext>().map(|context| (context.site_path)());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=find_theme().word()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                {site_path.map(|site_path| client_files(&site_path, client_part(&path), nonce))}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// On paper everything has its light colours; the mark lets the chart know, which is drawn in colours of its own.
const MARK_PRINT: &str = "const mark = (on) => document.documentElement.toggleAttribute('data-print', on); \
    addEventListener('beforeprint', () => mark(true)); addEventListener('afterprint', () => mark(false));";

fn client_files(site_path: &str, part: &str, nonce: Option<Nonce>) -> impl IntoView + use<> {
    let script = format!("{site_path}/{part}.js");
    let wasm = format!("{site_path}/{part}_bg.wasm");
    // The mark tells whoever drives the page by a program that the script listens from here on.
    let start = format!(
        "{MARK_PRINT} const wasm = fetch({wasm:?}); import({script:?}).then((client) => client.default({{ module_or_path: wasm }}).then(() => {{ client.hydrate(); document.documentElement.dataset.hydrated = ''; }}))"
    );
    view! {
        // Tells the client where to load the chart library from.
        <meta name="parlance-site" content=site_path.to_owned() />
        <link rel="stylesheet" href=format!("{site_path}/{part}.css") />
        <link rel="modulepreload" href=script />
        <script type="module" nonce=nonce>
            {start}
        </script>
    }
}

fn set_policy(nonce: Option<&Nonce>) {
    let (Some(nonce), Some(response)) = (nonce, use_context::<ResponseOptions>()) else {
        return;
    };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
