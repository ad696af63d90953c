//! The session rule (docs/METRICS.md), as a pure fold over one user's messages on one channel.

use crate::fact::Direction;
use crate::instant::Instant;
use crate::settings::IdleTimeout;

/// One message without a session id, of one user on one channel. Their order is (at, incoming first, id).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn<'a> {
    /// When it was said.
    pub at: Instant,
    /// Who spoke.
    pub direction: Direction,
    /// The message's id: decides between equal instants.
    pub id: &'a str,
}

/// Where the fold stands: the instant of the latest message of the open session, if one was ever opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdleFold {
    last: Option<Instant>,
}

impl IdleFold {
    /// Continues behind the latest message of an open session. After an incoming message that is its own instant,
    /// whatever came before.
    pub fn behind(at: Instant) -> Self {
        Self { last: Some(at) }
    }

    /// The latest message of the open session, if one was ever opened.
    pub fn last(self) -> Option<Instant> {
        self.last
    }

    /// Takes the next message in order; says whether it opens a session.
    pub fn step(&mut self, at: Instant, direction: Direction, timeout: IdleTimeout) -> bool {
        let is_alive = self.last.is_some_and(|last| at.as_ms() - last.as_ms() <= timeout.as_ms());
        match direction {
            Direction::Incoming => {
                self.last = Some(at);
                !is_alive
            }
            Direction::Outgoing => {
                if is_alive {
                    self.last = Some(at);
                }
                false
            }
        }
    }
}

/// Folds turns in their order, continuing where `fold` stands; says of each whether it opens a session.
pub fn openings<'a>(
    mut fold: IdleFold,
    turns: impl IntoIterator<Item = &'a Turn<'a>>,
    timeout: IdleTimeout,
) -> impl Iterator<Item = bool> {
    turns.into_iter().map(move |turn| fold.step(turn.at, turn.direction, timeout))
}

/// The turn that opens a named session: of all its messages, on any channels and in any order, the earliest incoming
/// one, the smallest id deciding between equal instants. With outgoing messages alone it is no session.
pub fn find_opener<'a>(turns: impl IntoIterator<Item = &'a Turn<'a>>) -> Option<&'a Turn<'a>> {
    turns.into_iter().filter(|turn| turn.direction == Direction::Incoming).min()
}
