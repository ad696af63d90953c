//! Descriptions as they are written in the document: paragraphs, lists, and words in backticks.

use leptos::prelude::*;

/// A description, with a paragraph for each block and a list for lines that begin with a hyphen.
pub(super) fn paragraphs(text: &str) -> AnyView {
    text.split("\n\n").map(block).collect_view().into_any()
}

fn block(text: &str) -> AnyView {
    if !text.starts_with("- ") {
        return view! { <p>{line(text)}</p> }.into_any();
    }
    let items = text.lines().map(|item| view! { <li>{line(item.trim_start_matches("- "))}</li> });
    view! { <ul>{items.collect_view()}</ul> }.into_any()
}

/// A line in which every second stretch between backticks is code.
pub(super) fn line(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(place, part)| match place % 2 {
        0 => part.to_owned().into_any(),
        _ => view! { <code>{part.to_owned()}</code> }.into_any(),
    });
    parts.collect_view().into_any()
}
