//! What to tell about the page's address, and what to do when figures can't be loaded.

use leptos::prelude::*;

use crate::components::error_text;
use crate::dashboard::state::Dashboard;
use crate::erased::Erase as _;
use crate::error::AppError;
use crate::format::recalculating;
use crate::url_query::Notice;

/// Plain sentences above the figures: where the page shows something else than its address asks for, or than the
/// settings say.
pub fn notices(dashboard: Dashboard) -> AnyView {
    let recalculation = dashboard.with_report(|report| report.recalculation.as_ref().map(recalculating));
    let sentences = dashboard.notices().into_iter().map(Notice::sentence).chain(recalculation);
    let notice = |sentence: String| view! { <p class="notice">{sentence}</p> };
    sentences.map(notice).collect_view().erase()
}

/// A part of the dashboard that needs figures of the present question: in their place the reason why there are none,
/// with a way to try again. A refresh that fails leaves the figures as they are and says so.
#[component]
pub fn Figures(
    dashboard: Dashboard,
    /// What they are called: "key figures".
    name: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let has_failed = Memo::new(move |_| dashboard.is_stale.get() && dashboard.failure().is_some());
    let children = StoredValue::new(children);
    move || match has_failed.get() {
        true => view! { <Failure dashboard=dashboard name=name /> }.erase(),
        false => children.with_value(|children| children()).erase(),
    }
}

#[component]
fn Failure(dashboard: Dashboard, name: &'static str) -> impl IntoView {
    let reason = move || dashboard.failure().as_ref().map(error_text);
    view! {
        <div class="card failure" role="alert">
            <p class="failure-title">{format!("The {name} could not be loaded")}</p>
            <p>{reason}</p>
            <button type="button" class="button" on:click=move |_| dashboard.reload()>
                "Try again"
            </button>
        </div>
    }
    .erase()
}

/// Beside figures that are shown while a refresh failed.
pub fn stale_notice(dashboard: Dashboard) -> AnyView {
    let failure = dashboard.failure().filter(|_| !dashboard.is_stale.get());
    let notice = failure.map(|error| {
        let at = dashboard.with_report(|report| crate::format::time(report.as_of));
        view! {
            <p class="notice" role="status">
                {format!("Figures as of {at}: they could not be refreshed. ")}
                {error_text(&error)}
            </p>
        }
    });
    notice.erase()
}

/// In the place of the whole dashboard, before any figures came.
#[component]
pub fn NothingLoaded(error: AppError, retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="card failure" role="alert">
            <p class="failure-title">"The dashboard could not be loaded"</p>
            <p>{error_text(&error)}</p>
            <button type="button" class="button" on:click=move |_| retry.run(())>
                "Try again"
            </button>
        </div>
    }
    .erase()
}
