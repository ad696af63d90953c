//! Numbers that count from 1970, in a unit that follows from their size.

const SECONDS_BELOW: f64 = 1e11;
const MILLISECONDS_BELOW: f64 = 1e14;
const MICROSECONDS_BELOW: f64 = 1e17;

/// How many of a unit a microsecond is, or the other way round.
#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Unit {
    fn of(number: f64) -> Self {
        match number.abs() {
            size if size < SECONDS_BELOW => Self::Seconds,
            size if size < MILLISECONDS_BELOW => Self::Milliseconds,
            size if size < MICROSECONDS_BELOW => Self::Microseconds,
            _ => Self::Nanoseconds,
        }
    }

    /// The number of digits by which the point moves to the right to make microseconds; nanoseconds have too many.
    fn digits_to_us(self) -> usize {
        match self {
            Self::Seconds => 6,
            Self::Milliseconds => 3,
            Self::Microseconds | Self::Nanoseconds => 0,
        }
    }

    fn whole_to_us(self, number: i64) -> Option<i64> {
        match self {
            Self::Seconds => number.checked_mul(1_000_000),
            Self::Milliseconds => number.checked_mul(1_000),
            Self::Microseconds => Some(number),
            Self::Nanoseconds => Some(number.div_euclid(1_000)),
        }
    }
}

/// Reads microseconds since 1970.
pub(super) fn parse(text: &str) -> Option<i64> {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if !is_number(text) {
        return None;
    }
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    let unit = Unit::of(number);
    match text.parse() {
        Ok(whole) => unit.whole_to_us(whole),
        Err(_) => round_to_us(number, unit),
    }
}

/// A float of seconds has no more than six digits after the point that mean anything. Rounded in decimals, so that
/// every writer of the same number gives the same microsecond.
fn round_to_us(number: f64, unit: Unit) -> Option<i64> {
    let digits = unit.digits_to_us();
    let decimal = format!("{number:.digits$}");
    let moved: i64 = decimal.replacen('.', "", 1).parse().ok()?;
    match unit {
        Unit::Nanoseconds => Some(moved.div_euclid(1_000)),
        Unit::Seconds | Unit::Milliseconds | Unit::Microseconds => Some(moved),
    }
}
