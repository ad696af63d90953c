//! What a file says, and what became of it.

use leptos::prelude::*;

use crate::erased::Erase as _;
use crate::wire::history::{Item, Preview, Row, Summary};

/// The first rows as they are understood.
pub(super) fn preview(preview: Preview) -> AnyView {
    let Preview { notes, rows } = preview;
    let rows = rows.into_iter().map(row);
    view! {
        {list(notes)}
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col" class="number">
                        "Row"
                    </th>
                    <th scope="col">"User"</th>
                    <th scope="col">"Direction"</th>
                    <th scope="col">"Time (UTC)"</th>
                    <th scope="col">"Channel"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .erase()
}

fn list(notes: Vec<String>) -> Option<AnyView> {
    let lines: Vec<_> = notes.into_iter().map(|note| view! { <li>{note}</li> }).collect();
    (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> }.erase())
}

fn row(row: Row) -> AnyView {
    let Row { row, item, skipped, rejected, detail, field } = row;
    let cells = match item {
        Some(item) => understood(item),
        None => {
            let words = match (rejected, skipped) {
                (Some(_), _) => {
                    let field = field.map(|field| format!("{field}: ")).unwrap_or_default();
                    format!("Rejected. {field}{}", detail.unwrap_or_default())
                }
                (None, name) => format!("Left out: {}", name.unwrap_or_default()),
            };
            view! { <td colspan="4">{words}</td> }.erase()
        }
    };
    view! {
        <tr>
            <td class="number" data-label="Row">
                {row}
            </td>
            {cells}
        </tr>
    }
    .erase()
}

fn understood(item: Item) -> AnyView {
    let direction = match item.direction.as_deref() {
        Some("incoming") => "to the bot".to_owned(),
        Some(_) => "from the bot".to_owned(),
        None => item.r#type.unwrap_or_default(),
    };
    view! {
        <td data-label="User">{item.user_id}</td>
        <td data-label="Direction">{direction}</td>
        <td data-label="Time (UTC)">{item.at}</td>
        <td data-label="Channel">{item.channel}</td>
    }
    .erase()
}

/// What became of all rows, and why reading ended early if it did.
pub(super) fn summary(summary: Summary, error: Option<String>) -> AnyView {
    let Summary { accepted, duplicates, rejected, skipped, notes } = summary;
    let left_out: u64 = skipped.values().sum();
    let refused: u64 = rejected.values().map(|rejected| rejected.count).sum();
    let reasons = rejected.into_values().map(|rejected| {
        let lines: Vec<_> = rejected.first_lines.iter().map(u64::to_string).collect();
        let lines =
            if lines.is_empty() { String::new() } else { format!(" First rows: {}.", lines.join(", ")) };
        format!("{} rejected: {}{lines}", rejected.count, rejected.detail)
    });
    let names = skipped.into_iter().map(|(name, count)| format!("{count} left out: {name}"));
    let error = error.map(|error| {
        view! {
            <p class="form-error" role="alert">
                {error}
            </p>
        }
    });
    view! {
        <p>
            <strong>
                {format!(
                    "{accepted} stored, {duplicates} stored before, {refused} rejected, {left_out} left out.",
                )}
            </strong>
        </p>
        {error}
        {list(reasons.chain(names).chain(notes).collect())}
    }
    .erase()
}
