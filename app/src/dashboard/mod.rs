//! The dashboard of one bot: period bar, key figures, overall chart and table. One resource loads the
//! report that the address asks for, and every part shows that one report.

pub mod breadcrumb;
pub mod calendar;
pub mod comparison_menu;
pub mod definition;
#[cfg(feature = "ssr")]
pub mod definition_text;
pub mod element_ids;
pub mod granularity;
pub mod key_figures;
pub mod legend;
pub mod menu;
pub mod notices;
#[cfg(test)]
mod odd_days;
pub mod overall;
pub mod period_bar;
pub mod question;
pub mod refresh;
#[cfg(feature = "ssr")]
pub mod remarks;
pub mod shortcuts;
pub mod state;
#[cfg(feature = "ssr")]
pub mod table;
pub mod use_cards;
#[cfg(feature = "ssr")]
pub mod uses;
pub mod words;

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::dashboard::key_figures::key_figures;
use crate::dashboard::notices::{Figures, NothingLoaded, notices, stale_notice};
use crate::dashboard::overall::OverallCard;
use crate::dashboard::period_bar::PeriodBar;
use crate::dashboard::question::Question;
use crate::dashboard::state::{Dashboard, Latest};
use crate::dashboard::use_cards::UseCards;
use crate::erased::Erase as _;

/// `/bots/{id}/analytics` of an activated bot with messages.
#[component]
pub fn AnalyticsPage(bot_id: BotId, question: Question) -> impl IntoView {
    view! {
        <div class="dashboard">
            <Transition fallback=|| view! { <Skeleton /> }>
                <Loaded bot_id=bot_id question=question />
            </Transition>
        </div>
    }
    .erase()
}

/// The dashboard once the first figures are there; they are then kept until others come.
#[component]
fn Loaded(bot_id: BotId, question: Question) -> impl IntoView {
    let latest = Memo::new(move |before| Latest::after(before, question.answer().get()));
    let has_begun = Memo::new(move |_| latest.with(|latest| latest.loaded.is_some()));
    let retry = Callback::new(move |()| question.repeat());
    move || {
        // On the server the answer comes on another thread. A memo that reads that it is not there, at the very moment when it
        // comes, would never hear of it; so the memos are first read when it is there.
        if cfg!(feature = "ssr") && question.answer().get().is_none() {
            return ().erase();
        }
        // Read and not only tracked: a memo that was never read has no sources, so nothing would ever wake it.
        let _ = has_begun.get();
        match latest.get_untracked().loaded {
            Some(first) => {
                let dashboard = Dashboard::new(bot_id, question, first, latest);
                view! { <Parts dashboard=dashboard /> }.erase()
            }
            None => {
                let error = move || latest.with(|latest| latest.failure.clone());
                let panel = move || error().map(|error| view! { <NothingLoaded error=error retry=retry /> });
                view! { {panel} }.erase()
            }
        }
    }
}

#[component]
fn Parts(dashboard: Dashboard) -> impl IntoView {
    refresh::keep_fresh(dashboard);
    refresh::name_period(dashboard);
    refresh::remember_choices(dashboard);
    shortcuts::listen(dashboard);
    view! {
        <PeriodBar dashboard=dashboard />
        <div class="notices" role="status">
            {dashboard.live(notices)}
        </div>
        {dashboard.live(stale_notice)}
        <div
            class="figures"
            class:is-stale=move || dashboard.is_stale.get()
            aria-busy=move || dashboard.is_stale.get().to_string()
        >
            <Figures dashboard=dashboard name="key figures">
                <div class="key-figures" role="group" aria-label="Key figures">
                    {dashboard.live(key_figures)}
                </div>
            </Figures>
            <Figures dashboard=dashboard name="overall dashboard">
                <OverallCard dashboard=dashboard />
                <UseCards dashboard=dashboard />
            </Figures>
        </div>
    }
    .erase()
}

/// The dashboard's shape while its first figures are on their way.
#[component]
fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true">
            <div class="skeleton-bar"></div>
            <div class="skeleton-cards"></div>
            <div class="skeleton-chart"></div>
        </div>
        <p class="visually-hidden" role="status">
            "Loading the figures"
        </p>
    }
    .erase()
}
