//! Cells that a spreadsheet would take for a formula and run.

use std::borrow::Cow;

/// A text as a cell: one that begins like a formula gets an apostrophe in front, which spreadsheets take for "this is
/// text". (OWASP, "CSV Injection".)
pub fn defuse(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A cell as the text that it was before [`defuse`].
pub fn restore(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(cell)
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(defuse(formula), format!("'{formula}"));
            assert_eq!(restore(&defuse(formula)), formula);
        }
    }

    #[test]
    fn a_text_stays_as_it_is() {
        for text in ["", "user-1", "a=b", "4711"] {
            assert_eq!(defuse(text), text);
            assert_eq!(restore(text), text);
        }
    }
}
