//! What was not counted: why, with a sample, and what to do about it; and what is left out on purpose.

use leptos::prelude::*;

use crate::erased::Erase as _;
use crate::wire::intake::{IgnoredRow, ProblemRow};

/// Refused requests and rejected items, by code.
#[component]
pub fn Problems(rows: Vec<ProblemRow>) -> impl IntoView {
    let content = if rows.is_empty() {
        view! { <p>"All recent items were counted."</p> }.erase()
    } else {
        view! { <ul class="problems">{rows.into_iter().map(problem).collect_view()}</ul> }.erase()
    };
    view! {
        <section class="card" id="problems" aria-labelledby="problems-title">
            <h2 id="problems-title">"Not counted"</h2>
            {content}
        </section>
    }
    .erase()
}

fn problem(row: ProblemRow) -> AnyView {
    let sample = (!row.fields.is_empty() || row.wrong.is_some()).then(|| {
        let wrong = row.wrong.map(|(field, value)| {
            view! {
                <dt>{field}</dt>
                <dd>
                    <code>{value}</code>
                </dd>
            }
        });
        let fields = (!row.fields.is_empty()).then(|| {
            view! {
                <dt>"Fields sent"</dt>
                <dd>
                    <code>{row.fields}</code>
                </dd>
            }
        });
        view! { <dl class="sample">{wrong} {fields}</dl> }
    });
    view! {
        <li class="problem">
            <h3>
                <code>{row.code}</code>
                <span class="state failure">{row.count}</span>
            </h3>
            <p>{row.detail}</p>
            {sample}
            <p class="hint">{row.last}</p>
        </li>
    }
    .erase()
}

/// What clients send besides messages and events of the bot's.
#[component]
pub fn Ignored(rows: Vec<IgnoredRow>) -> impl IntoView {
    if rows.is_empty() {
        return ().erase();
    }
    let row = |row: IgnoredRow| {
        view! {
            <li>
                <code>{row.name}</code>
                <span class="state">{row.count}</span>
                <span class="hint">{row.last}</span>
                {(!row.hint.is_empty()).then(|| view! { <p class="hint">{row.hint}</p> })}
            </li>
        }
    };
    view! {
        <section class="card" id="ignored" aria-labelledby="ignored-title">
            <h2 id="ignored-title">"Left out on purpose"</h2>
            <p>
                "Clients send more than messages and events. These items are not errors: no figure of a bot counts them."
            </p>
            <ul class="ignored">{rows.into_iter().map(row).collect_view()}</ul>
        </section>
    }
    .erase()
}
