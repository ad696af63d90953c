//! One event of Rasa's. It comes in two shapes: flat, `{"event": "user", "sender_id": …}`, and from Mantle on with the
//! payload nested under its name, `{"conversation_id": …, "user": {…}}`.

use std::borrow::Cow;

use analytics::fact::Direction;
use analytics::written_time::Moment;

use crate::intake::doors::moment::{at_or_as_sent, read_moment};
use crate::intake::doors::sent::Sent;
use crate::intake::item::derive_id::derive_id;
use crate::intake::item::direction_word;
use crate::intake::item::{Item, Value};

/// What stands around Mantle's payload.
const ENVELOPE: [&str; 8] = [
    "conversation_id",
    "deployment_environment",
    "event_id",
    "metadata",
    "sequence",
    "session_id",
    "timestamp",
    "user_id",
];
/// How the text of a reminder begins, where older versions say nothing else of it.
const EXTERNAL_TEXT: &str = "EXTERNAL: ";
/// The intent of what the language model did not understand.
const NLU_FALLBACK: &str = "nlu_fallback";

/// An event as it was sent.
#[derive(Debug)]
pub struct Event<'a> {
    /// `user`, `bot`, `action`, …
    pub kind: Cow<'a, str>,
    /// Whose conversation it is of.
    pub sender: Option<Cow<'a, str>>,
    envelope: Sent<'a>,
    payload: Option<Sent<'a>>,
}

impl<'a> Event<'a> {
    /// Reads an event. Rasa's tables keep the sender beside it, in a column. `None` when it is no event of Rasa's.
    pub fn parse(json: &'a [u8], sender: Option<&'a str>) -> Option<Self> {
        let envelope = Sent::parse(json)?;
        let (kind, payload) = match envelope.text("event") {
            Some(kind) => (kind, None),
            None => find_payload(&envelope)?,
        };
        let in_event = ["sender_id", "user_id", "conversation_id"].iter().find_map(|name| envelope.id(name));
        let sender = in_event.or(sender.map(Cow::Borrowed));
        Some(Self { kind, sender, envelope, payload })
    }

    /// The direction of what was said; `None` for what no person and no bot said.
    pub fn direction(&self) -> Option<Direction> {
        match &*self.kind {
            "user" if !self.is_external() => Some(Direction::Incoming),
            // Whoever answers, a bot or a person who took over.
            "bot" | "agent" => Some(Direction::Outgoing),
            _ => None,
        }
    }

    /// Whether a reminder or a program caused this "user" event: nobody said anything.
    pub fn is_external(&self) -> bool {
        let metadata = |sent: &Sent<'a>| sent.object("metadata")?.flag("is_external");
        let flag = self.payload.as_ref().and_then(metadata).or_else(|| metadata(&self.envelope));
        flag.unwrap_or_else(|| {
            self.payload().text("text").is_some_and(|text| text.starts_with(EXTERNAL_TEXT))
        })
    }

    /// The name of an action.
    pub fn action(&self) -> Option<Cow<'a, str>> {
        self.payload().text("name")
    }

    /// Where a user's message came from. A bot's says nothing of it.
    pub fn channel(&self) -> Option<Cow<'a, str>> {
        self.payload().text("input_channel")
    }

    /// The message that the event is. It borrows nothing: a history keeps it until it knows what became of it.
    pub fn draft(&self, direction: Direction) -> Item<'static> {
        let intent = self.payload().object("parse_data").and_then(|parsed| parsed.object("intent"));
        let intent = intent.and_then(|intent| intent.text("name")).map(Cow::into_owned);
        Item {
            id: self.id(direction).map(Value::from),
            user_id: self.sender.as_deref().map(|sender| sender.to_owned().into()),
            session_id: self.session_id(),
            at: at_or_as_sent(self.moment(), self.envelope.find("timestamp")),
            direction: Some(direction.into()),
            channel: self.channel().map(|channel| channel.into_owned().into()),
            text: self.payload().text("text").map(|text| text.into_owned().into()),
            handled: self.handled(intent.as_deref()).map(Value::from),
            intent: intent.map(Value::from),
            ..Item::default()
        }
    }

    /// `handled` is hecho's, who looks at what the assistant did.
    fn handled(&self, intent: Option<&str>) -> Option<bool> {
        self.payload().flag("handled").or((intent == Some(NLU_FALLBACK)).then_some(false))
    }

    /// Mantle's alone ends; a sender stays the same for ever.
    fn session_id(&self) -> Option<Value<'static>> {
        self.payload.as_ref()?;
        self.envelope.id("session_id").map(|session| session.into_owned().into())
    }

    /// The same from a live broker, a broker's table or file, and the tracker store. A user's text is no part of it
    /// where there is another choice: hecho changes it.
    fn id(&self, direction: Direction) -> Option<String> {
        let sender = self.sender.as_deref()?;
        let direction_word = direction_word(direction);
        let own = self.envelope.id("event_id").filter(|_| self.payload.is_some());
        let message_id = || self.payload().id("message_id").filter(|_| direction == Direction::Incoming);
        let id = match own.or_else(message_id) {
            Some(id) => derive_id(&["rasa", sender, direction_word, &id]),
            None => {
                let at = self.moment()?.as_us().to_string();
                let text = self.payload().text("text").unwrap_or_default();
                derive_id(&["rasa", sender, direction_word, &at, &text])
            }
        };
        id.ok().map(|id| id.as_str().to_owned())
    }

    fn moment(&self) -> Option<Moment> {
        read_moment(self.envelope.find("timestamp")?)
    }

    fn payload(&self) -> &Sent<'a> {
        self.payload.as_ref().unwrap_or(&self.envelope)
    }
}

/// What counts comes first: whoever adds to the envelope hides no message.
fn find_payload<'a>(envelope: &Sent<'a>) -> Option<(Cow<'a, str>, Option<Sent<'a>>)> {
    envelope.find("conversation_id")?;
    let others = envelope.names().filter(|name| !ENVELOPE.contains(name));
    let name = ["user", "bot"].into_iter().chain(others).find(|name| envelope.object(name).is_some())?;
    Some((Cow::Owned(name.to_owned()), envelope.object(name)))
}
