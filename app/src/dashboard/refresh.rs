//! What the page does by itself: fetch newer figures, and remember the choice for the next visit.

use std::time::Duration;

use leptos::prelude::*;

use crate::api::analytics::remember_choice;
use crate::asking::Newest;
use crate::dashboard::state::Dashboard;
use crate::url_query;

/// Looks for newer figures while the page is visible, as often as the latest ones say; and when it becomes so.
pub fn keep_fresh(dashboard: Dashboard) {
    dashboard.answer().watch(move || Duration::from_secs(dashboard.loaded().look_again_s));
}

/// Writes the period into an address that has none, so that it means the same to whoever gets it.
pub fn name_period(dashboard: Dashboard) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if let Some(address) = dashboard.find_full_address() {
            crate::components::go_to::replace_address(&address);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = dashboard;
}

/// Keeps the latest state for the account whenever it changes; what the page was opened with is no choice yet. Keeps
/// the period for the way back, too.
pub fn remember_choices(dashboard: Dashboard) {
    let remembering = Newest::default();
    Effect::new(move |before: Option<String>| {
        dashboard.note_period();
        let habit = url_query::habit(&dashboard.state());
        let now = habit.map(|state| url_query::write(&state)).unwrap_or_default();
        if before.is_some_and(|before| before != now) && !now.is_empty() {
            let state = now.clone();
            remembering.run(async move {
                // The next choice is remembered again: one that is lost is no matter to bother anybody with.
                let _ = remember_choice(state).await;
            });
        }
        now
    });
}
