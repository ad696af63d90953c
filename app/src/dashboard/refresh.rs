//! What the page does by itself: fetch newer figures, and remember the choice for the next visit.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::analytics::remember_choice;
use crate::dashboard::state::Dashboard;
use crate::url_query;

const EVERY: Duration = Duration::from_secs(10);

/// Loads the figures again every ten seconds while the page is visible and the period includes now.
pub fn keep_fresh(dashboard: Dashboard) {
    Effect::new(move |_| {
        let refresh = move || {
            let is_running = untrack(|| dashboard.with_report(|report| report.period.running));
            if is_running && !document().hidden() {
                dashboard.reload();
            }
        };
        let timer = set_interval_with_handle(refresh, EVERY);
        let returned = window_event_listener_untyped("visibilitychange", move |_| refresh());
        on_cleanup(move || {
            returned.remove();
            timer.into_iter().for_each(|timer| timer.clear());
        });
    });
}

/// Keeps the latest state for the account whenever it changes; what the page was opened with is no choice yet. Keeps
/// the period for the way back, too.
pub fn remember_choices(dashboard: Dashboard) {
    Effect::new(move |before: Option<String>| {
        dashboard.note_period();
        let habit = url_query::habit(&dashboard.state());
        let now = habit.map(|state| url_query::write(&state)).unwrap_or_default();
        if before.is_some_and(|before| before != now) && !now.is_empty() {
            let state = now.clone();
            spawn_local(async move {
                // The next choice is remembered again: one that is lost is no matter to bother anybody with.
                let _ = remember_choice(state).await;
            });
        }
        now
    });
}
