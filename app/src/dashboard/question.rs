//! What the dashboard asks the server.

use analytics::ids::BotId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

use crate::api::analytics::load_report;
use crate::asking::Answer;
use crate::url_query::{self, DashboardState, Notice};
use crate::wire::analytics::LoadedReport;

/// What the page's address asks, and the answer. Asked where the page begins: a resource that is made inside a suspended
/// part may be made twice while the server renders, and the first one loses the request's context.
#[derive(Clone, Copy)]
pub struct Question {
    url: Memo<ParamsMap>,
    asked: Memo<String>,
    answer: Answer,
    /// The state that the page was opened with by an address without one: the account's last choice at that moment.
    opened_with: StoredValue<Option<DashboardState>>,
}

impl Question {
    /// Asks about a bot what the address says.
    pub fn ask(bot_id: BotId) -> Self {
        let url = use_query_map();
        let asked = Memo::new(move |_| {
            let (state, _) = url.with(read_url);
            state.as_ref().map(url_query::write_asked).unwrap_or_default()
        });
        let opened_with = StoredValue::new(None);
        let answer = Answer::new(
            move || asked.get(),
            move |asked| {
                load_report(bot_id, if asked.is_empty() { kept_question(opened_with) } else { asked })
            },
        );
        Self { url, asked, answer, opened_with }
    }

    /// What the address says: the state, if it has one, and what of it could not be read.
    pub fn said(self) -> (Option<DashboardState>, Vec<Notice>) {
        let (state, notices) = self.url.with(read_url);
        (state.or_else(|| self.opened_with.get_value()), notices)
    }

    /// Keeps what an address without a state has opened: another page may change the account's choice meanwhile. Gives it
    /// if it was not kept before.
    pub fn keep(self, opened: impl FnOnce() -> DashboardState) -> Option<DashboardState> {
        let (said, _) = self.said();
        let opened = said.is_none().then(opened)?;
        self.opened_with.set_value(Some(opened.clone()));
        Some(opened)
    }

    /// Whether figures answer what is asked.
    pub fn is_answered_by(self, loaded: &LoadedReport) -> bool {
        let asked = self.asked.get();
        asked == loaded.asked || (asked.is_empty() && loaded.asked == kept_question(self.opened_with))
    }

    /// What was answered.
    pub fn answer(self) -> Answer {
        self.answer
    }

    /// Asks once more, since somebody wants to know.
    pub fn repeat(self) {
        self.answer.repeat();
    }
}

fn kept_question(opened_with: StoredValue<Option<DashboardState>>) -> String {
    opened_with.with_value(|state| state.as_ref().map(url_query::write_asked)).unwrap_or_default()
}

fn read_url(query: &ParamsMap) -> (Option<DashboardState>, Vec<Notice>) {
    url_query::read(|key| query.get(key))
}
