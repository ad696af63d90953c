//! One item becomes one fact, or the reason why not. The fields, their limits and their codes are the table of the
//! public intake; the import reads the same form.

use std::borrow::Cow;

use analytics::error::RejectionCode as Code;
use analytics::fact::{Direction, Event, Fact, FactKind, Message, ModelUse};
use analytics::ids::{Channel, EventName, FactId, SessionId, UserId};
use analytics::instant::{Instant, MINUTE_MS};
use chrono::DateTime;
use serde_json::value::RawValue;

use super::derive_id::{derive_id, draw_id};
use super::fields::{self, Fields};
use super::nano::parse_nano;
use super::written::direction_word;

/// How deep an item may nest.
pub const MAX_DEPTH: usize = 32;
/// Longest text of a message, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Longest properties of an event, in bytes.
pub const MAX_PROPERTIES_BYTES: usize = 8 * 1024;
/// Longest intent and longest name of a model, in bytes.
pub const MAX_WORD_BYTES: usize = 200;
/// How far a bot's clock may run ahead of ours.
pub const MAX_AHEAD_MS: i64 = 10 * MINUTE_MS;
/// 2000-01-01T00:00:00Z: what lies before was meant in seconds.
const EARLIEST: Instant = Instant::from_ms(946_684_800_000);

/// The `type` of a message.
pub const MESSAGE: &str = "message";
/// The `type` of a call of a language model that is not itself a message.
pub const MODEL_CALL: &str = "model_call";

/// What an item says that it is. Names of events are an open set but for the two that are reserved.
enum ItemType {
    Message,
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
    /// Reads one item, in UTF-8.
    ///
    /// # Errors
    /// The code of the first field, in the order of the table, that is not as it has to be.
    pub fn read(self, item: &[u8]) -> Result<Fact, Code> {
        let text = std::str::from_utf8(item).map_err(|_| Code::NotAnObject)?;
        if fields::depth(item) > MAX_DEPTH {
            return Err(Code::NotAnObject);
        }
        let fields: Fields<'_> = serde_json::from_str(text).map_err(|_| Code::NotAnObject)?;
        self.read_fields(&fields)
    }

    fn read_fields(self, fields: &Fields<'_>) -> Result<Fact, Code> {
        let r#type = read_type(fields.r#type)?;
        let id = fields.id.map(read_id).transpose()?;
        let user_id = read_user_id(fields.user_id)?;
        let session_id = fields.session_id.map(read_session_id).transpose()?;
        let at = self.read_at(fields.at)?;
        let direction = match r#type {
            ItemType::Message => Some(read_direction(fields.direction)?),
            ItemType::ModelCall | ItemType::Event(_) => None,
        };
        let channel = read_channel(fields.channel)?;
        let mut kind = match (r#type, direction) {
            (ItemType::Message, direction) => {
                FactKind::Message(read_message(direction.ok_or(Code::DirectionMissing)?, fields)?)
            }
            (ItemType::ModelCall, _) => FactKind::ModelCall(read_model_use(fields)?),
            (ItemType::Event(name), _) => FactKind::Event(read_event(name, fields)?),
        };
        let id = match id {
            Some(id) => id,
            None => make_id(fields.at, &user_id, session_id.as_ref(), &channel, &kind)?,
        };
        if let (FactKind::Message(message), false) = (&mut kind, self.stores_text) {
            message.text = None;
        }
        Ok(Fact { id, user_id, session_id, at, channel, kind })
    }

    fn read_at(self, raw: Option<&RawValue>) -> Result<Instant, Code> {
        let Some(raw) = raw else { return Ok(self.arrived_at) };
        let at = read_time(raw).ok_or(Code::AtInvalid)?;
        if at < EARLIEST {
            Err(Code::AtTooEarly)
        } else if at > self.arrived_at.plus_ms(MAX_AHEAD_MS) {
            Err(Code::AtInFuture)
        } else {
            Ok(at.min(self.arrived_at))
        }
    }
}

fn read_type(raw: Option<&RawValue>) -> Result<ItemType, Code> {
    let Some(raw) = raw else { return Ok(ItemType::Message) };
    let name = fields::read_text(raw).ok_or(Code::TypeInvalid)?;
    match name.as_ref() {
        MESSAGE => Ok(ItemType::Message),
        MODEL_CALL => Ok(ItemType::ModelCall),
        _ => EventName::parse(name).map(ItemType::Event),
    }
}

fn read_id(raw: &RawValue) -> Result<FactId, Code> {
    FactId::parse(fields::read_text_or_number(raw).ok_or(Code::IdInvalid)?)
}

fn read_user_id(raw: Option<&RawValue>) -> Result<UserId, Code> {
    let raw = raw.ok_or(Code::UserIdMissing)?;
    UserId::parse(fields::read_text_or_number(raw).ok_or(Code::UserIdInvalid)?)
}

fn read_session_id(raw: &RawValue) -> Result<SessionId, Code> {
    SessionId::parse(fields::read_text_or_number(raw).ok_or(Code::SessionIdInvalid)?)
}

fn read_time(raw: &RawValue) -> Option<Instant> {
    if fields::is_number(raw) {
        return raw.get().parse().ok().map(Instant::from_ms);
    }
    DateTime::parse_from_rfc3339(&fields::read_text(raw)?).ok().map(Instant::from)
}

fn read_direction(raw: Option<&RawValue>) -> Result<Direction, Code> {
    match fields::read_text(raw.ok_or(Code::DirectionMissing)?).as_deref() {
        Some("incoming") => Ok(Direction::Incoming),
        Some("outgoing") => Ok(Direction::Outgoing),
        _ => Err(Code::DirectionInvalid),
    }
}

fn read_channel(raw: Option<&RawValue>) -> Result<Channel, Code> {
    let Some(raw) = raw else { return Ok(Channel::api()) };
    Channel::parse(&fields::read_text(raw).ok_or(Code::ChannelInvalid)?)
}

fn read_message(direction: Direction, fields: &Fields<'_>) -> Result<Message, Code> {
    let text = fields.text.map(read_message_text).transpose()?;
    let intent = fields.intent.map(read_word).transpose()?;
    let handled = fields.handled.map(read_truth).transpose()?;
    let model_use = match direction {
        Direction::Incoming => None,
        Direction::Outgoing => {
            Some(read_model_use(fields)?).filter(|model_use| *model_use != ModelUse::default())
        }
    };
    Ok(Message { direction, text, intent, handled, model_use })
}

fn read_message_text(raw: &RawValue) -> Result<String, Code> {
    // No database text may hold NUL, and nobody ever typed one.
    let text = fields::read_text(raw).ok_or(Code::TextInvalid)?.replace('\0', "");
    if text.len() > MAX_TEXT_BYTES { Err(Code::TextTooLong) } else { Ok(text) }
}

fn read_word(raw: &RawValue) -> Result<String, Code> {
    let is_word = |text: &Cow<'_, str>| text.len() <= MAX_WORD_BYTES && !text.chars().any(char::is_control);
    fields::read_text(raw).filter(is_word).map(Cow::into_owned).ok_or(Code::ValueInvalid)
}

fn read_truth(raw: &RawValue) -> Result<bool, Code> {
    fields::read_bool(raw).ok_or(Code::ValueInvalid)
}

fn read_model_use(fields: &Fields<'_>) -> Result<ModelUse, Code> {
    let count =
        |raw: Option<&RawValue>| raw.map(|raw| fields::read_count(raw).ok_or(Code::ValueInvalid)).transpose();
    Ok(ModelUse {
        model: fields.model.map(read_word).transpose()?,
        input_tokens: count(fields.input_tokens)?,
        output_tokens: count(fields.output_tokens)?,
        cost_nano_usd: fields.cost_usd.map(read_nano).transpose()?,
        latency_ms: count(fields.latency_ms)?,
        failed: fields.model_failed.map(read_truth).transpose()?.unwrap_or(false),
    })
}

fn read_nano(raw: &RawValue) -> Result<i64, Code> {
    if fields::is_number(raw) {
        parse_nano(raw.get()).ok_or(Code::ValueInvalid)
    } else {
        Err(Code::ValueInvalid)
    }
}

fn read_event(name: EventName, fields: &Fields<'_>) -> Result<Event, Code> {
    Ok(Event {
        name,
        value_nano: fields.value.map(read_nano).transpose()?,
        properties: fields.properties.map(read_properties).transpose()?,
    })
}

/// Keeps the object as it was sent, in one line: raw line breaks stand only between tokens.
fn read_properties(raw: &RawValue) -> Result<String, Code> {
    let object = raw.get();
    if !object.starts_with('{') {
        Err(Code::PropertiesInvalid)
    } else if object.len() > MAX_PROPERTIES_BYTES {
        Err(Code::PropertiesTooLarge)
    } else {
        Ok(object.replace(['\n', '\r'], " "))
    }
}

fn make_id(
    at: Option<&RawValue>,
    user: &UserId,
    session: Option<&SessionId>,
    channel: &Channel,
    kind: &FactKind,
) -> Result<FactId, Code> {
    let Some(at) = at else { return draw_id() };
    let session = session.map_or("", SessionId::as_str);
    let parts = [user.as_str(), session, channel.as_str(), at.get()];
    match kind {
        FactKind::Message(message) => {
            let direction = direction_word(message.direction);
            derive_id(&[&parts[..], &[MESSAGE, direction, message.text.as_deref().unwrap_or("")]].concat())
        }
        FactKind::Event(event) => {
            let value = event.value_nano.map(|nano| nano.to_string()).unwrap_or_default();
            let properties = event.properties.as_deref().unwrap_or("");
            derive_id(&[&parts[..], &[event.name.as_str(), &value, properties]].concat())
        }
        FactKind::ModelCall(used) => {
            let count = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
            let (input, output) = (count(used.input_tokens), count(used.output_tokens));
            let cost = used.cost_nano_usd.map(|nano| nano.to_string()).unwrap_or_default();
            let (latency, failed) = (count(used.latency_ms), used.failed.to_string());
            let model = used.model.as_deref().unwrap_or("");
            let used = [MODEL_CALL, model, &input, &output, &cost, &latency, &failed];
            derive_id(&[&parts[..], &used].concat())
        }
    }
}
