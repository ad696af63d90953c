//! Names of columns as messages show them.

/// How many names of columns a message shows.
const SHOWN_NAMES: usize = 30;
/// How many characters of a column's name a message shows.
const SHOWN_CHARACTERS: usize = 60;

/// What the table's columns are called.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [only] => format!("the only column is {}: is there another separator? Give --delimiter", show(only)),
        names => format!("there are: {}", shorten(names)),
    }
}

/// A name as messages show it.
pub(super) fn show(name: &str) -> String {
    match name.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Names one after another, as many as fit.
pub(super) fn shorten(names: &[String]) -> String {
    let shown = names.iter().take(SHOWN_NAMES).map(|name| show(name)).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(SHOWN_NAMES) {
        Some(more @ 1..) => format!("{shown} and {more} more"),
        _ => shown,
    }
}
