//! The cells of a table that people open in a spreadsheet: quoted, and never run as a formula.

use std::borrow::Cow;
use std::io::Write;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Letters and symbols that show nothing, though Unicode does not call them blank.
const FILLERS: [char; 5] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}', '\u{2800}'];

/// A writer of tables. It writes cells as they are: texts come from [`text_cell`], all others are figures and times,
/// which need no quotes.
pub fn table_writer<W: Write>(out: W) -> csv::Writer<W> {
    csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Never).from_writer(out)
}

/// A text as a cell, in quotes whatever separates the cells: some spreadsheets split at semicolons or tabs. A formula
/// becomes a text, as with [`defuse`]. An empty text is an empty cell.
pub fn text_cell(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("\"{}\"", defuse(text).replace('"', "\"\""))
}

/// A text that no spreadsheet runs: one that begins like a formula gets an apostrophe in front, which spreadsheets take
/// for "this is text". (OWASP, "CSV Injection".)
fn defuse(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell before an apostrophe was put in front of it.
pub fn restore(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(cell)
}

/// Whether the first character that can be seen begins a formula, or looks like one that does. Apostrophes do not count:
/// so a text that has one of its own gets another, and [`restore`] takes away one only.
fn is_formula(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start_matches(is_unseen).nfkc().next().is_some_and(is_sign)
}

/// U+2212 is the minus of typesetting: LibreOffice calculates with it.
fn is_sign(first: char) -> bool {
    matches!(first, '=' | '+' | '-' | '@' | '\u{2212}')
}

fn is_unseen(char: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, NonspacingMark, ParagraphSeparator, SpaceSeparator,
    };
    let category = char.general_category();
    let is_blank = matches!(
        category,
        Control | Format | LineSeparator | NonspacingMark | ParagraphSeparator | SpaceSeparator
    );
    is_blank || char == '\'' || FILLERS.contains(&char)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_text_whatever_stands_before_it() {
        for sign in [
            "=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "₌", "⁺", "₊", "⁻", "−",
            "⩵",
        ] {
            for before in [
                "",
                " ",
                "\t",
                "\r",
                "\n",
                "\u{a0}",
                "\u{3000}",
                "\u{feff}",
                "\u{200b}",
                "\u{202e}",
                " \u{fe0f}",
            ] {
                let formula = format!("{before}{sign}1+1");
                assert_eq!(text_cell(&formula), format!("\"'{formula}\""), "{formula:?}");
                assert_eq!(restore(&defuse(&formula)), formula);
            }
        }
    }

    #[test]
    fn a_text_stays_as_it_is() {
        for text in ["user-1", "a=b", "4711", "'quoted'", "ä;b", "(=1)", "·=1"] {
            assert_eq!(text_cell(text), format!("\"{text}\""));
            assert_eq!(restore(text), text);
        }
        assert_eq!(text_cell(""), "");
    }

    #[test]
    fn a_cell_stays_one_cell_for_every_separator() {
        let text = "x;=cmd|' /C calc'!A0;\t=1,\"=2\"\r\n=3";
        for separator in [b',', b';', b'\t', b'|'] {
            let table = format!("{}{}1", text_cell(text), char::from(separator));
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .delimiter(separator)
                .from_reader(table.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!(row.iter().collect::<Vec<_>>(), [text, "1"]);
        }
    }

    /// Every text of up to five of the characters that matter.
    #[test]
    fn every_text_comes_back_as_it_was() {
        let letters = ["'", "=", " ", "\t", "\u{200b}", "＝", "a"];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            let longer = texts.iter().flat_map(|text| letters.map(|letter| format!("{text}{letter}")));
            texts = longer.collect();
            for text in &texts {
                assert_eq!(restore(&defuse(text)), text, "{text:?}");
            }
        }
    }
}
