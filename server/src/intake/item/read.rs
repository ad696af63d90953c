//! One item becomes one fact, or the reason why not: the fields, their limits and their codes.

use std::borrow::Cow;

use analytics::error::RejectionCode as Code;
use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::ids::{Channel, EventName, FactId, SessionId, UserId};
use analytics::instant::{Instant, MINUTE_MS};
use analytics::written_time::Moment;

use super::derive_id::{derive_from, draw_id};
use super::fields::{Field, Item, MAX_PROPERTIES_BYTES, MAX_TEXT_BYTES, MAX_WORD_BYTES, MESSAGE, MODEL_CALL};
use super::rejection::Rejection;
use super::value::Value;
use crate::intake::json;

/// How deep an item may nest.
pub const MAX_DEPTH: usize = 32;
/// How far a bot's clock may run ahead of ours.
pub const MAX_AHEAD_MS: i64 = 10 * MINUTE_MS;
/// 2000-01-01T00:00:00Z: no chatbot of this kind is older.
const EARLIEST: Instant = Instant::from_ms(946_684_800_000);

/// What becomes of an item with a field that cannot be read, where the item can do without that field. Ids, user, time,
/// direction and names decide in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// The item is rejected: whoever wrote it can put it right.
    Refuse,
    /// The field is left out, and numbers are rounded to what is kept of them. Clients of other products type fields as
    /// they like, and drop a whole batch on an error.
    LeaveOut,
}

/// What an item says that it is. Names of events are an open set but for the two that are reserved.
enum ItemType {
    Message(Direction),
    ModelCall,
    Event(EventName),
}

/// Reads the items of one batch.
#[derive(Clone, Copy, Debug)]
pub struct ItemReader {
    /// When the batch arrived: the time of items that say none, and the measure of those that lie ahead.
    pub arrived_at: Instant,
    /// Whether the bot's owner wants message text to be stored.
    pub stores_text: bool,
}

impl ItemReader {
    /// Reads an item of our own form, strictly.
    ///
    /// # Errors
    /// Those of [`ItemReader::read`], and [`Code::NotAnObject`] for anything but an object in UTF-8 that nests at most
    /// [`MAX_DEPTH`] levels deep.
    pub fn read_json(self, json: &[u8]) -> Result<Fact, Rejection> {
        let item = if json::depth(json) > MAX_DEPTH { None } else { Item::parse(json) };
        self.read(&item.ok_or(Rejection::of_item(Code::NotAnObject))?, Strictness::Refuse)
    }

    /// Reads an item.
    ///
    /// # Errors
    /// The first field, in the order of the table, that is not as it has to be.
    pub fn read(self, item: &Item<'_>, strictness: Strictness) -> Result<Fact, Rejection> {
        Reading { item, strictness }.read(self)
    }

    /// The time at which an item of this time is stored: a little ahead of our clock is now.
    ///
    /// # Errors
    /// [`Code::AtTooEarly`] before 2000, [`Code::AtInFuture`] above [`MAX_AHEAD_MS`] ahead.
    pub fn check_time(self, at: Instant) -> Result<Instant, Code> {
        if at < EARLIEST {
            Err(Code::AtTooEarly)
        } else if at > self.arrived_at.plus_ms(MAX_AHEAD_MS) {
            Err(Code::AtInFuture)
        } else {
            Ok(at.min(self.arrived_at))
        }
    }
}

/// An item that is being read.
struct Reading<'r> {
    item: &'r Item<'r>,
    strictness: Strictness,
}

impl Reading<'_> {
    fn read(&self, reader: ItemReader) -> Result<Fact, Rejection> {
        let name = self.decisive(Field::Type, read_name)?;
        let id = self.decisive(Field::Id, read_id)?;
        let user_id = self.decisive(Field::UserId, read_user_id)?;
        let user_id = user_id.ok_or(Rejection::of_field(Code::UserIdMissing, Field::UserId))?;
        let session_id = self.decisive(Field::SessionId, read_session_id)?;
        let at = self.decisive(Field::At, |at| reader.check_time(read_time(at).ok_or(Code::AtInvalid)?))?;
        let item_type = self.read_type(name)?;
        let channel = self.optional(Field::Channel, read_channel)?.unwrap_or_else(Channel::api);
        let mut kind = self.read_kind(item_type)?;
        let id = match id {
            Some(id) => id,
            None => self.make_id(&user_id, session_id.as_ref(), &channel, &kind)?,
        };
        if let (FactKind::Message(message), false) = (&mut kind, reader.stores_text) {
            message.text = None;
        }
        Ok(Fact { id, user_id, session_id, at: at.unwrap_or(reader.arrived_at), channel, kind })
    }

    /// A field for which an item is rejected if it cannot be read. An empty id from elsewhere is none.
    fn decisive<T>(
        &self,
        field: Field,
        read: impl FnOnce(&Value<'_>) -> Result<T, Code>,
    ) -> Result<Option<T>, Rejection> {
        let ids = [Field::Id, Field::UserId, Field::SessionId];
        let is_said = |value: &&Value<'_>| {
            self.strictness == Strictness::Refuse
                || !ids.contains(&field)
                || value.as_text().is_none_or(|text| !text.is_empty())
        };
        let value = self.item.get(field).filter(is_said);
        value.map(read).transpose().map_err(|code| Rejection::of_field(code, field))
    }

    /// A field that an item can do without.
    fn optional<T>(
        &self,
        field: Field,
        read: impl FnOnce(&Value<'_>) -> Result<T, Code>,
    ) -> Result<Option<T>, Rejection> {
        match (self.item.get(field).map(read), self.strictness) {
            (None, _) | (Some(Err(_)), Strictness::LeaveOut) => Ok(None),
            (Some(Ok(value)), _) => Ok(Some(value)),
            (Some(Err(code)), Strictness::Refuse) => Err(Rejection::of_field(code, field)),
        }
    }

    fn read_type(&self, name: Option<EventName>) -> Result<ItemType, Rejection> {
        match name {
            Some(name) if name.as_str() == MODEL_CALL => Ok(ItemType::ModelCall),
            Some(name) if name.as_str() != MESSAGE => Ok(ItemType::Event(name)),
            _ => {
                let direction = self.decisive(Field::Direction, read_direction)?;
                let missing = Rejection::of_field(Code::DirectionMissing, Field::Direction);
                direction.map(ItemType::Message).ok_or(missing)
            }
        }
    }

    fn read_kind(&self, item_type: ItemType) -> Result<FactKind, Rejection> {
        Ok(match item_type {
            ItemType::Message(direction) => FactKind::Message(self.read_message(direction)?),
            ItemType::ModelCall => FactKind::ModelCall(self.read_model_use()?),
            ItemType::Event(name) => FactKind::Event(self.read_event(name)?),
        })
    }

    fn read_message(&self, direction: Direction) -> Result<Message, Rejection> {
        let text = self.optional(Field::Text, read_message_text)?;
        let intent = self.word(Field::Intent)?;
        let handled = self.flag(Field::Handled)?;
        let model_use = match direction {
            Direction::Incoming => None,
            Direction::Outgoing => {
                Some(self.read_model_use()?).filter(|model_use| *model_use != ModelUse::default())
            }
        };
        Ok(Message { direction, text, intent, handled, model_use })
    }

    fn read_model_use(&self) -> Result<ModelUse, Rejection> {
        Ok(ModelUse {
            model: self.word(Field::Model)?,
            input_tokens: self.count(Field::InputTokens)?,
            output_tokens: self.count(Field::OutputTokens)?,
            cost_nano_usd: self.amount(Field::CostUsd)?,
            latency_ms: self.count(Field::LatencyMs)?,
            failed: self.flag(Field::ModelFailed)?.unwrap_or(false),
        })
    }

    fn read_event(&self, name: EventName) -> Result<Event, Rejection> {
        let value_nano = self.amount(Field::Value)?;
        Ok(Event { name, value_nano, properties: self.optional(Field::Properties, read_properties)? })
    }

    fn word(&self, field: Field) -> Result<Option<String>, Rejection> {
        let takes_empty = self.strictness == Strictness::Refuse;
        let is_word = |text: &Cow<'_, str>| is_word(text) || (takes_empty && text.is_empty());
        self.optional(field, |value| {
            value.as_text().filter(is_word).map(Cow::into_owned).ok_or(Code::ValueInvalid)
        })
    }

    fn flag(&self, field: Field) -> Result<Option<bool>, Rejection> {
        self.optional(field, |value| value.as_flag().ok_or(Code::ValueInvalid))
    }

    fn count(&self, field: Field) -> Result<Option<u64>, Rejection> {
        self.optional(field, |value| {
            let count = match self.strictness {
                Strictness::Refuse => value.as_count(),
                Strictness::LeaveOut => value.as_rounded_count(),
            };
            count.ok_or(Code::ValueInvalid)
        })
    }

    fn amount(&self, field: Field) -> Result<Option<i64>, Rejection> {
        self.optional(field, |value| {
            let nano = match self.strictness {
                Strictness::Refuse => value.as_nano(),
                Strictness::LeaveOut => value.as_rounded_nano(),
            };
            nano.ok_or(Code::ValueInvalid)
        })
    }

    /// The time goes in as it was sent: what was stored by earlier versions under a derived id keeps it.
    fn make_id(
        &self,
        user: &UserId,
        session: Option<&SessionId>,
        channel: &Channel,
        kind: &FactKind,
    ) -> Result<FactId, Rejection> {
        let of_id = |code| Rejection::of_field(code, Field::Id);
        let Some(at) = &self.item.at else { return draw_id().map_err(of_id) };
        let (at, session) = (at.to_json(), session.map_or("", SessionId::as_str));
        derive_from(&[user.as_str(), session, channel.as_str(), &at], kind).map_err(of_id)
    }
}

/// Reserved names have the form of an event's.
fn read_name(value: &Value<'_>) -> Result<EventName, Code> {
    EventName::parse(value.as_text().ok_or(Code::TypeInvalid)?)
}

fn read_id(value: &Value<'_>) -> Result<FactId, Code> {
    FactId::parse(value.as_id().ok_or(Code::IdInvalid)?)
}

fn read_user_id(value: &Value<'_>) -> Result<UserId, Code> {
    UserId::parse(value.as_id().ok_or(Code::UserIdInvalid)?)
}

fn read_session_id(value: &Value<'_>) -> Result<SessionId, Code> {
    SessionId::parse(value.as_id().ok_or(Code::SessionIdInvalid)?)
}

fn read_time(value: &Value<'_>) -> Option<Instant> {
    let moment = match value.as_text() {
        Some(text) => Moment::of_text(&text),
        None => Moment::of_number(&value.to_json()),
    };
    moment.map(Moment::to_instant)
}

fn read_direction(value: &Value<'_>) -> Result<Direction, Code> {
    match value.as_text().as_deref() {
        Some("incoming") => Ok(Direction::Incoming),
        Some("outgoing") => Ok(Direction::Outgoing),
        _ => Err(Code::DirectionInvalid),
    }
}

fn read_channel(value: &Value<'_>) -> Result<Channel, Code> {
    Channel::parse(&value.as_text().ok_or(Code::ChannelInvalid)?)
}

fn read_message_text(value: &Value<'_>) -> Result<String, Code> {
    // No database text may hold NUL, and nobody ever typed one.
    let text = value.as_text().ok_or(Code::TextInvalid)?.replace('\0', "");
    if text.len() > MAX_TEXT_BYTES { Err(Code::TextTooLong) } else { Ok(text) }
}

/// Whether an intent or a model may have this name.
pub fn is_word(text: &str) -> bool {
    (1..=MAX_WORD_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Keeps the object as it was sent, in one line: raw line breaks stand only between tokens.
fn read_properties(value: &Value<'_>) -> Result<String, Code> {
    let object = value.as_object().ok_or(Code::PropertiesInvalid)?;
    if object.len() > MAX_PROPERTIES_BYTES {
        Err(Code::PropertiesTooLarge)
    } else if json::depth(object.as_bytes()) >= MAX_DEPTH {
        // They lie one level deep in the item.
        Err(Code::PropertiesInvalid)
    } else {
        Ok(object.replace(['\n', '\r'], " "))
    }
}
