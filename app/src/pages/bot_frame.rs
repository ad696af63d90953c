//! What a bot's pages have in common: its name and its tabs.

use analytics::ids::BotId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::params::ParamsMap;

use crate::erased::{Content, Erase as _};

/// A bot's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BotTab {
    /// Figures.
    Analytics,
    /// What came lately.
    Intake,
    /// How to send.
    Connect,
    /// Settings.
    Settings,
}

impl BotTab {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Analytics, "Analytics", "analytics"),
        (Self::Intake, "Intake", "intake"),
        (Self::Connect, "Connect", "connect"),
        (Self::Settings, "Settings", "settings"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(tab, ..)| *tab == self).map_or("", |(_, name, _)| name)
    }
}

/// The bot's heading with its tabs, and a page below.
#[component]
pub fn BotFrame(id: BotId, name: String, tab: BotTab, children: Content) -> impl IntoView {
    let tabs = BotTab::ALL.map(|(this, label, path)| {
        let current = (this == tab).then_some("page");
        view! {
            <a class="tab" href=format!("/bots/{id}/{path}") aria-current=current>
                {label}
            </a>
        }
    });
    view! {
        <Title text=format!("{name} · {}", tab.name()) />
        <div class="bot-heading">
            <h1>{name}</h1>
            <nav class="tabs" aria-label="Pages of this bot">
                {tabs.into_iter().collect_view()}
            </nav>
        </div>
        {children.show()}
    }
    .erase()
}

/// The bot that a page's address names; `None` for a text that is no bot's id.
pub fn find_bot_id(params: &ParamsMap) -> Option<BotId> {
    params.get_str("id")?.parse().ok()
}
