//! The latest requests, one line each.

use analytics::ids::BotId;
use leptos::prelude::*;

use super::filters::address;
use crate::erased::Erase as _;
use crate::wire::intake::{IntakeFilter, RequestRow};

const COUNTS: [&str; 4] = ["Accepted", "Duplicates", "Rejected", "Ignored"];

/// A table of requests, newest first.
#[component]
pub fn Requests(
    bot_id: BotId,
    rows: Vec<RequestRow>,
    /// How many more are kept.
    older: u64,
    filter: IntakeFilter,
    time_zone: String,
) -> impl IntoView {
    let content = if rows.is_empty() {
        view! {
            <p>
                "No recent request matches. " <a href=address(bot_id, &IntakeFilter::default())>"Show all"</a>
            </p>
        }
        .erase()
    } else {
        table(rows, &time_zone)
    };
    let every = IntakeFilter { every: true, ..filter };
    let more = (older > 0).then(|| {
        view! {
            <a class="button" href=address(bot_id, &every)>
                {format!("Show {older} older")}
            </a>
        }
    });
    view! {
        <section class="card requests" id="requests" aria-labelledby="requests-title">
            <h2 id="requests-title">"Latest requests"</h2>
            {content}
            {more}
        </section>
    }
    .erase()
}

fn table(rows: Vec<RequestRow>, time_zone: &str) -> AnyView {
    let counts = COUNTS.map(|name| {
        view! {
            <th scope="col" class="number">
                {name}
            </th>
        }
    });
    view! {
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col">{format!("Time ({time_zone})")}</th>
                    <th scope="col">"Door"</th>
                    <th scope="col">"Answer"</th>
                    {counts.into_iter().collect_view()}
                    <th scope="col" class="number">
                        "Took"
                    </th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .erase()
}

fn row(row: RequestRow) -> AnyView {
    let counts = COUNTS.into_iter().zip(row.counts).map(|(name, count)| {
        let is_zero = count == "0";
        let class = if is_zero {
            "number zero"
        } else if name == "Rejected" {
            "number bad"
        } else {
            "number"
        };
        view! {
            <td class=class data-label=name>
                {count}
            </td>
        }
    });
    let status_class = if row.status < 400 { "state receiving" } else { "state failure" };
    let left_out = row.left_out.map(|words| {
        view! {
            <tr class="left-out">
                <td colspan="8">{words}</td>
            </tr>
        }
    });
    view! {
        <tr>
            <td class="at">
                <time>{row.at}</time>
            </td>
            <td class="way">
                <span>{row.door}</span>
                <span class="hint">{row.client}</span>
            </td>
            <td class="answer">
                <span class=status_class>{row.status}</span>
                {row.refusal.map(|code| view! { <code>{code}</code> })}
            </td>
            {counts.collect_view()}
            <td class="number" data-label="Took">
                {row.latency}
            </td>
        </tr>
        {left_out}
    }
    .erase()
}
