//! One conversation: questions and answers, seconds apart.

use analytics::error::RejectionCode;
use analytics::fact::{Direction, Fact, FactKind, Message};
use analytics::ids::{Channel, FactId, SessionId, UserId};
use analytics::instant::Instant;
use rand::Rng;

use super::people::Person;
use super::profile;

/// Of a hundred questions, so many are followed by another.
const GOES_ON: u32 = 65;
/// Of a hundred questions, so many are answered.
const IS_ANSWERED: u32 = 96;

/// Who talks with the bot, where, and since when.
pub(super) struct Conversation<'a> {
    pub(super) number: u64,
    pub(super) person: Person,
    pub(super) channel: &'a profile::Channel,
    pub(super) start: Instant,
}

impl Conversation<'_> {
    /// Its messages, in order.
    pub(super) fn facts(&self, random: &mut impl Rng) -> anyhow::Result<Vec<Fact>> {
        let (mut at, mut facts) = (self.start, Vec::new());
        loop {
            facts.push(self.fact(facts.len(), at, Direction::Incoming)?);
            at = at.plus_ms(random.random_range(700..3_500));
            if random.random_ratio(IS_ANSWERED, 100) {
                facts.push(self.fact(facts.len(), at, Direction::Outgoing)?);
            }
            if !random.random_ratio(GOES_ON, 100) {
                return Ok(facts);
            }
            let longest = random.random_range(10_000..180_000);
            at = at.plus_ms(random.random_range(4_000..longest));
        }
    }

    fn fact(&self, place: usize, at: Instant, direction: Direction) -> anyhow::Result<Fact> {
        let session = self.channel.has_sessions.then(|| SessionId::parse(format!("s-{:x}", self.number)));
        Ok(Fact {
            id: valid(FactId::parse(format!("m-{:x}-{place}", self.number)))?,
            user_id: valid(UserId::parse(self.person.user_id()))?,
            session_id: session.map(valid).transpose()?,
            at,
            channel: valid(Channel::parse(self.channel.name))?,
            kind: FactKind::Message(Message::new(direction)),
        })
    }
}

fn valid<T>(result: Result<T, RejectionCode>) -> anyhow::Result<T> {
    result.map_err(|code| anyhow::anyhow!("demo traffic is invalid: {}", code.as_str()))
}
