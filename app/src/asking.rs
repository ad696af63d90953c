//! What a page asks the server, and the latest answer. The newest question wins: it ends the request of an older one at
//! once, so no older answer ever shows. An answer that does not come is asked for again by itself.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{AbortHandle, Abortable, Aborted, abortable};
use leptos::prelude::*;

use crate::error::AppError;
use crate::json::Json;

/// What a page is told: its content as JSON, or why there is none.
pub type Outcome = Result<Json, AppError>;

type Loading = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// How long after a failure the page asks again.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// The latest answer to a page's question. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Answer {
    /// The answer that came with the page, or the first one that the browser asked for.
    first: Resource<Outcome>,
    later: RwSignal<Later>,
    load: StoredValue<Arc<dyn Fn() -> Loading + Send + Sync>>,
    asking: Newest,
    /// Whether the latest answer has content.
    has_content: StoredValue<bool>,
}

/// What came after the first answer.
#[derive(Clone, Debug, Default, PartialEq)]
enum Later {
    /// Nothing was asked again.
    #[default]
    Nothing,
    /// A newer question is on its way, and there is nothing to show meanwhile.
    Asked,
    /// The latest answer.
    Came(Outcome),
}

impl Answer {
    /// Asks now, and whenever the question changes.
    pub fn new<Q, F>(
        question: impl Fn() -> Q + Send + Sync + 'static,
        load: impl Fn(Q) -> F + Send + Sync + 'static,
    ) -> Self
    where
        Q: Clone + PartialEq + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let question = Memo::new(move |_| question());
        let load = move || -> Loading { Box::pin(load(question.get_untracked())) };
        // Read and not only tracked: a memo that was never read has no sources, so nothing would ever wake it.
        Self::start(Arc::new(load), Signal::derive(move || question.with(|_| ())))
    }

    /// The part that no page needs a copy of its own of.
    fn start(load: Arc<dyn Fn() -> Loading + Send + Sync>, question: Signal<()>) -> Self {
        let asking = Newest::default();
        let first = Resource::new(|| (), {
            let load = load.clone();
            // Once a newer question has ended this one, nobody reads its outcome.
            move |()| {
                let load = load.clone();
                async move { asking.end(asking.begin(load()).await).unwrap_or(Err(AppError::Unavailable)) }
            }
        });
        let load = StoredValue::new(load);
        let has_content = StoredValue::new(false);
        let answer = Self { first, later: RwSignal::default(), load, asking, has_content };
        answer.follow(question);
        answer.persist();
        on_cleanup(move || asking.stop());
        answer
    }

    /// The latest answer; `None` while there is none.
    pub fn get(self) -> Option<Outcome> {
        match self.later.get() {
            Later::Nothing => self.first.get(),
            Later::Asked => None,
            Later::Came(outcome) => Some(outcome),
        }
    }

    /// Asks once more, since somebody wants to know. A failure is forgotten meanwhile.
    pub fn repeat(self) {
        if self.has_content.try_get_value() == Some(false) {
            self.later.set(Later::Asked);
        }
        self.ask();
    }

    /// Looks for something newer, unless the page is waiting for an answer already. What is shown stays meanwhile.
    pub fn refresh(self) {
        if !self.asking.is_running() {
            self.ask();
        }
    }

    /// Looks for something newer this often while the page is visible, and when it becomes so.
    pub fn keep_fresh(self, every: Duration) {
        self.watch(move || every);
    }

    /// The same, as often as `every` says at the time.
    pub fn watch(self, every: impl Fn() -> Duration + 'static) {
        let refresh = move || {
            if !document().hidden() {
                self.refresh();
            }
        };
        Effect::new(move |_| {
            let timer = set_interval_with_handle(refresh, every());
            on_cleanup(move || timer.into_iter().for_each(|timer| timer.clear()));
        });
        Effect::new(move |_| {
            let returned = window_event_listener_untyped("visibilitychange", move |_| refresh());
            on_cleanup(move || returned.remove());
        });
    }

    fn ask(self) {
        let Some(load) = self.load.try_get_value() else { return };
        let loading = load();
        self.asking.run(async move {
            let outcome = loading.await;
            self.later.try_set(Later::Came(outcome));
        });
    }

    fn follow(self, question: Signal<()>) {
        Effect::new(move |asked: Option<()>| {
            question.get();
            if asked.is_some() {
                self.repeat();
            }
        });
    }

    /// Asks again some time after a failure that may pass by itself.
    fn persist(self) {
        Effect::new(move |_| {
            let outcome = self.get();
            self.has_content.set_value(matches!(outcome, Some(Ok(_))));
            if outcome == Some(Err(AppError::Unavailable)) {
                set_timeout(move || self.refresh(), AFTER_FAILURE);
            }
        });
    }
}

/// One thing that is done in the background: a newer one ends an older one.
#[derive(Clone, Copy)]
pub struct Newest(StoredValue<Option<AbortHandle>>);

impl Default for Newest {
    fn default() -> Self {
        Self(StoredValue::new(None))
    }
}

impl Newest {
    /// Does this, and no longer what was begun before.
    pub fn run(self, doing: impl Future<Output = ()> + 'static) {
        let doing = self.begin(doing);
        leptos::task::spawn_local(async move {
            let _ = self.end(doing.await);
        });
    }

    /// Whether something is being done.
    pub fn is_running(self) -> bool {
        self.0.try_with_value(Option::is_some).unwrap_or(false)
    }

    /// Ends what is being done.
    fn stop(self) {
        let running = self.0.try_update_value(Option::take).flatten();
        running.into_iter().for_each(|running| running.abort());
    }

    fn begin<F: Future>(self, doing: F) -> Abortable<F> {
        self.stop();
        let (doing, handle) = abortable(doing);
        self.0.try_set_value(Some(handle));
        doing
    }

    /// What was done, and that it is; an older one that was ended changes nothing.
    fn end<T>(self, done: Result<T, Aborted>) -> Option<T> {
        let done = done.ok()?;
        self.0.try_set_value(None);
        Some(done)
    }
}
