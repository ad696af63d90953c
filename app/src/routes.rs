//! All pages and their routes. Every page waits for its figures, so that status and content are right without a script.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use crate::components::{SiteHeader, UrlErrorNotice};
#[cfg(any(feature = "ssr", feature = "dashboard"))]
use crate::pages::BotAnalyticsPage;
#[cfg(any(feature = "ssr", feature = "pages"))]
use crate::pages::{
    AccountPage, AccountsPage, BotConnectPage, BotIntakePage, BotSettingsPage, BotStartPage, BotsPage,
    InvitationPage, NewPasswordPage, SetUpPage, SignInPage,
};

/// Which part of the client has the page of a path: `dashboard` or `pages`.
#[cfg(feature = "ssr")]
pub fn client_part(path: &str) -> &'static str {
    let is_dashboard = path.starts_with("/bots/") && path.trim_end_matches('/').ends_with("/analytics");
    if is_dashboard { "dashboard" } else { "pages" }
}

/// Everything inside the document's body.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=format_title />
        <Router>
            <SiteHeader />
            <main id="main" tabindex="-1">
                <UrlErrorNotice />
                <Routes />
            </main>
        </Router>
    }
}

/// A page's title with the product's name. The server puts it into the document as it is (leptos_meta 0.8), so it is
/// escaped there; a browser sets it as text.
fn format_title(title: String) -> String {
    let title = if title.is_empty() { "Parlance".to_owned() } else { format!("{title} · Parlance") };
    #[cfg(feature = "ssr")]
    let title = title.to_html();
    title
}

/// The server has every route, and so has a client of both parts.
#[cfg(any(feature = "ssr", all(feature = "dashboard", feature = "pages")))]
#[component]
fn Routes() -> impl IntoView {
    use crate::pages::NotFoundPage;
    view! {
        <FlatRoutes fallback=NotFoundPage>
            <Route path=path!("/") view=BotsPage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id") view=BotStartPage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/analytics") view=BotAnalyticsPage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/intake") view=BotIntakePage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/connect") view=BotConnectPage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/settings") view=BotSettingsPage ssr=SsrMode::Async />
            <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
            <Route path=path!("/accounts") view=AccountsPage ssr=SsrMode::Async />
            <Route path=path!("/invitation") view=InvitationPage ssr=SsrMode::Async />
            <Route path=path!("/new-password") view=NewPasswordPage ssr=SsrMode::Async />
            <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
            <Route path=path!("/set-up") view=SetUpPage ssr=SsrMode::Async />
            <Route path=path!("/*any") view=NotFoundPage ssr=SsrMode::Async />
        </FlatRoutes>
    }
}

/// Every other address is loaded from the server, with the other part.
#[cfg(all(feature = "dashboard", not(any(feature = "ssr", feature = "pages"))))]
#[component]
fn Routes() -> impl IntoView {
    view! {
        <FlatRoutes fallback=crate::components::OtherPart>
            <Route path=path!("/bots/:id/analytics") view=BotAnalyticsPage ssr=SsrMode::Async />
        </FlatRoutes>
    }
}

/// The dashboard is loaded from the server, with the other part.
#[cfg(not(any(feature = "ssr", feature = "dashboard")))]
#[component]
fn Routes() -> impl IntoView {
    use crate::pages::NotFoundPage;
    #[cfg(feature = "pages")]
    view! {
        <FlatRoutes fallback=NotFoundPage>
            <Route path=path!("/") view=BotsPage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id") view=BotStartPage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/analytics") view=crate::components::OtherPart ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/intake") view=BotIntakePage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/connect") view=BotConnectPage ssr=SsrMode::Async />
            <Route path=path!("/bots/:id/settings") view=BotSettingsPage ssr=SsrMode::Async />
            <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
            <Route path=path!("/accounts") view=AccountsPage ssr=SsrMode::Async />
            <Route path=path!("/invitation") view=InvitationPage ssr=SsrMode::Async />
            <Route path=path!("/new-password") view=NewPasswordPage ssr=SsrMode::Async />
            <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
            <Route path=path!("/set-up") view=SetUpPage ssr=SsrMode::Async />
            <Route path=path!("/*any") view=NotFoundPage ssr=SsrMode::Async />
        </FlatRoutes>
    }
    #[cfg(not(feature = "pages"))]
    view! { <NotFoundPage /> }
}
