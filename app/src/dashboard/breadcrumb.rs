//! The way from all time to the period shown; every part but the last is a link.

use analytics::navigation::{Crumb, CrumbKind, breadcrumb};
use chrono::Datelike;
use leptos::prelude::*;

use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::format;

/// "All time › 2026 › November › 17 Nov".
#[component]
pub fn Breadcrumb(dashboard: Dashboard) -> impl IntoView {
    let way = Memo::new(move |_| {
        let period = dashboard.state.with(|state| state.query.period);
        dashboard.with_report(|report| {
            let horizon = dashboard.horizon();
            breadcrumb(&period, report.period.start, report.period.end, &horizon)
        })
    });
    let parts = move || {
        let way = way.get();
        let last = way.len().saturating_sub(1);
        let part = |(place, crumb): (usize, Crumb)| {
            let name = crumb_name(dashboard, crumb.kind);
            let address = (place != last).then(|| dashboard.period_address(crumb.period));
            view! {
                <li>
                    <a href=address data-noscroll="" aria-current=(place == last).then_some("page")>
                        {name}
                    </a>
                </li>
            }
        };
        way.into_iter().enumerate().map(part).collect_view()
    };
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>{parts}</ol>
        </nav>
    }
    .into_any()
}

fn crumb_name(dashboard: Dashboard, kind: CrumbKind) -> String {
    match kind {
        CrumbKind::AllTime => "All time".to_owned(),
        CrumbKind::Year(year) => year.to_string(),
        CrumbKind::Month(date) => format::month(date).to_owned(),
        CrumbKind::Day(date) => format!("{} {}", date.day(), format::month_short(date)),
        CrumbKind::Span => dashboard.with_report(words::period_dates),
    }
}
