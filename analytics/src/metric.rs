//! The five KPIs and the counts they come from.

use std::ops::{AddAssign, SubAssign};

use serde::{Deserialize, Serialize};

/// One of the five KPIs, in the order of the cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Distinct users with an incoming message in the period. Not additive.
    TotalUsers,
    /// Of those, the ones whose first incoming message ever lies in the period. Additive.
    NewUsers,
    /// Of those, the ones whose first incoming message ever lies before the period. Not additive.
    ReturningUsers,
    /// Sessions whose opening incoming message lies in the period. Additive.
    Sessions,
    /// Incoming messages in the period. Additive.
    Messages,
}

impl Metric {
    /// In the order of the cards.
    pub const ALL: [Self; 5] =
        [Self::TotalUsers, Self::NewUsers, Self::ReturningUsers, Self::Sessions, Self::Messages];

    /// The word in URLs, the API and CSS.
    pub fn word(self) -> &'static str {
        match self {
            Self::TotalUsers => "total_users",
            Self::NewUsers => "new_users",
            Self::ReturningUsers => "returning_users",
            Self::Sessions => "sessions",
            Self::Messages => "messages",
        }
    }

    /// Reads the word; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.word() == word)
    }

    /// Whether the buckets of a period add up to the period's figure.
    pub fn is_additive(self) -> bool {
        matches!(self, Self::NewUsers | Self::Sessions | Self::Messages)
    }
}

/// The counts of one stretch of time, from which every KPI follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Distinct users whose first incoming message ever lies in it.
    pub new_users: u64,
    /// Distinct users with an incoming message in it and one before it.
    pub returning_users: u64,
    /// Sessions opened in it.
    pub sessions: u64,
    /// Incoming messages.
    pub messages: u64,
    /// Outgoing messages.
    pub bot_messages: u64,
}

/// Of two parts of a stretch. Users of both count twice: their counts have to be disjoint.
impl AddAssign for Tally {
    fn add_assign(&mut self, part: Self) {
        self.new_users += part.new_users;
        self.returning_users += part.returning_users;
        self.sessions += part.sessions;
        self.messages += part.messages;
        self.bot_messages += part.bot_messages;
    }
}

/// Of a stretch and a part of it. A part never has more: below zero it stays at zero.
impl SubAssign for Tally {
    fn sub_assign(&mut self, part: Self) {
        self.new_users = self.new_users.saturating_sub(part.new_users);
        self.returning_users = self.returning_users.saturating_sub(part.returning_users);
        self.sessions = self.sessions.saturating_sub(part.sessions);
        self.messages = self.messages.saturating_sub(part.messages);
        self.bot_messages = self.bot_messages.saturating_sub(part.bot_messages);
    }
}

impl Tally {
    /// Distinct users: new and returning are disjoint and together all.
    pub fn total_users(self) -> u64 {
        self.new_users + self.returning_users
    }

    /// The figure of one KPI.
    pub fn get(self, metric: Metric) -> u64 {
        match metric {
            Metric::TotalUsers => self.total_users(),
            Metric::NewUsers => self.new_users,
            Metric::ReturningUsers => self.returning_users,
            Metric::Sessions => self.sessions,
            Metric::Messages => self.messages,
        }
    }
}
