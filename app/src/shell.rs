//! The HTML document around the app, and its routes.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;

/// The document: head, client files, and the app. `site_path` is `/pkg/<build id>`.
pub fn shell(options: LeptosOptions, site_path: &str) -> impl IntoView {
    let _ = (options, site_path.to_owned());
    view! { <!DOCTYPE html> <html lang="en"><head></head><body><App/></body></html> }
}

/// All pages and their routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! { <main></main> }
}
