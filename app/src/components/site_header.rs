//! The bar at the top of every page: where one is, and who one is.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::viewer::{BotLink, ViewerBar, load_viewer};
use crate::components::ButtonForm;
use crate::erased::Erase as _;

/// Logo, bot switcher and account menu.
#[component]
pub fn SiteHeader() -> impl IntoView {
    let viewer = Resource::new(|| (), |()| load_viewer());
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
        <BotSwitcher bots=viewer.bots />
        <AccountMenu email=viewer.email />
    }
    .erase()
}

/// The bot whose pages these are, and the way to the others.
#[component]
fn BotSwitcher(bots: Vec<BotLink>) -> impl IntoView {
    let pathname = use_location().pathname;
    let links: Vec<_> = bots
        .iter()
        .map(|bot| {
            let href = format!("/bots/{}/analytics", bot.id);
            view! {
                <li>
                    <a class="menu-item" href=href rel="external">
                        {bot.name.clone()}
                    </a>
                </li>
            }
        })
        .collect();
    let present = Memo::new(move |_| {
        let pathname = pathname.read();
        let id = pathname.strip_prefix("/bots/")?.split('/').next()?.to_owned();
        bots.iter().find(|bot| bot.id.to_string() == id).map(|bot| bot.name.clone())
    });
    view! {
        <nav class="bot-switcher" aria-label="Bots" hidden=move || present.read().is_none()>
            <button type="button" class="menu-button" popovertarget="bot-menu">
                <span class="menu-button-text">{move || present.get()}</span>
                <Chevron />
            </button>
            <div id="bot-menu" class="menu" popover="auto">
                <ul>{links}</ul>
                <a class="menu-item menu-foot" href="/" rel="external">
                    "All bots"
                </a>
            </div>
        </nav>
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

#[component]
fn Chevron() -> impl IntoView {
    view! {
        <svg class="chevron" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
            <path d="M2.5 4.5 6 8l3.5-3.5" fill="none" stroke="currentColor" stroke-width="1.5"></path>
        </svg>
    }
    .erase()
}
