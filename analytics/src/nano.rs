//! Decimals as billionths: exact, so that the order of adding never changes a sum.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Billionths in one.
const ONE: i128 = 1_000_000_000;

/// A sum of decimals with 9 digits after the point: of values, or of US dollars. It has room for a billion of the greatest
/// that one item may tell.
///
/// In JSON it is the decimal as a text, such as `"12.5"`: most readers would round a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Nano(
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = r"^-?[0-9]+(\.[0-9]{1,9})?$")))]
    i128,
);

impl Nano {
    /// So many billionths.
    pub const fn from_nano(nano: i128) -> Self {
        Self(nano)
    }

    /// A sum that is kept in two parts, both of which only add: whole ones, and billionths beside them. A sum of
    /// billionths alone would leave 64 bits at nine billions.
    pub const fn from_parts(whole: i64, nano: i64) -> Self {
        // Sixty-three bits times a billion are far from the limit.
        Self(whole as i128 * ONE + nano as i128)
    }

    /// The two parts of one value; the second is less than a billion, and not negative.
    pub const fn split(nano: i64) -> (i64, i64) {
        const BILLION: i64 = 1_000_000_000;
        (nano.div_euclid(BILLION), nano.rem_euclid(BILLION))
    }

    /// Billionths.
    pub const fn as_nano(self) -> i128 {
        self.0
    }

    /// The share of each of `count`, to the nearest billionth; `None` of nothing.
    pub fn per(self, count: u64) -> Option<Self> {
        let count = i128::from(count);
        let half = count / 2 * self.0.signum();
        (count > 0).then(|| Self((self.0 + half) / count))
    }

    /// The nearest floating-point number: for charts and ratios.
    #[expect(clippy::cast_precision_loss, reason = "what is drawn has a few digits")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / ONE as f64
    }
}

impl fmt::Display for Nano {
    /// All digits, without zeros at the end: `-0.25`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) =
            (self.0.unsigned_abs() / ONE.unsigned_abs(), self.0.unsigned_abs() % ONE.unsigned_abs());
        let text = format!("{sign}{whole}.{fraction:09}");
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A text that is no decimal of at most 9 digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number with at most 9 digits after the point")]
pub struct NanoError;

impl FromStr for Nano {
    type Err = NanoError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_decimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        if digits.is_empty() || fraction.len() > 9 || !is_decimal(digits) || !is_decimal(fraction) {
            return Err(NanoError);
        }
        format!("{whole}{fraction:0<9}").parse().map(Self).map_err(|_| NanoError)
    }
}

impl Serialize for Nano {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Nano {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Add for Nano {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Nano {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Nano {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::default(), Add::add)
    }
}
