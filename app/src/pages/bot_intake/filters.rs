//! Which requests are looked at: links, so that they work without a script and can be passed on.

use analytics::ids::BotId;
use leptos::prelude::*;

use crate::erased::Erase as _;
use crate::wire::intake::IntakeFilter;

/// All or those with problems, and through which door.
#[component]
pub fn Filters(
    bot_id: BotId,
    filter: IntakeFilter,
    /// Doors that were used: word and name.
    doors: Vec<(String, String)>,
) -> impl IntoView {
    let kinds = [(false, "All"), (true, "With problems")].map(|(with_problems, label)| {
        let wanted = IntakeFilter { with_problems, every: false, ..filter.clone() };
        link(bot_id, &wanted, label.to_owned(), with_problems == filter.with_problems)
    });
    let of_door = |door: Option<String>, label: String| {
        let is_current = door == filter.door;
        link(bot_id, &IntakeFilter { door, every: false, ..filter.clone() }, label, is_current)
    };
    let any = of_door(None, "All doors".to_owned());
    let each: Vec<_> = doors.into_iter().map(|(word, name)| of_door(Some(word), name)).collect();
    view! {
        <div class="intake-filters">
            <nav class="segments" aria-label="Requests">
                {kinds.into_iter().collect_view()}
            </nav>
            <nav class="segments" aria-label="Door">
                {any}
                {each}
            </nav>
        </div>
    }
    .erase()
}

fn link(bot_id: BotId, filter: &IntakeFilter, label: String, is_current: bool) -> AnyView {
    view! {
        <a class="segment" href=address(bot_id, filter) aria-current=is_current.then_some("true")>
            {label}
        </a>
    }
    .erase()
}

/// The page's address with a filter.
pub(super) fn address(bot_id: BotId, filter: &IntakeFilter) -> String {
    let mut parts = Vec::new();
    if filter.with_problems {
        parts.push("show=problems".to_owned());
    }
    if let Some(door) = &filter.door {
        parts.push(format!("door={door}"));
    }
    if filter.every {
        parts.push("rows=all".to_owned());
    }
    let query = if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) };
    format!("/bots/{bot_id}/intake{query}")
}
