//! What the cards under the chart are made of.

use std::cmp::Ordering;

use leptos::prelude::*;

use crate::charts::sparkline;
use crate::erased::Erase as _;
use crate::format::IndexWords;
use crate::url_query::{self, DashboardState};

/// The top of a card: its title, and the way to all of its figures.
pub(super) fn head(id: &'static str, title: &'static str, csv: String) -> AnyView {
    view! {
        <header class="uses-head">
            <h2 id=id>{title}</h2>
            <a class="button small" href=csv download="" rel="external">
                "CSV"
            </a>
        </header>
    }
    .erase()
}

/// What it means that a figure grows.
#[derive(Clone, Copy)]
pub(super) enum Growth {
    /// More is better, as with messages.
    Good,
    /// More is no better, as with what is paid.
    Neutral,
}

/// A change as the cards above show it.
pub(super) fn index_view(index: IndexWords, growth: Growth) -> AnyView {
    let (class, arrow) = match (index.direction, growth) {
        (Ordering::Greater, Growth::Good) => ("index up", "↑ "),
        (Ordering::Less, Growth::Good) => ("index down", "↓ "),
        (Ordering::Greater, Growth::Neutral) => ("index", "↑ "),
        (Ordering::Less, Growth::Neutral) => ("index", "↓ "),
        (Ordering::Equal, _) => ("index", ""),
    };
    view! {
        <span class=class>
            <span aria-hidden="true">{arrow} {index.text}</span>
            <span class="visually-hidden">{index.words}</span>
        </span>
    }
    .erase()
}

/// A series as a line without axes.
pub(super) fn spark(values: &[Option<u64>]) -> AnyView {
    let path = sparkline::path(values, sparkline::highest(values));
    view! {
        <svg class="spark" viewBox=sparkline::VIEW_BOX preserveAspectRatio="none" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
    .erase()
}

/// The dashboard's address for a state.
pub(super) fn address(bot: &str, state: &DashboardState) -> String {
    format!("/bots/{bot}/analytics?{}", url_query::write(state))
}
