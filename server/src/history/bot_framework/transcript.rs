//! One transcript: what its messages do not say themselves, the others around them do.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use serde_json::value::RawValue;

use super::evidence::Sides;
use crate::history::options::Options;
use crate::history::sink::{Rejection, Sink};
use crate::intake::doors::bot_framework::{Told, add_message};
use crate::intake::doors::sent::{Sent, ignored_name};

/// Who wrote a transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::history) enum Writer {
    BotFramework,
    CopilotStudio,
}

/// The activities of one file or record.
pub(in crate::history) struct Transcript {
    activities: Vec<Box<RawValue>>,
    writer: Writer,
}

/// Activities that stand in an array, each as an object; what is none is empty.
struct Read<'a> {
    activities: Vec<Sent<'a>>,
    sides: Sides,
    /// The person, if only one is there.
    person: Option<String>,
}

/// What is remembered while the messages are written in their order.
#[derive(Default)]
struct State {
    /// Who wrote last, by conversation.
    last: HashMap<String, String>,
    /// Who wrote the activities with these ids.
    authors: HashMap<String, String>,
    /// Who said what in the first activity with an id, by conversation and id.
    seen: HashMap<[String; 2], (Direction, String)>,
}

impl Transcript {
    pub(in crate::history) fn new(activities: Vec<Box<RawValue>>, writer: Writer) -> Self {
        Self { activities, writer }
    }

    /// Gives all activities to the sink; they count from 1.
    ///
    /// # Errors
    /// When nobody takes them any more.
    pub(in crate::history) fn write(&self, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
        let activities: Vec<_> =
            self.activities.iter().map(|activity| parse(activity).unwrap_or_default()).collect();
        let sides = Sides::learn(&activities, &options.bot_names);
        let mut read = Read { activities, sides, person: None };
        read.person = read.find_person(self.writer);
        let left_out = self.why_left_out(&read);
        let mut state = State::default();
        for (index, activity) in self.activities.iter().enumerate() {
            let number = index as u64 + 1;
            if parse(activity).is_none() {
                sink.reject(number, Rejection::new(RejectionCode::NotAnObject))?;
            } else if let Some(reason) = left_out {
                sink.skip(number, reason)?;
            } else {
                self.add(index, &read, &mut state, sink)?;
            }
        }
        Ok(())
    }

    fn add(
        &self,
        index: usize,
        read: &Read<'_>,
        state: &mut State,
        sink: &mut Sink<'_>,
    ) -> anyhow::Result<()> {
        let (number, activity) = (index as u64 + 1, &read.activities[index]);
        let kind = activity.text("type").unwrap_or_default();
        if kind != "message" {
            return Ok(sink.skip(number, ignored_name(&kind))?);
        }
        if let Some(reason) = is_automatic(activity).filter(|_| self.writer == Writer::CopilotStudio) {
            return Ok(sink.skip(number, reason)?);
        }
        let Some(direction) = read.sides.direction(activity) else {
            let detail = "it is not clear which side is the bot: give --bot-name, with its id or its name";
            return Ok(
                sink.reject(number, Rejection::of_field(RejectionCode::DirectionMissing, "from", detail))?
            );
        };
        let user = state.find_user(activity, direction, read, self.writer);
        let told = Told {
            direction: Some(direction),
            conversation: read.person.clone().filter(|_| activity.find("conversation").is_none()),
            repeats_id: state.repeats_id(activity, direction),
            handled: read.handled(index, direction, self.writer),
            intent: read.intent(index, direction, self.writer),
            user,
        };
        let mut translation = sink.start();
        add_message(index, activity, told, &mut translation);
        Ok(sink.take(number, translation)?)
    }

    /// Copilot Studio keeps what its authors try out; it is not what people said.
    fn why_left_out(&self, read: &Read<'_>) -> Option<&'static str> {
        let is_test = |activity: &Sent<'_>| {
            activity.text("valueType").as_deref() == Some("ConversationInfo")
                && activity.object("value").and_then(|value| value.flag("isDesignMode")) == Some(true)
        };
        let is_test = self.writer == Writer::CopilotStudio && read.activities.iter().any(is_test);
        is_test.then_some("test")
    }
}

fn parse(activity: &RawValue) -> Option<Sent<'_>> {
    Sent::parse(activity.get().as_bytes())
}

/// A message in a person's name that no person wrote.
fn is_automatic(activity: &Sent<'_>) -> Option<&'static str> {
    let data = activity.object("channelData");
    let flag = |name: &str| data.as_ref().and_then(|data| data.flag(name)) == Some(true);
    let has_text = activity.text("text").is_some_and(|text| !text.is_empty());
    if activity.text("channelId").as_deref() == Some("pva-autonomous") || flag("triggerTest") {
        Some("autonomous")
    } else if flag("postBack") && !has_text {
        Some("post_back")
    } else {
        None
    }
}

impl Read<'_> {
    fn find_person(&self, writer: Writer) -> Option<String> {
        let mut people = HashSet::new();
        for activity in &self.activities {
            let kind = activity.text("type").unwrap_or_default();
            let incoming = kind == "message" && self.sides.direction(activity) == Some(Direction::Incoming);
            let Some(from) = activity.object("from").filter(|_| incoming) else { continue };
            people.extend(from.id("id").map(Cow::into_owned));
        }
        if people.is_empty() && writer == Writer::CopilotStudio {
            people.extend(self.find_silent_person());
        }
        let only = people.iter().next().filter(|_| people.len() == 1)?;
        let account = self.find_account(only).filter(|_| writer == Writer::CopilotStudio);
        Some(account.unwrap_or_else(|| only.clone()))
    }

    /// Somebody who opened a conversation and never wrote.
    fn find_silent_person(&self) -> Option<String> {
        let events = self
            .activities
            .iter()
            .filter(|activity| activity.text("name").as_deref() == Some("startConversation"));
        let mut ids = events.filter_map(|event| event.object("from")?.id("id").map(Cow::into_owned));
        ids.find(|id| !self.sides.is_bot(id))
    }

    /// The Entra id of a person who is signed in: the same on every channel.
    fn find_account(&self, id: &str) -> Option<String> {
        let mut senders = self.activities.iter().filter_map(|activity| activity.object("from"));
        senders.find_map(|from| {
            from.id("aadObjectId").filter(|_| from.id("id").as_deref() == Some(id)).map(Cow::into_owned)
        })
    }

    /// False if the bot says, before it answers, that it did not understand.
    fn handled(&self, index: usize, direction: Direction, writer: Writer) -> Option<bool> {
        let is_unknown = |activity: &Sent<'_>| activity.text("valueType").as_deref() == Some("UnknownIntent");
        self.traces_after(index, direction, writer).any(is_unknown).then_some(false)
    }

    fn intent(&self, index: usize, direction: Direction, writer: Writer) -> Option<String> {
        let recognised = |activity: &Sent<'_>| {
            let value = activity
                .object("value")
                .filter(|_| activity.text("valueType").as_deref() == Some("IntentRecognition"))?;
            value.text("intentName").map(Cow::into_owned).filter(|name| !name.is_empty())
        };
        self.traces_after(index, direction, writer).find_map(recognised)
    }

    /// What Copilot Studio notes between a person's message and the next one.
    fn traces_after(
        &self,
        index: usize,
        direction: Direction,
        writer: Writer,
    ) -> impl Iterator<Item = &Sent<'_>> {
        let has_traces = direction == Direction::Incoming && writer == Writer::CopilotStudio;
        let after = self.activities.iter().skip(if has_traces { index + 1 } else { usize::MAX });
        after.take_while(|activity| activity.text("type").as_deref() != Some("message"))
    }
}

impl State {
    /// Whom a message is of: the side that is not the bot. Where it names none, the only person of the transcript, or who
    /// wrote what it replies to, or who wrote last.
    fn find_user(
        &mut self,
        activity: &Sent<'_>,
        direction: Direction,
        read: &Read<'_>,
        writer: Writer,
    ) -> Option<String> {
        let id = |side: &str| activity.object(side).and_then(|side| side.id("id")).map(Cow::into_owned);
        let conversation = find_conversation(activity);
        if direction == Direction::Incoming {
            let user = id("from")
                .filter(|_| writer == Writer::BotFramework)
                .or_else(|| read.person.clone())
                .or_else(|| id("from"));
            if let Some(user) = &user {
                self.last.insert(conversation, user.clone());
                self.authors.extend(activity.id("id").map(|id| (id.into_owned(), user.clone())));
            }
            return user;
        }
        let replied_to = || self.authors.get(&*activity.id("replyToId")?).cloned();
        let recipient = id("recipient").filter(|id| !read.sides.is_bot(id));
        let recipient = recipient.filter(|_| writer == Writer::BotFramework);
        recipient
            .or_else(|| read.person.clone())
            .or_else(replied_to)
            .or_else(|| self.last.get(&conversation).cloned())
    }

    /// Whether another message of this conversation had the same id: some clients make ids of milliseconds.
    fn repeats_id(&mut self, activity: &Sent<'_>, direction: Direction) -> bool {
        let Some(id) = activity.id("id") else { return false };
        let said = (direction, activity.text("text").unwrap_or_default().into_owned());
        let first =
            self.seen.entry([find_conversation(activity), id.into_owned()]).or_insert_with(|| said.clone());
        *first != said
    }
}

fn find_conversation(activity: &Sent<'_>) -> String {
    let conversation = activity.object("conversation").and_then(|conversation| conversation.id("id"));
    conversation.map(Cow::into_owned).unwrap_or_default()
}
