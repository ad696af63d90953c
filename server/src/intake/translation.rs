//! What the parts of a request or of a file come to. Every way in adds its items here, and each is read at once.

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::fact::{Direction, Fact};
use store::aliases::Alias;
use store::intake_log::OPENING;
use store::openings::Openings;

use super::alias::read_alias;
use super::item::{Field, Item, ItemReader, Rejection, Strictness, Value, direction_word};
use super::log::seen::Seen;
use super::same_ids::SameIds;

/// What was read so far.
#[derive(Debug)]
pub struct Translation {
    /// The client and its version, as far as it says: `analytics-node 3.1.0`.
    pub client: Option<String>,
    /// The parts, each with the index of the event or the number of the row that it came from. One event may be several
    /// items.
    pub parts: Vec<(usize, Part)>,
    /// Other ids of users, as far as the client names them.
    pub aliases: Vec<Alias>,
    /// Samples of what was rejected.
    pub seen: Seen,
    reader: ItemReader,
    same_ids: SameIds,
    openings: Openings,
    missing_time: MissingTime,
}

/// What becomes of an item that does not say when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingTime {
    /// It happened when it arrived: what is sent live is of now.
    Now,
    /// It is rejected: nobody wants a year of history on the day of its import.
    Refuse,
}

/// What one event or row comes to.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly every part is a fact")]
pub enum Part {
    /// An item that was read.
    Fact(Fact),
    /// Nothing that counts, by the name that the Intake log shows.
    Ignored(Cow<'static, str>),
    /// An item that cannot be read.
    Rejected(Rejection),
}

const AT_MISSING: Part = Part::Rejected(Rejection::of_field(RejectionCode::AtMissing, Field::At));

fn says_when(json: &[u8]) -> bool {
    Item::parse(json).is_some_and(|item| item.at.is_some())
}

impl Translation {
    /// Nothing yet.
    pub fn new(reader: ItemReader) -> Self {
        Self::with_missing_time(reader, MissingTime::Now)
    }

    /// Nothing yet, of something that may not have happened when it arrives.
    pub fn with_missing_time(reader: ItemReader, missing_time: MissingTime) -> Self {
        Self {
            client: None,
            parts: Vec::new(),
            aliases: Vec::new(),
            seen: Seen::default(),
            reader,
            same_ids: SameIds::default(),
            openings: Openings::default(),
            missing_time,
        }
    }

    /// The same for a bot whose widget sends these texts by itself.
    pub fn with_openings(self, openings: Openings) -> Self {
        Self { openings, ..self }
    }

    /// When what is read arrived.
    pub fn arrived_at(&self) -> analytics::instant::Instant {
        self.reader.arrived_at
    }

    /// Adds an item under the id that its client has given it. What says something else under the id of another item of the
    /// request has an id of its own.
    pub fn push_apart(&mut self, index: usize, item: Item<'_>) {
        let id = self.same_ids.tell_apart(&item).map(Value::from);
        self.push(index, &Item { id: id.or_else(|| item.id.clone()), ..item });
    }

    /// Notes that an id is another one of a user.
    pub fn name_alias(&mut self, id: &str, user: &str) {
        self.aliases.extend(read_alias(id, user));
    }

    /// Adds an item of another product's, without those of its optional fields that cannot be read.
    pub fn push(&mut self, index: usize, item: &Item<'_>) {
        if self.is_opening(item) {
            return self.ignore(index, OPENING);
        }
        self.add(index, item, Strictness::LeaveOut);
    }

    /// Whether a widget sent it by itself. Where nobody stores text, clients may leave it out: the intent is the same word
    /// as the command.
    fn is_opening(&self, item: &Item<'_>) -> bool {
        let direction = item.direction.as_ref().and_then(Value::as_text);
        if direction.as_deref() != Some(direction_word(Direction::Incoming)) {
            return false;
        }
        match (&item.text, item.intent.as_ref().and_then(Value::as_text)) {
            (Some(text), _) => text.as_text().is_some_and(|text| self.openings.contain(&text)),
            (None, Some(intent)) => self.openings.contain(&format!("/{intent}")),
            (None, None) => false,
        }
    }

    /// Adds an item.
    pub fn add(&mut self, index: usize, item: &Item<'_>, strictness: Strictness) {
        let part = match self.reader.read(item, strictness) {
            Ok(_) if self.missing_time == MissingTime::Refuse && item.at.is_none() => AT_MISSING,
            Ok(fact) => Part::Fact(fact),
            Err(rejection) => {
                self.seen.note_item(rejection, item);
                Part::Rejected(rejection)
            }
        };
        self.parts.push((index, part));
    }

    /// Adds an item of our own form, in JSON.
    pub fn add_json(&mut self, index: usize, json: &[u8]) {
        let part = match self.reader.read_json(json) {
            Ok(_) if self.missing_time == MissingTime::Refuse && !says_when(json) => AT_MISSING,
            Ok(fact) => Part::Fact(fact),
            Err(rejection) => {
                self.seen.note_json(rejection, json);
                Part::Rejected(rejection)
            }
        };
        self.parts.push((index, part));
    }

    /// Adds something that is left out on purpose.
    pub fn ignore(&mut self, index: usize, name: impl Into<Cow<'static, str>>) {
        self.parts.push((index, Part::Ignored(name.into())));
    }

    /// Adds something that is no item.
    pub fn reject(&mut self, index: usize, code: RejectionCode) {
        self.parts.push((index, Part::Rejected(Rejection::of_item(code))));
    }
}
