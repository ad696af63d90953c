//! The dashboard of one bot: period bar, key figures, overall chart and table. One memo reads the address, one resource
//! loads the report that it asks for, and every part shows that one report.

pub mod breadcrumb;
pub mod calendar;
pub mod definition;
pub mod granularity;
pub mod key_figures;
pub mod legend;
pub mod menu;
pub mod notices;
pub mod overall;
pub mod period_bar;
pub mod refresh;
pub mod shortcuts;
pub mod state;
pub mod table;
pub mod words;

use std::sync::Arc;

use analytics::ids::BotId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::analytics::load_report;
use crate::dashboard::key_figures::KeyFigures;
use crate::dashboard::notices::{Figures, NothingLoaded, Notices, StaleNotice};
use crate::dashboard::overall::OverallCard;
use crate::dashboard::period_bar::PeriodBar;
use crate::dashboard::state::{Answer, Dashboard, UrlReading};
use crate::url_query;

/// What the page's address asks, and the answer. Asked where the page begins: a resource that is made inside a suspended
/// part may be made twice while the server renders, and the first one loses the request's context.
#[derive(Clone, Copy)]
pub struct Question {
    url: Memo<UrlReading>,
    asked: Memo<String>,
    answer: Answer,
}

impl Question {
    /// Asks about a bot what the address says.
    pub fn ask(bot_id: BotId) -> Self {
        let query = use_query_map();
        let url = Memo::new(move |_| query.with(|query| url_query::read(|key| query.get(key))));
        let asked = Memo::new(move |_| {
            url.with(|(state, _)| {
                state.as_ref().map(|state| url_query::write_query(&state.query)).unwrap_or_default()
            })
        });
        let answer = Resource::new(move || asked.get(), move |query| load_report(bot_id, query));
        Self { url, asked, answer }
    }

    /// Asks once more.
    pub fn repeat(self) {
        self.answer.refetch();
    }
}

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
    .into_any()
}

/// The dashboard once the first figures are there; they are then kept until others come.
#[component]
fn Loaded(bot_id: BotId, question: Question) -> impl IntoView {
    let Question { url, asked, answer } = question;
    let latest = Memo::new(move |before: Option<&Option<Arc<_>>>| match answer.get() {
        Some(Ok(loaded)) => Some(Arc::new(loaded)),
        _ => before.cloned().flatten(),
    });
    let has_begun = Memo::new(move |_| latest.with(Option::is_some));
    let retry = Callback::new(move |()| answer.refetch());
    move || {
        // Read and not only tracked: a memo that was never read has no sources, so nothing would ever wake it.
        let _ = has_begun.get();
        match latest.get_untracked() {
            Some(first) => {
                let dashboard = Dashboard::new(bot_id, first, latest, answer, url, asked);
                view! { <Parts dashboard=dashboard /> }.into_any()
            }
            None => {
                let error = move || answer.get().and_then(Result::err);
                let panel = move || error().map(|error| view! { <NothingLoaded error=error retry=retry /> });
                view! { {panel} }.into_any()
            }
        }
    }
}

#[component]
fn Parts(dashboard: Dashboard) -> impl IntoView {
    refresh::keep_fresh(dashboard);
    refresh::remember_choices(dashboard);
    shortcuts::listen(dashboard);
    view! {
        <PeriodBar dashboard=dashboard />
        <Notices dashboard=dashboard />
        <StaleNotice dashboard=dashboard />
        <div
            class="figures"
            class:is-stale=move || dashboard.is_stale.get()
            aria-busy=move || dashboard.is_stale.get().to_string()
        >
            <Figures dashboard=dashboard name="key figures">
                <KeyFigures dashboard=dashboard />
            </Figures>
            <Figures dashboard=dashboard name="overall dashboard">
                <OverallCard dashboard=dashboard />
            </Figures>
        </div>
    }
    .into_any()
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
    .into_any()
}
