//! Cells that a spreadsheet would take for a formula and run.

use std::borrow::Cow;

/// A text as a cell: one that begins like a formula gets an apostrophe in front, which spreadsheets take for "this is
/// text". (OWASP, "CSV Injection".)
pub fn defuse(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(defuse(formula), format!("'{formula}"));
        }
    }

    #[test]
    fn a_text_stays_as_it_is() {
        for text in ["", "user-1", "a=b", "4711"] {
            assert_eq!(defuse(text), text);
        }
    }
}
