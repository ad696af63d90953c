//! The index beside each KPI: how a figure compares with the one before.

use serde::{Deserialize, Serialize};

use crate::nano::Nano;

/// A figure against that of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// `(current − previous) / previous`; 0.25 is a quarter more.
    Ratio(f64),
    /// Nothing before, something now: no percentage, the word "new".
    New,
    /// Nothing before and nothing now: an em dash.
    Nothing,
    /// There is no comparison: none was asked for, or it lies wholly before the first message.
    NoEarlierData,
}

impl Change {
    /// Compares; `previous` is `None` when there is nothing to compare with.
    #[expect(clippy::cast_precision_loss, reason = "a ratio of counts is shown to one decimal")]
    pub fn between(current: u64, previous: Option<u64>) -> Self {
        match (current, previous) {
            (_, None) => Self::NoEarlierData,
            (0, Some(0)) => Self::Nothing,
            (_, Some(0)) => Self::New,
            (current, Some(previous)) => Self::Ratio((current as f64 - previous as f64) / previous as f64),
        }
    }

    /// The same of decimals, in proportion to how far the one before lies from zero: what grows has a ratio above zero.
    #[expect(clippy::cast_precision_loss, reason = "a ratio of sums is shown to one decimal")]
    pub fn between_sums(current: Nano, previous: Option<Nano>) -> Self {
        match (current.as_nano(), previous.map(Nano::as_nano)) {
            (_, None) => Self::NoEarlierData,
            (0, Some(0)) => Self::Nothing,
            (_, Some(0)) => Self::New,
            (current, Some(previous)) => {
                Self::Ratio((current - previous) as f64 / previous.unsigned_abs() as f64)
            }
        }
    }

    /// The unrounded ratio of the API; `None` where there is no percentage.
    pub fn ratio(self) -> Option<f64> {
        match self {
            Self::Ratio(ratio) => Some(ratio),
            Self::New | Self::Nothing | Self::NoEarlierData => None,
        }
    }
}
