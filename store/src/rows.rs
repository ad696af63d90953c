//! From columns to types, for rows that several questions read.

use std::str::FromStr;

use analytics::calendar::{Calendar, Zone};
use analytics::fact::Direction;
use analytics::instant::Instant;
use analytics::settings::{IdleTimeout, WeekStart};

use crate::StoreError;
use crate::engine::Row;

impl Row {
    pub(crate) fn instant(&self, column: usize) -> Result<Instant, StoreError> {
        self.int(column).map(Instant::from_ms)
    }

    pub(crate) fn optional_instant(&self, column: usize) -> Result<Option<Instant>, StoreError> {
        Ok(self.optional_int(column)?.map(Instant::from_ms))
    }

    /// A number that cannot be negative.
    pub(crate) fn count(&self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|_| StoreError::Corrupt { table: "counts", column: "sum" })
    }

    /// Zone and week start from two columns of `bot_state`.
    pub(crate) fn calendar(&self, zone: usize, week_start: usize) -> Result<Calendar, StoreError> {
        let zone = Zone::from_str(&self.text(zone)?).map_err(|_| corrupt_state("time_zone"))?;
        let week_start = WeekStart::from_word(&self.text(week_start)?);
        Ok(Calendar::new(zone, week_start.ok_or(corrupt_state("week_start"))?))
    }

    /// The timeout from a column of `bot_state`.
    pub(crate) fn idle_timeout(&self, column: usize) -> Result<IdleTimeout, StoreError> {
        IdleTimeout::from_ms(self.int(column)?).ok_or(corrupt_state("idle_timeout_ms"))
    }
}

fn corrupt_state(column: &'static str) -> StoreError {
    StoreError::Corrupt { table: "bot_state", column }
}

impl Row {
    /// The position of an input row, which came from a `usize`.
    pub(crate) fn place(&self, column: usize) -> Result<usize, StoreError> {
        usize::try_from(self.int(column)?)
            .map_err(|_| StoreError::Corrupt { table: "input", column: "place" })
    }
}

/// What a row of `facts` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Incoming,
    Outgoing,
    Event,
    ModelCall,
}

impl Kind {
    pub(crate) fn as_i64(self) -> i64 {
        match self {
            Self::Incoming => 0,
            Self::Outgoing => 1,
            Self::Event => 2,
            Self::ModelCall => 3,
        }
    }

    pub(crate) fn from_i64(number: i64) -> Result<Self, StoreError> {
        match number {
            0 => Ok(Self::Incoming),
            1 => Ok(Self::Outgoing),
            2 => Ok(Self::Event),
            3 => Ok(Self::ModelCall),
            _ => Err(StoreError::Corrupt { table: "facts", column: "kind" }),
        }
    }

    pub(crate) fn is_message(self) -> bool {
        self.direction().is_some()
    }

    /// The direction of a message.
    pub(crate) fn direction(self) -> Option<Direction> {
        match self {
            Self::Incoming => Some(Direction::Incoming),
            Self::Outgoing => Some(Direction::Outgoing),
            Self::Event | Self::ModelCall => None,
        }
    }
}

impl From<Direction> for Kind {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Incoming => Self::Incoming,
            Direction::Outgoing => Self::Outgoing,
        }
    }
}

/// The instants of the first and the last message, if there is any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(Option<(i64, i64)>);

impl Span {
    pub(crate) const EMPTY: Self = Self(None);

    pub(crate) fn from_columns(first: Option<i64>, last: Option<i64>) -> Self {
        Self(first.zip(last))
    }

    pub(crate) fn first(self) -> Option<i64> {
        self.0.map(|(first, _)| first)
    }

    pub(crate) fn last(self) -> Option<i64> {
        self.0.map(|(_, last)| last)
    }

    /// Takes in a message; says whether that changed anything.
    pub(crate) fn widen(&mut self, at: i64) -> bool {
        let wide = self.0.map_or((at, at), |(first, last)| (first.min(at), last.max(at)));
        let is_wider = self.0 != Some(wide);
        self.0 = Some(wide);
        is_wider
    }
}
