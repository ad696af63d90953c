//! JSON numbers as billionths, the unit of sums (`analytics::nano` writes them).

/// Billionths of one.
pub const NANO: i64 = 1_000_000_000;
/// Digits after the point that are kept.
const PLACES: i32 = 9;

/// Reads a JSON number. `None` when it has more than 9 digits after the point, or does not fit.
pub fn parse_nano(number: &str) -> Option<i64> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    if digits == 0 {
        return Some(0);
    }
    let shift = exponent
        .parse::<i32>()
        .ok()?
        .checked_add(PLACES)?
        .checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
    let nano = if shift >= 0 {
        digits.checked_mul(factor)?
    } else if digits % factor == 0 {
        digits / factor
    } else {
        return None;
    };
    i64::try_from(nano).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (number, nano) in [
            ("0", 0),
            ("-0.0e99", 0),
            ("1", 1_000_000_000),
            ("0.1", 100_000_000),
            ("-0.000000001", -1),
            ("1.5e-3", 1_500_000),
            ("15E+1", 150_000_000_000),
            ("0.1000000000000", 100_000_000),
            ("10e-10", 1),
            ("9223372036.854775807", i64::MAX),
        ] {
            assert_eq!(parse_nano(number), Some(nano), "{number}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let long = "9".repeat(500);
        for number in
            ["0.0000000001", "1e-10", "9223372036.854775808", "1e400", "1e99999999999", "-1e11", &long]
        {
            assert_eq!(parse_nano(number), None, "{number}");
        }
    }
}
