//! A long list, some lines at a time: which ones are shown, the way to the others, and the search by name.

use leptos::prelude::*;

use super::parts::address;
use crate::dashboard::element_ids::EVENT_SEARCH;
use crate::erased::Erase as _;
use crate::url_query::{self, DashboardState, Lines};

/// Most lines that a card shows at a time.
pub(super) const PAGE_LINES: usize = 50;

/// Some lines of a list.
pub(super) struct Shown<'a, T> {
    pub(super) lines: &'a [T],
    page: usize,
    all: usize,
}

/// The lines of a page; those of the last one where the list has no such page.
pub(super) fn page_of<T>(all: &[T], page: usize) -> Shown<'_, T> {
    let page = page.min(all.len().saturating_sub(1) / PAGE_LINES);
    let lines = all.chunks(PAGE_LINES).nth(page).unwrap_or_default();
    Shown { lines, page, all: all.len() }
}

impl<T> Shown<'_, T> {
    /// The way to the other pages; nothing where there are none. `go` sets the page in a state.
    pub(super) fn pager(
        &self,
        what: &'static str,
        bot: &str,
        state: &DashboardState,
        go: fn(&mut Lines, usize),
    ) -> Option<AnyView> {
        let (first, last) = (self.page * PAGE_LINES + 1, self.page * PAGE_LINES + self.lines.len());
        let link = |name: &'static str, page: Option<usize>| {
            page.map(|page| {
                let mut state = state.clone();
                go(&mut state.lines, page);
                let id = format!("{what}-{}", name.to_ascii_lowercase());
                view! {
                    <a class="button small" id=id href=address(bot, &state) data-lines="" data-noscroll="">
                        {name}
                    </a>
                }
            })
        };
        let previous = link("Previous", self.page.checked_sub(1));
        let next = link("Next", (last < self.all).then_some(self.page + 1));
        (self.all > PAGE_LINES).then(|| {
            view! {
                <nav class="uses-pages" aria-label=format!("Pages of {what}")>
                    <span>{format!("{first} to {last} of {} {what}", self.all)}</span>
                    {previous}
                    {next}
                </nav>
            }
            .erase()
        })
    }
}

/// The field that searches events by name; without a script it loads the page anew.
pub(super) fn event_search(bot: &str, state: &DashboardState) -> AnyView {
    let rest = DashboardState { lines: Lines::default(), ..state.clone() };
    let query = url_query::write(&rest);
    let fields = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| {
        let value = url_query::find_part(&query, name);
        view! { <input type="hidden" name=name.to_owned() value=value /> }
    });
    view! {
        <form class="uses-find" role="search" method="get" action=format!("/bots/{bot}/analytics")>
            {fields.collect_view()}
            <input
                type="search"
                id=EVENT_SEARCH
                name="event_search"
                value=state.lines.event_search.clone()
                placeholder="Search events"
                aria-label="Search events by name"
            />
            <button type="submit" class="button small">
                "Search"
            </button>
        </form>
    }
    .erase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_fifty_lines_and_the_last_one_the_rest() {
        let all: Vec<usize> = (0..120).collect();
        assert_eq!(page_of(&all, 0).lines, &all[..50]);
        assert_eq!(page_of(&all, 2).lines, &all[100..]);
        assert_eq!(page_of(&all, 999).lines, &all[100..]);
        assert!(page_of::<usize>(&[], 3).lines.is_empty());
    }

    #[test]
    fn a_pager_leads_to_the_pages_beside_it_only() {
        let all: Vec<usize> = (0..120).collect();
        let html = |page| {
            let state = DashboardState::default();
            let pager =
                page_of(&all, page).pager("events", "b", &state, |lines, page| lines.events_page = page);
            pager.map(|pager| pager.to_html()).unwrap_or_default()
        };
        assert!(html(0).contains("1 to 50 of 120 events") && !html(0).contains("Previous"), "{}", html(0));
        assert!(
            html(1).contains("period=7d&amp;events_page=3") && html(1).contains("Previous"),
            "{}",
            html(1)
        );
        assert!(html(2).contains("101 to 120 of 120") && !html(2).contains("Next"), "{}", html(2));
        let few = page_of(&all[..50], 0);
        assert!(few.pager("events", "b", &DashboardState::default(), |_, _| ()).is_none());
    }
}
