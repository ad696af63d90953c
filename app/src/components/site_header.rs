//! The bar at the top of every page: where one is, and who one is.

use analytics::ids::BotId;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::bot_switcher::BotSwitcher;
use super::chevron::Chevron;
use crate::api::viewer::load_viewer;
use crate::asking::Answer;
use crate::components::ButtonForm;
use crate::erased::Erase as _;
use crate::wire::viewer::ViewerBar;

/// Logo, bot switcher and account menu.
#[component]
pub fn SiteHeader() -> impl IntoView {
    let pathname = use_location().pathname;
    let open = move || pathname.read().strip_prefix("/bots/")?.split('/').next()?.parse::<BotId>().ok();
    let viewer = Answer::new(open, load_viewer);
    let bar = move || {
        let viewer: Option<ViewerBar> = viewer.get()?.ok()?.parse().ok()?;
        viewer.map(|viewer| view! { <ViewerMenus viewer=viewer /> })
    };
    view! {
        // The browser itself takes the focus along; a link that the router follows only scrolls.
        <a class="skip-link" href="#main" rel="external">
            "Skip to content"
        </a>
        <header class="site-header">
            <div class="site-header-inner">
                <a class="logo" href="/" aria-label="Parlance: all bots">
                    <LogoMark />
                    <span class="logo-name">"Parlance"</span>
                </a>
                <Transition>{bar}</Transition>
            </div>
        </header>
    }
    .erase()
}

#[component]
fn ViewerMenus(viewer: ViewerBar) -> impl IntoView {
    view! {
        {viewer
            .present
            .map(|present| view! { <BotSwitcher present=present bots=viewer.bots total=viewer.total /> })}
        <AccountMenu email=viewer.email />
    }
    .erase()
}

#[component]
fn AccountMenu(email: String) -> impl IntoView {
    view! {
        <nav class="account-menu" aria-label="Account">
            <button type="button" class="menu-button" popovertarget="account-menu">
                <span class="menu-button-text">{email}</span>
                <Chevron />
            </button>
            <div id="account-menu" class="menu" popover="auto">
                <a class="menu-item" href="/account" rel="external">
                    "Account"
                </a>
                <ButtonForm path="/fn/sign_out" label="Sign out" class="menu-item" />
            </div>
        </nav>
    }
    .erase()
}

/// Two speech bubbles that rise like bars.
#[component]
fn LogoMark() -> impl IntoView {
    view! {
        <svg class="logo-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
            <rect width="32" height="32" rx="8" fill="currentColor"></rect>
            <path class="logo-bars" d="M8 17h4v7l-4 3zM14 12h4v12h-4zM20 7h4v17h-4z"></path>
        </svg>
    }
    .erase()
}
