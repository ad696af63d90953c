//! The bot whose pages these are, and the way to the others.

use leptos::prelude::*;

use super::chevron::Chevron;
use super::error_text::error_text;
use crate::erased::Erase as _;
use crate::error::AppError;
use crate::wire::viewer::{BotLink, SWITCHER_BOTS};

/// A menu of bots; where there are many, it finds them by name.
#[component]
pub fn BotSwitcher(
    /// The name of the bot whose page is open.
    present: String,
    /// The first ones by name.
    bots: Vec<BotLink>,
    /// How many there are.
    total: u64,
) -> impl IntoView {
    let has_more = total > SWITCHER_BOTS as u64;
    let found = RwSignal::new(Ok::<_, AppError>(bots));
    let links = move || {
        found.with(|found| match found {
            Ok(bots) if bots.is_empty() => {
                view! { <p class="menu-note">"No bot has such a name."</p> }.erase()
            }
            Ok(bots) => view! { <ul>{bots.iter().map(link).collect_view()}</ul> }.erase(),
            Err(error) => view! { <p class="menu-note">{error_text(error)}</p> }.erase(),
        })
    };
    let all = if has_more { format!("All {total} bots") } else { "All bots".to_owned() };
    view! {
        <nav class="bot-switcher" aria-label="Bots">
            <button type="button" class="menu-button" popovertarget="bot-menu">
                <span class="menu-button-text">{present}</span>
                <Chevron />
            </button>
            <div id="bot-menu" class="menu" popover="auto">
                {has_more.then(|| view! { <Search found=found /> })}
                <div role="status">{links}</div>
                <a class="menu-item menu-foot" href="/" rel="external">
                    {all}
                </a>
            </div>
        </nav>
    }
    .erase()
}

fn link(bot: &BotLink) -> AnyView {
    view! {
        <li>
            <a class="menu-item" href=format!("/bots/{}/analytics", bot.id) rel="external">
                {bot.name.clone()}
            </a>
        </li>
    }
    .erase()
}

/// Finds bots while their name is typed; without a script, and with Enter, in the list of all.
#[component]
fn Search(found: RwSignal<Result<Vec<BotLink>, AppError>>) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    let asking = crate::asking::Newest::default();
    let find = move |event| {
        let search = event_target_value(&event);
        #[cfg(feature = "hydrate")]
        asking.run(async move {
            let answer = crate::api::viewer::find_bots(search).await;
            found.try_set(answer.and_then(|json| json.parse()));
        });
        #[cfg(not(feature = "hydrate"))]
        let _ = (search, found);
    };
    view! {
        <form class="menu-search" role="search" method="get" action="/">
            <input
                type="search"
                name="search"
                placeholder="Search by name"
                aria-label="Search bots by name"
                autofocus
                on:input=find
            />
        </form>
    }
    .erase()
}
