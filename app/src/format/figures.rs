//! Counts and changes.

use std::cmp::Ordering;

use analytics::change::Change;
use analytics::metric::Metric;
use analytics::report::Recalculation;

/// The index beside a figure, ready to be shown: never by colour alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexWords {
    /// Short text with its sign: `+12 %`, `−3.4 %`, `+12.4 k %`, `new`, `—`.
    pub text: String,
    /// The same in words and in full: "12 % more", "12,431 % more".
    pub words: String,
    /// Which way it went; `Equal` also where there is nothing to compare.
    pub direction: Ordering,
}

/// The name of a KPI on the page.
pub fn metric_name(metric: Metric) -> &'static str {
    match metric {
        Metric::TotalUsers => "Total users",
        Metric::NewUsers => "New users",
        Metric::ReturningUsers => "Returning users",
        Metric::Sessions => "Sessions",
        Metric::Messages => "Messages",
    }
}

/// That figures follow old settings for a while.
pub fn recalculating(recalculation: &Recalculation) -> String {
    let percent = recalculation.percent;
    format!(
        "New settings are being applied to all history: recalculating, {percent} %. Until then the old settings apply."
    )
}

/// A count with its thousands set apart: `12,431`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count in at most five characters or so: exact below 10,000, then `12.4 k`, `124 k`, `1.2 M`.
pub fn short_count(value: u64) -> String {
    if value < 10_000 {
        return count(value);
    }
    let mut unit = 1_000;
    let mut names = ["k", "M", "bn"].into_iter();
    let mut name = names.next().unwrap_or_default();
    // 999,500 would read "1000 k": it is a million already.
    while value >= unit * 1_000 - unit / 2 {
        let Some(next) = names.next() else { break };
        (unit, name) = (unit * 1_000, next);
    }
    let tenths = (value + unit / 20) / (unit / 10);
    match (tenths >= 1_000, tenths % 10) {
        (true, _) => format!("{} {name}", count((value + unit / 2) / unit)),
        (false, 0) => format!("{} {name}", tenths / 10),
        (false, rest) => format!("{}.{rest} {name}", tenths / 10),
    }
}

/// A change as people read it. `no_previous` says why there is nothing to compare with.
pub fn index(change: Change, no_previous: &str) -> IndexWords {
    match change {
        Change::Ratio(ratio) => ratio_words(ratio),
        Change::New => still("new", "new: none before", Ordering::Greater),
        Change::Nothing => still("—", "none before and none now", Ordering::Equal),
        Change::NoEarlierData => still("—", no_previous, Ordering::Equal),
    }
}

fn still(text: &str, words: &str, direction: Ordering) -> IndexWords {
    IndexWords { text: text.to_owned(), words: words.to_owned(), direction }
}

fn ratio_words(ratio: f64) -> IndexWords {
    if ratio != 0.0 && tenths(ratio) == 0 {
        let words = format!("less than 0.1 % {}", if ratio < 0.0 { "fewer" } else { "more" });
        return still("≈ 0 %", &words, Ordering::Equal);
    }
    let (short, full) = (percent(ratio, short_count), percent(ratio, count));
    match ratio.partial_cmp(&0.0) {
        Some(Ordering::Greater) => IndexWords {
            text: format!("+{short}"),
            words: format!("{full} more"),
            direction: Ordering::Greater,
        },
        Some(Ordering::Less) => IndexWords {
            text: format!("−{short}"),
            words: format!("{full} fewer"),
            direction: Ordering::Less,
        },
        _ => still("0 %", "no change", Ordering::Equal),
    }
}

/// One decimal below 10 %; above it a whole number, as `write` puts it. What would read as 100 % fewer and is not has its
/// decimal again: at most 99.9 where something is left.
fn percent(ratio: f64, write: fn(u64) -> String) -> String {
    let (tenths, whole) = (tenths(ratio), rounded(ratio.abs() * 100.0));
    match (ratio.partial_cmp(&-1.0), whole) {
        (Some(Ordering::Greater), 100) if ratio < 0.0 => decimal_percent(tenths.min(999)),
        (Some(Ordering::Less), 100) => decimal_percent(tenths.max(1_001)),
        _ if tenths < 100 => decimal_percent(tenths),
        _ => format!("{} %", write(whole)),
    }
}

fn decimal_percent(tenths: u64) -> String {
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Tenths of a percent, without their sign.
fn tenths(ratio: f64) -> u64 {
    rounded(ratio.abs() * 1_000.0)
}

/// Counts make ratios, so a tenth of a percent fits an integer by far.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive ratio of counts; the cast saturates"
)]
fn rounded(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(current: u64, previous: u64) -> String {
        index(Change::between(current, Some(previous)), "").text
    }

    #[test]
    fn thousands_are_set_apart() {
        let texts = [0, 7, 999, 1_000, 12_431, 123_456, 1_234_567].map(count);
        assert_eq!(texts, ["0", "7", "999", "1,000", "12,431", "123,456", "1,234,567"]);
    }

    #[test]
    fn large_counts_are_short_and_never_reach_a_thousand_of_their_unit() {
        let values =
            [9_999, 10_000, 12_431, 99_949, 99_950, 123_456, 999_499, 999_500, 1_234_567, 2_000_000_000];
        let texts = values.map(short_count);
        let expected =
            ["9,999", "10 k", "12.4 k", "99.9 k", "100 k", "123 k", "999 k", "1 M", "1.2 M", "2 bn"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn a_change_below_ten_percent_has_one_decimal_and_a_larger_one_has_none() {
        assert_eq!(text(1_042, 1_000), "+4.2 %");
        assert_eq!(text(966, 1_000), "−3.4 %");
        assert_eq!(text(112, 100), "+12 %");
        assert_eq!(text(10_996, 10_000), "+10 %");
        assert_eq!(text(10_994, 10_000), "+9.9 %");
        assert_eq!(text(4_321, 100), "+4,221 %");
    }

    #[test]
    fn a_change_of_many_digits_is_short_and_in_full_in_its_words() {
        assert_eq!(text(10_100, 101), "+9,900 %");
        assert_eq!(text(1_234_567, 100), "+1.2 M %");
        assert_eq!(index(Change::between(12_531, Some(100)), "").words, "12,431 % more");
    }

    #[test]
    fn an_equal_figure_has_no_sign_and_a_tiny_change_has_none_either_but_words() {
        assert_eq!(text(5, 5), "0 %");
        for (current, words) in [(2_501, "less than 0.1 % more"), (2_499, "less than 0.1 % fewer")] {
            let index = index(Change::between(current, Some(2_500)), "");
            assert_eq!((index.text.as_str(), index.words.as_str()), ("≈ 0 %", words));
            assert_eq!(index.direction, Ordering::Equal);
        }
        assert_eq!(text(2_002, 2_000), "+0.1 %");
    }

    #[test]
    fn nothing_but_zero_is_100_percent_fewer() {
        assert_eq!(text(1, 2_499), "−99.9 %");
        assert_eq!(text(1, 100_000_000), "−99.9 %");
        assert_eq!(text(3, 1_000), "−99.7 %");
        assert_eq!(text(1, 100), "−99 %");
        assert_eq!(text(0, 2_499), "−100 %");
        // Of a sum that falls below zero more can be lost than there was.
        assert_eq!(index(Change::Ratio(-1.000_01), "").text, "−100.1 %");
        assert_eq!(text(1_996, 1_000), "+100 %");
    }

    #[test]
    fn a_change_without_percentage_says_so_in_words() {
        assert_eq!(text(3, 0), "new");
        assert_eq!(text(0, 0), "—");
        let none = index(Change::NoEarlierData, "no earlier data");
        assert_eq!((none.text.as_str(), none.words.as_str()), ("—", "no earlier data"));
        assert_eq!(index(Change::Ratio(-1.0), "").words, "100 % fewer");
    }
}
