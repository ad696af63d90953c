//! The dashboard's state and figures, handed to every part of it.

use std::sync::Arc;

use analytics::ids::BotId;
use analytics::navigation::Horizon;
use analytics::period::Period;
use analytics::report::Report;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::analytics::LoadedReport;
use crate::error::AppError;
use crate::url_query::{self, DashboardState, Notice};

/// A report, or why there is none.
pub type Answer = Resource<Result<LoadedReport, AppError>>;

/// What the address says: the state, if it has one, and what of it could not be read.
pub type UrlReading = (Option<DashboardState>, Vec<Notice>);

/// Everything that the parts of the dashboard share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Dashboard {
    /// Whose dashboard.
    pub bot_id: BotId,
    /// What is shown or being loaded.
    pub state: Memo<DashboardState>,
    /// The latest figures. While others are loaded, or can't be, these are still here.
    pub loaded: Memo<Arc<LoadedReport>>,
    /// Whether the latest figures answer an earlier question.
    pub is_stale: Memo<bool>,
    /// Why the figures could not be loaded, if so.
    pub failure: Memo<Option<AppError>>,
    /// What to tell about the address.
    pub notices: Memo<Vec<Notice>>,
    answer: Answer,
    navigate: StoredValue<Navigate>,
}

type Navigate = Arc<dyn Fn(&str) + Send + Sync>;

impl Dashboard {
    /// The state around `first`, the first figures that came. `url` is what the address says and `asked` the question
    /// in it.
    pub fn new(
        bot_id: BotId,
        first: Arc<LoadedReport>,
        latest: Memo<Option<Arc<LoadedReport>>>,
        answer: Answer,
        url: Memo<UrlReading>,
        asked: Memo<String>,
    ) -> Self {
        let loaded = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
        let is_stale = Memo::new(move |_| loaded.with(|loaded| asked.with(|asked| loaded.asked != *asked)));
        let failure = Memo::new(move |_| answer.get().and_then(Result::err));
        let state = Memo::new(move |_| {
            let said = url.with(|(state, _)| state.clone());
            if is_stale.get() {
                said.unwrap_or_default()
            } else {
                loaded.with(|loaded| answered(said, loaded))
            }
        });
        let notices = Memo::new(move |_| {
            let mut notices = url.with(|(_, notices)| notices.clone());
            if !is_stale.get() {
                notices.extend(loaded.with(|loaded| loaded.notices.clone()));
            }
            notices
        });
        let navigate = use_navigate();
        let navigate: Navigate = Arc::new(move |address: &str| {
            navigate(address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        });
        let navigate = StoredValue::new(navigate);
        Self { bot_id, state, loaded, is_stale, failure, notices, answer, navigate }
    }

    /// Reads from the latest report.
    pub fn with_report<T>(self, read: impl FnOnce(&Report) -> T) -> T {
        self.loaded.with(|loaded| read(&loaded.report))
    }

    /// Between what one can move, by the latest report.
    pub fn horizon(self) -> Horizon {
        self.with_report(Horizon::of)
    }

    /// The address of a state.
    pub fn address(self, state: &DashboardState) -> String {
        format!("/bots/{}/analytics?{}", self.bot_id, url_query::write(state))
    }

    /// The address of the present state with something changed.
    pub fn address_with(self, change: impl FnOnce(&mut DashboardState)) -> String {
        let mut state = self.state.get();
        change(&mut state);
        self.address(&state)
    }

    /// The address of another period. A chosen granularity belongs to the period that it was chosen for.
    pub fn period_address(self, period: Period) -> String {
        self.address_with(|state| pick_period(state, period))
    }

    /// Goes to the present state with something changed, as a step that Back undoes.
    pub fn change(self, change: impl FnOnce(&mut DashboardState)) {
        let address = untrack(|| self.address_with(change));
        self.navigate.with_value(|navigate| navigate(&address));
    }

    /// Goes to another period.
    pub fn pick(self, period: Period) {
        self.change(|state| pick_period(state, period));
    }

    /// Loads the figures again.
    pub fn reload(self) {
        self.answer.refetch();
    }
}

fn pick_period(state: &mut DashboardState, period: Period) {
    if state.query.period != period {
        state.query.period = period;
        state.query.granularity = None;
    }
}

/// The state that the figures answer, with the metric that the address says, if it says anything.
fn answered(said: Option<DashboardState>, loaded: &LoadedReport) -> DashboardState {
    let answered = url_query::read(|key| url_query::find_part(&loaded.answered, key)).0.unwrap_or_default();
    match said {
        Some(said) => DashboardState { metric: said.metric, ..answered },
        None => answered,
    }
}
