//! One conversation: questions and answers, seconds apart, and what came of it.

use analytics::error::RejectionCode;
use analytics::fact::{Direction, Event, Fact, FactKind, Message};
use analytics::ids::{Channel, EventName, FactId, SessionId, UserId};
use analytics::instant::Instant;
use rand::Rng;

use super::people::Person;
use super::{model, profile};

/// Of a hundred questions, so many are followed by another.
const GOES_ON: u32 = 65;
/// Of a hundred questions, so many are answered.
const IS_ANSWERED: u32 = 96;
/// A billionth is the unit of values.
const ONE: i64 = 1_000_000_000;

/// Who talks with the bot, where, and since when.
pub(super) struct Conversation<'a> {
    pub(super) number: u64,
    pub(super) person: Person,
    pub(super) channel: &'a profile::Channel,
    pub(super) start: Instant,
    /// Whether a language model writes the answers.
    pub(super) has_model: bool,
}

impl Conversation<'_> {
    /// Its messages, in order.
    pub(super) fn facts(&self, random: &mut impl Rng) -> anyhow::Result<Vec<Fact>> {
        let (mut at, mut facts) = (self.start, Vec::new());
        loop {
            facts.push(self.fact(facts.len(), at, FactKind::Message(Message::new(Direction::Incoming)))?);
            at = at.plus_ms(random.random_range(700..3_500));
            if random.random_ratio(IS_ANSWERED, 100) {
                let model_use = self.has_model.then(|| model::draw_use(random));
                let answer = Message { model_use, ..Message::new(Direction::Outgoing) };
                facts.push(self.fact(facts.len(), at, FactKind::Message(answer))?);
            }
            if !random.random_ratio(GOES_ON, 100) {
                if let Some(event) = draw_event(random)? {
                    facts.push(self.fact(facts.len(), at.plus_ms(5_000), FactKind::Event(event))?);
                }
                return Ok(facts);
            }
            let longest = random.random_range(10_000..180_000);
            at = at.plus_ms(random.random_range(4_000..longest));
        }
    }

    fn fact(&self, place: usize, at: Instant, kind: FactKind) -> anyhow::Result<Fact> {
        let session = self.channel.has_sessions.then(|| SessionId::parse(format!("s-{:x}", self.number)));
        Ok(Fact {
            id: valid(FactId::parse(format!("m-{:x}-{place}", self.number)))?,
            user_id: valid(UserId::parse(self.person.user_id()))?,
            session_id: session.map(valid).transpose()?,
            at,
            channel: valid(Channel::parse(self.channel.name))?,
            kind,
        })
    }
}

/// What some conversations end with.
fn draw_event(random: &mut impl Rng) -> anyhow::Result<Option<Event>> {
    let (name, value) = match random.random_range(0..100) {
        0..5 => ("handoff", None),
        5..11 => ("feedback", Some(random.random_range(1..=5) * ONE)),
        11..14 => ("order_placed", Some(random.random_range(900..14_000) * ONE / 100)),
        _ => return Ok(None),
    };
    Ok(Some(Event { name: valid(EventName::parse(name))?, value_nano: value, properties: None }))
}

fn valid<T>(result: Result<T, RejectionCode>) -> anyhow::Result<T> {
    result.map_err(|code| anyhow::anyhow!("demo traffic is invalid: {}", code.as_str()))
}
