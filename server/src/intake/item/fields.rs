//! The one table of an item's fields. The item itself, its form as JSON, the names of columns, and the schema of the public
//! document follow from it. What a field becomes in a fact is in `read` and `write`.

use super::value::Value;

/// The `type` of a message.
pub const MESSAGE: &str = "message";
/// The `type` of a call of a language model that is not itself a message.
pub const MODEL_CALL: &str = "model_call";
/// Longest text of a message, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Longest properties of an event, in bytes.
pub const MAX_PROPERTIES_BYTES: usize = 8 * 1024;
/// Longest intent and longest name of a model, in bytes.
pub const MAX_WORD_BYTES: usize = 200;

/// What a field holds, with its limit: `read` checks it, the public document says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `message`, `model_call`, or the name of a custom event.
    Type,
    /// Text or a number, of which the very characters count.
    Id,
    /// A date and time with an offset from UTC, or a number since 1970.
    Time,
    /// `incoming` or `outgoing`.
    Direction,
    /// A channel's word.
    Channel,
    /// Text of at most [`MAX_TEXT_BYTES`].
    Text,
    /// Text of at most [`MAX_WORD_BYTES`] without control characters.
    Word,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Count,
    /// A number with at most 9 digits after the point.
    Amount,
    /// A JSON object of at most [`MAX_PROPERTIES_BYTES`].
    Object,
}

macro_rules! item_fields {
    ($($variant:ident $name:ident $word:literal $kind:ident $doc:literal;)*) => {
        /// A field of an item.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field {
            $(#[doc = $doc] $variant,)*
        }

        impl Field {
            /// Every field, in the order in which they are read and written.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$variant,)*];

            /// Its name in JSON and above a column.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// What it holds.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc,)* }
            }

            /// The field of a name; `None` for any other name.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        /// A message, a custom event or a call of a language model before it is read: whatever an API request, a door
        /// or an importer says of it. Nothing is checked yet. `None` is a field that is absent or `null`.
        #[derive(Clone, Debug, Default)]
        pub struct Item<'a> {
            $(#[doc = $doc] pub $name: Option<Value<'a>>,)*
        }

        impl<'a> Item<'a> {
            /// The value of a field.
            pub fn get(&self, field: Field) -> Option<&Value<'a>> {
                match field { $(Field::$variant => self.$name.as_ref(),)* }
            }

            /// Sets the value of a field, or takes it away.
            pub fn set(&mut self, field: Field, value: Option<Value<'a>>) {
                match field { $(Field::$variant => self.$name = value,)* }
            }
        }
    };
}

item_fields! {
    Type r#type "type" Type "A model call counts neither as a message nor as an event. Missing: `message`.";
    Id id "id" Id "Unique within the bot, for ever: an item with a known id is a duplicate. Missing: derived from user_id, session_id, channel, direction, at as sent, and text, so a repeat counts once; if at is missing too, a repeat counts again.";
    UserId user_id "user_id" Id "The person, as an opaque id. Required.";
    SessionId session_id "session_id" Id "One conversation of one user, if the bot knows it. Missing: pauses separate sessions.";
    At at "at" Time "The time of the item. Missing: the time of arrival.";
    Direction direction "direction" Direction "Required for messages.";
    Channel channel "channel" Channel "The medium, such as `web`. Missing: `api`.";
    Text text "text" Text "The message text. Stored only if the bot's owner switched this on.";
    Intent intent "intent" Word "What the bot understood.";
    Handled handled "handled" Flag "Whether the bot could answer.";
    Model model "model" Word "Outgoing messages and model calls: the language model's name, at most 500 names a bot.";
    InputTokens input_tokens "input_tokens" Count "Outgoing messages and model calls: tokens that the model read.";
    OutputTokens output_tokens "output_tokens" Count "Outgoing messages and model calls: tokens that the model wrote.";
    CostUsd cost_usd "cost_usd" Amount "Outgoing messages and model calls: what the model cost, in US dollars.";
    LatencyMs latency_ms "latency_ms" Count "Outgoing messages and model calls: how long the model took, in milliseconds.";
    ModelFailed model_failed "model_failed" Flag "Outgoing messages and model calls: whether the call ended in an error.";
    Value value "value" Amount "Custom events: a number to add up.";
    Properties properties "properties" Object "Custom events: kept as they are.";
}

impl<'a> Item<'a> {
    /// The fields that are there, with their values, in the order of [`Field::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value<'a>)> {
        Field::ALL.into_iter().filter_map(|field| Some((field, self.get(field)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_word_and_set_alone() {
        for field in Field::ALL {
            assert_eq!(Field::from_word(field.word()), Some(field));
            let mut item = Item::default();
            item.set(field, Some(1.into()));
            assert_eq!(item.iter().map(|(found, _)| found).collect::<Vec<_>>(), [field]);
        }
        assert_eq!(Field::from_word("userId"), None);
    }
}
