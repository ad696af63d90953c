//! The way from all time to the period shown; every part but the last is a link.

use analytics::navigation::{Crumb, CrumbKind, breadcrumb};
use chrono::Datelike;
use leptos::prelude::*;

use crate::dashboard::state::Dashboard;
use crate::dashboard::words;
use crate::erased::Erase as _;
use crate::format;

/// "All time › 2026 › November › 17 Nov".
pub fn crumbs(dashboard: Dashboard) -> AnyView {
    let period = dashboard.state().query.period;
    let horizon = dashboard.horizon();
    let way =
        dashboard.with_report(|report| breadcrumb(&period, report.period.start, report.period.end, &horizon));
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
    way.into_iter().enumerate().map(part).collect_view().erase()
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
