//! From columns to types, for rows that several questions read.

use std::str::FromStr;

use analytics::calendar::{Calendar, Zone};
use analytics::fact::Direction;
use analytics::instant::Instant;
use analytics::settings::{IdleTimeout, WeekStart};

use crate::StoreError;
use crate::engine::Row;
use crate::table_keys::{BotKey, ChatLine};

impl Row {
    /// The key of a bot.
    pub(crate) fn bot_key(&self, column: &'static str) -> Result<BotKey, StoreError> {
        self.int(column).map(BotKey::from_i64)
    }

    /// The columns `user_key` and `channel_key`.
    pub(crate) fn chat_line(&self) -> Result<ChatLine, StoreError> {
        Ok(ChatLine { user: self.int("user_key")?, channel: self.int("channel_key")? })
    }

    pub(crate) fn instant(&self, column: &'static str) -> Result<Instant, StoreError> {
        self.int(column).map(Instant::from_ms)
    }

    pub(crate) fn optional_instant(&self, column: &'static str) -> Result<Option<Instant>, StoreError> {
        Ok(self.optional_int(column)?.map(Instant::from_ms))
    }

    /// A number that cannot be negative.
    pub(crate) fn count(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|_| self.corrupt(column))
    }

    /// Zone and week start.
    pub(crate) fn calendar(
        &self,
        zone: &'static str,
        week_start: &'static str,
    ) -> Result<Calendar, StoreError> {
        let found = Zone::from_str(&self.text(zone)?).map_err(|_| self.corrupt(zone))?;
        let start = WeekStart::from_word(&self.text(week_start)?);
        Ok(Calendar::new(found, start.ok_or_else(|| self.corrupt(week_start))?))
    }

    /// A session timeout.
    pub(crate) fn idle_timeout(&self, column: &'static str) -> Result<IdleTimeout, StoreError> {
        IdleTimeout::from_ms(self.int(column)?).ok_or_else(|| self.corrupt(column))
    }

    /// The position of an input row, which came from a `usize`.
    pub(crate) fn place(&self, column: &'static str) -> Result<usize, StoreError> {
        usize::try_from(self.int(column)?).map_err(|_| self.corrupt(column))
    }

    /// What a fact is.
    pub(crate) fn kind(&self, column: &'static str) -> Result<Kind, StoreError> {
        Kind::from_i64(self.int(column)?).ok_or_else(|| self.corrupt(column))
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

    fn from_i64(number: i64) -> Option<Self> {
        [Self::Incoming, Self::Outgoing, Self::Event, Self::ModelCall]
            .into_iter()
            .find(|kind| kind.as_i64() == number)
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
