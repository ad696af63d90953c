//! A bot at a glance.

use leptos::prelude::*;

use crate::charts::sparkline;
use crate::erased::Erase as _;
use crate::wire::bots::{BotCard, BotState, CardFigure};

/// Name, state, last message and past 7 days.
#[component]
pub fn Card(bot: BotCard) -> impl IntoView {
    let (state, words) = match bot.state {
        BotState::Inactive => ("inactive", "Inactive"),
        BotState::Waiting => ("waiting", "Waiting for the first message"),
        BotState::Receiving => ("receiving", "Activated"),
    };
    let figures: Vec<_> = bot.figures.into_iter().map(figure).collect();
    let rest = match bot.state {
        BotState::Inactive => "Activate it to see its figures.",
        BotState::Waiting => "Open it to see how to send.",
        BotState::Receiving => "Past 7 days, against the 7 days before",
    };
    view! {
        <article class="card bot-card">
            <div class="bot-card-head">
                <h2>
                    <a href=format!("/bots/{}/analytics", bot.id)>{bot.name}</a>
                </h2>
                <span class=format!("state {state}")>{words}</span>
            </div>
            <p class="last-message">
                {bot
                    .last_message
                    .map_or_else(|| "No message yet".to_owned(), |ago| format!("Last message {ago}"))}
            </p>
            <dl class="bot-figures">{figures}</dl>
            <p class="hint">{rest}</p>
        </article>
    }
    .erase()
}

fn figure(figure: CardFigure) -> AnyView {
    view! {
        <div class="bot-figure">
            <dt>{figure.label}</dt>
            <dd>
                <span class="bot-figure-value" title=figure.exact>
                    {figure.value}
                </span>
                <span
                    class=format!("index {}", figure.trend)
                    title=figure.index_words.clone()
                    aria-hidden="true"
                >
                    {figure.index}
                </span>
                <span class="visually-hidden">{figure.index_words}</span>
                <svg
                    class="sparkline"
                    viewBox=sparkline::VIEW_BOX
                    preserveAspectRatio="none"
                    aria-hidden="true"
                >
                    <path d=figure.sparkline></path>
                </svg>
            </dd>
        </div>
    }
    .erase()
}
