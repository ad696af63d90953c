//! A list of things that were made, each with what can be done to it.

use leptos::prelude::*;

use crate::erased::Erase as _;

/// One thing: a cell for each column, and a button.
pub struct ActionRow<const COLUMNS: usize> {
    /// What is told of it, in the columns' order.
    pub cells: [AnyView; COLUMNS],
    /// What can be done to it.
    pub action: AnyView,
}

/// A table of them. On a narrow page each cell stands on a line of its own and carries its column's name.
pub fn action_rows<const COLUMNS: usize>(
    columns: [&'static str; COLUMNS],
    rows: impl Iterator<Item = ActionRow<COLUMNS>>,
) -> AnyView {
    let heads = columns.map(|column| view! { <th scope="col">{column}</th> });
    let row = |row: ActionRow<COLUMNS>| {
        let cells = columns.into_iter().zip(row.cells);
        let cells = cells.map(|(column, cell)| view! { <td data-label=column>{cell}</td> });
        view! { <tr>{cells.collect_view()} <td class="row-action">{row.action}</td></tr> }
    };
    view! {
        <table class="rows">
            <thead>
                <tr>{heads.into_iter().collect_view()} <td></td></tr>
            </thead>
            <tbody>{rows.map(row).collect_view()}</tbody>
        </table>
    }
    .erase()
}
