//! The colours of a chart. A canvas knows no style sheet: the option names the style sheet's properties, and the
//! browser fills in what they are at that moment, so that another theme needs no other option.

use analytics::metric::Metric;

/// Axis labels.
pub const TEXT: &str = "--text-faint";
/// Axis lines and the grid.
pub const LINE: &str = "--line";

/// A custom event's series.
pub const EVENT: &str = "--series-event";

/// The colour of a metric's series.
pub fn of(metric: Metric) -> &'static str {
    match metric {
        Metric::TotalUsers => "--series-users",
        Metric::NewUsers => "--series-new",
        Metric::ReturningUsers => "--series-returning",
        Metric::Sessions => "--series-sessions",
        Metric::Messages => "--series-messages",
    }
}

/// Puts colours in the place of their names in a JSON text.
pub fn fill_in(option: &str, resolve: impl Fn(&str) -> String) -> String {
    let names = [TEXT, LINE, EVENT].into_iter().chain(Metric::ALL.map(of));
    names.fold(option.to_owned(), |text, name| {
        text.replace(&format!("\"{name}\""), &format!("\"{}\"", resolve(name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_way_to_its_colour_and_other_text_stays() {
        let option = r#"{"color":"--line","name":"a --line","of":["--series-new"]}"#;
        let filled = fill_in(option, |name| format!("rgb({})", name.len()));
        assert_eq!(filled, r#"{"color":"rgb(6)","name":"a --line","of":["rgb(12)"]}"#);
    }
}
