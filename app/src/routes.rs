//! All pages and their routes. Every page waits for its figures, so that status and content are right without a script.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::components::{SiteHeader, UrlErrorNotice};
use crate::pages::{
    AccountPage, BotAnalyticsPage, BotSettingsPage, BotStartPage, BotsPage, NotFoundPage, SetUpPage,
    SignInPage,
};

/// Everything inside the document's body.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| {
            if title.is_empty() { "Parlance".to_owned() } else { format!("{title} · Parlance") }
        } />
        <Router>
            <SiteHeader />
            <main id="main" tabindex="-1">
                <UrlErrorNotice />
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=BotsPage ssr=SsrMode::Async />
                    <Route path=path!("/bots/:id") view=BotStartPage ssr=SsrMode::Async />
                    <Route path=path!("/bots/:id/analytics") view=BotAnalyticsPage ssr=SsrMode::Async />
                    <Route path=path!("/bots/:id/settings") view=BotSettingsPage ssr=SsrMode::Async />
                    <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                    <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                    <Route path=path!("/set-up") view=SetUpPage ssr=SsrMode::Async />
                    <Route path=path!("/*any") view=NotFoundPage ssr=SsrMode::Async />
                </FlatRoutes>
            </main>
        </Router>
    }
}
