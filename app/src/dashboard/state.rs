//! The dashboard's state and figures, handed to every part of it.

use std::sync::Arc;

use analytics::comparison::Comparison;
use analytics::ids::BotId;
use analytics::navigation::{Horizon, next_period, previous_period};
use analytics::period::Period;
use analytics::report::Report;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::asking::Answer;
use crate::dashboard::question::Question;
use crate::error::AppError;
use crate::json::Json;
use crate::url_query::{self, DashboardState, Lines, Notice};
use crate::wire::analytics::LoadedReport;

/// The latest figures, and why there are no later ones, if so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Latest {
    /// While others are loaded, or can't be, these are still here.
    pub loaded: Option<Arc<LoadedReport>>,
    /// Why the figures could not be loaded, if so.
    pub failure: Option<AppError>,
}

impl Latest {
    /// What an answer makes of what was there before.
    pub fn after(before: Option<&Self>, answer: Option<Result<Json, AppError>>) -> Self {
        let before = before.and_then(|before| before.loaded.clone());
        match answer.map(|answer| answer.and_then(|json| json.parse())) {
            Some(Ok(loaded)) => Self { loaded: Some(Arc::new(loaded)), failure: None },
            Some(Err(error)) => Self { loaded: before, failure: Some(error) },
            None => Self { loaded: before, failure: None },
        }
    }
}

/// Everything that the parts of the dashboard share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Dashboard {
    /// Whose dashboard.
    pub bot_id: BotId,
    /// Whether the latest figures answer an earlier question.
    pub is_stale: Memo<bool>,
    question: Question,
    first: StoredValue<Arc<LoadedReport>>,
    latest: Memo<Latest>,
    navigate: StoredValue<Navigate>,
    past: StoredValue<Past>,
}

/// What was shown before, to come back to.
#[derive(Default)]
struct Past {
    /// The comparison, before it was switched off.
    compared: Comparison,
    /// The periods, the latest last.
    seen: Vec<Period>,
}

type Navigate = Arc<dyn Fn(&str) + Send + Sync>;

impl Dashboard {
    /// The state around `first`, the first figures that came.
    pub fn new(bot_id: BotId, question: Question, first: Arc<LoadedReport>, latest: Memo<Latest>) -> Self {
        let first = StoredValue::new(first);
        let is_stale = Memo::new(move |_| !question.is_answered_by(&loaded(latest, first)));
        let navigate = use_navigate();
        let navigate: Navigate = Arc::new(move |address: &str| {
            navigate(address, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        });
        let navigate = StoredValue::new(navigate);
        let past = StoredValue::new(Past::default());
        Self { bot_id, is_stale, question, first, latest, navigate, past }
    }

    /// A part that is drawn again, in place, when what it reads changes. All parts are of this one type, since the
    /// browser carries the machinery of a reactive view once per type.
    pub fn live(self, draw: fn(Self) -> AnyView) -> impl Fn() -> AnyView + Send + Sync + Copy + 'static {
        move || draw(self)
    }

    /// Switches the comparison off, or on again as it was.
    pub fn switch_comparison(self) {
        self.change(|state| {
            let compare = &mut state.query.compare;
            *compare = match *compare {
                Comparison::None => self.past.with_value(|past| past.compared),
                shown => {
                    self.past.update_value(|past| past.compared = shown);
                    Comparison::None
                }
            };
        });
    }

    /// The latest figures.
    pub fn loaded(self) -> Arc<LoadedReport> {
        loaded(self.latest, self.first)
    }

    /// Reads from the latest report.
    pub fn with_report<T>(self, read: impl FnOnce(&Report) -> T) -> T {
        read(&self.loaded().report)
    }

    /// What is shown or being loaded.
    pub fn state(self) -> DashboardState {
        let (said, _) = self.question.said();
        if self.is_stale.get() { said.unwrap_or_default() } else { answered(said, &self.loaded()) }
    }

    /// Why the figures could not be loaded, if so.
    pub fn failure(self) -> Option<AppError> {
        self.latest.with(|latest| latest.failure.clone())
    }

    /// What to tell about the address.
    pub fn notices(self) -> Vec<Notice> {
        let (_, mut notices) = self.question.said();
        if !self.is_stale.get() {
            notices.extend(&self.loaded().notices);
        }
        notices
    }

    /// Keeps in mind that the present period was shown.
    pub fn note_period(self) {
        let period = self.state().query.period;
        self.past.update_value(|past| {
            if past.seen.last() != Some(&period) {
                past.seen.push(period);
            }
        });
    }

    /// The period before, if there is one.
    pub fn previous_period(self) -> Option<Period> {
        previous_period(&self.state().query.period, &self.horizon())
    }

    /// The period after, if there is one; where the left arrow came from, if it did.
    pub fn next_period(self) -> Option<Period> {
        self.past.with_value(|past| next_period(&self.state().query.period, &self.horizon(), &past.seen))
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
        let mut state = self.state();
        change(&mut state);
        self.address(&state)
    }

    /// The address of another period. A chosen granularity belongs to the period that it was chosen for.
    pub fn period_address(self, period: Period) -> String {
        self.address_with(|state| pick_period(state, period))
    }

    /// Goes to the present state with something changed, as a step that Back undoes. Whoever chooses what is shown already
    /// wants to see it anew.
    pub fn change(self, change: impl FnOnce(&mut DashboardState)) {
        let (present, address) = untrack(|| (self.address_with(|_| ()), self.address_with(change)));
        if present == address {
            self.reload();
        } else {
            self.navigate.with_value(|navigate| navigate(&address));
        }
    }

    /// Goes to another period.
    pub fn pick(self, period: Period) {
        self.change(|state| pick_period(state, period));
    }

    /// Loads the figures again, since somebody wants to see them.
    pub fn reload(self) {
        self.question.repeat();
    }

    /// What the figures come with.
    pub fn answer(self) -> Answer {
        self.question.answer()
    }

    /// Keeps the state that an address without one has opened; gives the address that says it.
    pub fn find_full_address(self) -> Option<String> {
        untrack(|| self.question.keep(|| self.state()).map(|state| self.address(&state)))
    }
}

fn loaded(latest: Memo<Latest>, first: StoredValue<Arc<LoadedReport>>) -> Arc<LoadedReport> {
    latest.with(|latest| latest.loaded.clone()).unwrap_or_else(|| first.get_value())
}

fn pick_period(state: &mut DashboardState, period: Period) {
    if state.query.period != period {
        state.query.period = period;
        state.query.granularity = None;
        state.lines = Lines { events_page: 0, models_page: 0, ..std::mem::take(&mut state.lines) };
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
