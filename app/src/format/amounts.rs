//! Sums of decimals, money and milliseconds as people read them.

use analytics::nano::Nano;

use super::count;

/// Billionths in a thousandth.
const THOUSANDTH: u128 = 1_000_000;

/// A sum of values: thousands set apart, at most three digits after the point.
pub fn decimal(value: Nano) -> String {
    let thousandths = (value.as_nano().unsigned_abs() + THOUSANDTH / 2) / THOUSANDTH;
    let sign = if value.as_nano() < 0 && thousandths > 0 { "−" } else { "" };
    let whole = u64::try_from(thousandths / 1_000).unwrap_or(u64::MAX);
    let text = format!("{}.{:03}", count(whole), thousandths % 1_000);
    format!("{sign}{}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// US dollars: cents, and below one cent as many digits as tell something.
pub fn usd(value: Nano) -> String {
    let nano = value.as_nano().unsigned_abs();
    let sign = if value.as_nano() < 0 { "−" } else { "" };
    if nano == 0 {
        return "$0".to_owned();
    }
    if nano < 10_000_000 {
        let text = format!("0.{nano:09}");
        let digits = text.len() - text.trim_start_matches(['0', '.']).len() + 2;
        return format!("{sign}${}", &text[..digits.min(text.len())]);
    }
    let cents = (nano + 5_000_000) / 10_000_000;
    let whole = u64::try_from(cents / 100).unwrap_or(u64::MAX);
    format!("{sign}${}.{:02}", count(whole), cents % 100)
}

/// What each of some cost; `None` of none.
pub fn usd_each(value: Nano, parts: u64) -> Option<String> {
    let each = value.as_nano().checked_div(i128::from(parts))?;
    Some(usd(Nano::from_nano(each)))
}

/// `812 ms`, `1.24 s`, `12.4 s`, `2.1 min`.
pub fn milliseconds(ms: f64) -> String {
    match ms {
        ..999.5 => format!("{ms:.0} ms"),
        ..9_995.0 => format!("{:.2} s", ms / 1_000.0),
        ..59_950.0 => format!("{:.1} s", ms / 1_000.0),
        _ => format!("{:.1} min", ms / 60_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nano(text: &str) -> Nano {
        text.parse().unwrap()
    }

    #[test]
    fn sums_of_values_have_three_digits_at_most() {
        let texts =
            ["0", "12", "1234.5", "0.0004", "-0.0004", "-1.5", "0.9996"].map(|text| decimal(nano(text)));
        assert_eq!(texts, ["0", "12", "1,234.5", "0", "0", "−1.5", "1"]);
    }

    #[test]
    fn money_is_in_cents_and_below_a_cent_in_what_tells_something() {
        let texts = ["0", "0.0012", "0.00123456", "0.000000009", "0.01", "12.345", "1234.5", "-3"]
            .map(|text| usd(nano(text)));
        assert_eq!(
            texts,
            ["$0", "$0.0012", "$0.0012", "$0.000000009", "$0.01", "$12.35", "$1,234.50", "−$3.00"]
        );
        assert_eq!(usd_each(nano("3"), 2).unwrap(), "$1.50");
        assert_eq!(usd_each(nano("3"), 0), None);
    }

    #[test]
    fn milliseconds_become_seconds_and_minutes() {
        let texts = [0.0, 812.4, 999.6, 1_240.0, 12_400.0, 126_000.0].map(milliseconds);
        assert_eq!(texts, ["0 ms", "812 ms", "1.00 s", "1.24 s", "12.4 s", "2.1 min"]);
    }
}
