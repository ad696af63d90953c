//! Facts with boring defaults.

use analytics::error::RejectionCode;
use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::ids::{Channel, EventName, FactId, SessionId, UserId};
use analytics::instant::{Instant, MINUTE_MS};

use super::MONDAY;

/// A fact in the making: an id, a user, and when; on the channel `web`, in no named session.
#[derive(Clone, Debug)]
pub struct FactBuilder {
    id: String,
    user: String,
    at: Instant,
    channel: String,
    session: Option<String>,
    kind: FactKind,
}

/// A message from the user, `minute` minutes after [`MONDAY`].
pub fn incoming(id: &str, user: &str, minute: i64) -> FactBuilder {
    build(id, user, minute, FactKind::Message(Message::new(Direction::Incoming)))
}

/// A message from the bot, `minute` minutes after [`MONDAY`].
pub fn outgoing(id: &str, user: &str, minute: i64) -> FactBuilder {
    build(id, user, minute, FactKind::Message(Message::new(Direction::Outgoing)))
}

/// A custom event, `minute` minutes after [`MONDAY`].
///
/// # Errors
/// [`RejectionCode::TypeInvalid`] for what cannot be an event's name.
pub fn event(id: &str, user: &str, minute: i64, name: &str) -> Result<FactBuilder, RejectionCode> {
    let event = Event { name: EventName::parse(name)?, value_nano: None, properties: None };
    Ok(build(id, user, minute, FactKind::Event(event)))
}

/// A call of a language model, `minute` minutes after [`MONDAY`].
pub fn model_call(id: &str, user: &str, minute: i64, used: ModelUse) -> FactBuilder {
    build(id, user, minute, FactKind::ModelCall(used))
}

fn build(id: &str, user: &str, minute: i64, kind: FactKind) -> FactBuilder {
    let at = MONDAY.plus_ms(minute * MINUTE_MS);
    FactBuilder {
        id: id.to_owned(),
        user: user.to_owned(),
        at,
        channel: "web".to_owned(),
        session: None,
        kind,
    }
}

impl FactBuilder {
    /// At another instant.
    pub fn at(self, at: Instant) -> Self {
        Self { at, ..self }
    }

    /// On another channel.
    pub fn on(self, channel: &str) -> Self {
        Self { channel: channel.to_owned(), ..self }
    }

    /// In a named session.
    pub fn within(self, session: &str) -> Self {
        Self { session: Some(session.to_owned()), ..self }
    }

    /// Another kind, with everything that belongs to it.
    pub fn kind(self, kind: FactKind) -> Self {
        Self { kind, ..self }
    }

    /// The fact.
    ///
    /// # Errors
    /// The code of the first part that is not valid.
    pub fn build(self) -> Result<Fact, RejectionCode> {
        Ok(Fact {
            id: FactId::parse(self.id)?,
            user_id: UserId::parse(self.user)?,
            session_id: self.session.map(SessionId::parse).transpose()?,
            at: self.at,
            channel: Channel::parse(&self.channel)?,
            kind: self.kind,
        })
    }
}
