//! How long language models took: an exact mean, and percentiles from a histogram whose bounds are shown with them.
//!
//! The bins are log-linear: 16 of one millisecond each, then eight for each doubling, so that none is wider than an
//! eighth of where it begins, up to 2²² ms (70 minutes), and one for what took longer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Bins for each doubling.
const STEPS: u64 = 8;
/// Two to the power of it is [`STEPS`].
const STEP_BITS: u32 = 3;
/// Where the last bin begins, which has no end: two to the power of it.
const LAST_BITS: u32 = 22;

/// One bin of the histogram, by its place: 0 to 160.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LatencyBin(u8);

impl LatencyBin {
    /// The last bin, in which everything lies that took 2²² ms or longer.
    pub const LAST: Self = Self(160);

    /// The bin of a latency.
    pub fn of(latency_ms: u64) -> Self {
        let bits = latency_ms.checked_ilog2().unwrap_or(0);
        if bits >= LAST_BITS {
            return Self::LAST;
        }
        // Below one bin for each millisecond every bin is one.
        let doublings = bits.saturating_sub(STEP_BITS);
        let place = STEPS * u64::from(doublings) + (latency_ms >> doublings);
        Self(u8::try_from(place).unwrap_or(Self::LAST.0))
    }

    /// The bin at a place; `None` beyond the last.
    pub fn from_place(place: i64) -> Option<Self> {
        u8::try_from(place).ok().map(Self).filter(|bin| *bin <= Self::LAST)
    }

    /// Its place, from 0.
    pub fn place(self) -> i64 {
        i64::from(self.0)
    }

    /// The least latency in it, in milliseconds.
    pub fn lower_ms(self) -> u64 {
        let place = u64::from(self.0);
        match (place / STEPS).checked_sub(1) {
            None => place,
            Some(doublings) => (STEPS + place % STEPS) << doublings,
        }
    }

    /// The least latency that is too great for it, in milliseconds; the last bin has none.
    pub fn upper_ms(self) -> Option<u64> {
        (self < Self::LAST).then(|| Self(self.0 + 1).lower_ms())
    }
}

/// How many calls took how long, by bin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram(BTreeMap<LatencyBin, u64>);

impl Histogram {
    /// Adds calls to a bin.
    pub fn add(&mut self, bin: LatencyBin, calls: u64) {
        *self.0.entry(bin).or_default() += calls;
    }

    /// Adds all of another one.
    pub fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|(bin, calls)| self.add(*bin, *calls));
    }

    /// How many calls there are.
    pub fn calls(&self) -> u64 {
        self.0.values().sum()
    }

    /// The bin in which the percentile lies: that of the call number ⌈calls · percent / 100⌉ in order of latency (nearest
    /// rank). `None` without a call.
    pub fn percentile(&self, percent: u64) -> Option<Percentile> {
        let rank = (self.calls() * percent).div_ceil(100).max(1);
        let mut below = 0;
        let found = self.0.iter().find(|(_, calls)| {
            below += **calls;
            below >= rank
        });
        found.map(|(bin, _)| Percentile::within(*bin))
    }
}

impl Histogram {
    #[expect(clippy::cast_precision_loss, reason = "a deviation of milliseconds")]
    fn deviation_from(&self, mean: f64) -> f64 {
        let squares = self.0.iter().map(|(bin, calls)| {
            let distance = Percentile::within(*bin).value_ms as f64 - mean;
            distance * distance * *calls as f64
        });
        (squares.sum::<f64>() / self.calls().max(1) as f64).sqrt()
    }
}

/// A percentile as far as the histogram knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Percentile {
    /// What stands for it: the middle of its bin, or where the bin begins that has no end.
    pub value_ms: u64,
    /// It is not less.
    pub lower_ms: u64,
    /// It is less; `None` where nothing is known but that it is 2²² ms or more.
    pub upper_ms: Option<u64>,
}

impl Percentile {
    fn within(bin: LatencyBin) -> Self {
        let (lower_ms, upper_ms) = (bin.lower_ms(), bin.upper_ms());
        let greatest = upper_ms.map_or(lower_ms, |upper| upper - 1);
        Self { value_ms: lower_ms.midpoint(greatest), lower_ms, upper_ms }
    }
}

/// The latency of some calls. Calls that tell none are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Latency {
    /// Calls that tell a latency.
    pub calls: u64,
    /// Their mean, exact but for the last digits of a floating-point number; `None` without a call.
    pub mean_ms: Option<f64>,
    /// The 50th percentile.
    pub median: Option<Percentile>,
    /// The 95th percentile.
    pub p95: Option<Percentile>,
    /// How far they spread around the mean, a standard deviation, as far as the histogram knows it: each call stands in
    /// the middle of its bin. `None` without a call.
    pub deviation_ms: Option<f64>,
    /// The least.
    pub lowest: Option<Percentile>,
    /// The greatest.
    pub highest: Option<Percentile>,
}

impl Latency {
    /// The figures of calls that took `sum_ms` together.
    #[expect(clippy::cast_precision_loss, reason = "a mean of milliseconds")]
    pub fn new(sum_ms: u64, histogram: &Histogram) -> Self {
        let calls = histogram.calls();
        let mean_ms = (calls > 0).then(|| sum_ms as f64 / calls as f64);
        Self {
            calls,
            mean_ms,
            deviation_ms: mean_ms.map(|mean| histogram.deviation_from(mean)),
            median: histogram.percentile(50),
            p95: histogram.percentile(95),
            lowest: histogram.percentile(0),
            highest: histogram.percentile(100),
        }
    }
}
