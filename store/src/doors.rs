//! The names of the doors of the intake: a write key can be limited to one, and the Intake log goes by them.

use crate::StoreError;
use crate::engine::Row;

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Our own API.
    Native,
    /// Segment's and RudderStack's clients.
    Segment,
    /// PostHog's clients.
    Posthog,
    /// OpenTelemetry's exporters.
    Otlp,
    /// Dashbot's clients.
    Dashbot,
    /// Rasa's event brokers.
    Rasa,
    /// Chatwoot's webhooks.
    Chatwoot,
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 7] =
        [Self::Native, Self::Segment, Self::Posthog, Self::Otlp, Self::Dashbot, Self::Rasa, Self::Chatwoot];

    /// Its word in the database, in the Intake log and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Segment => "segment",
            Self::Posthog => "posthog",
            Self::Otlp => "otlp",
            Self::Dashbot => "dashbot",
            Self::Rasa => "rasa",
            Self::Chatwoot => "chatwoot",
        }
    }

    /// The name that people know it by.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Native => "Parlance API",
            Self::Segment => "Segment, RudderStack",
            Self::Posthog => "PostHog",
            Self::Otlp => "OpenTelemetry",
            Self::Dashbot => "Dashbot",
            Self::Rasa => "Rasa",
            Self::Chatwoot => "Chatwoot",
        }
    }

    /// The door of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|door| door.word() == word)
    }
}

/// What a write key is limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyLimit {
    /// It opens one door.
    Door(Door),
    /// It opens the door of OpenTelemetry, and of the traces only the calls of models count: nobody talks in them. For
    /// programs whose traces do not say so themselves.
    ModelCalls,
}

impl KeyLimit {
    /// Every limit.
    pub const ALL: [Self; 8] = [
        Self::Door(Door::Native),
        Self::Door(Door::Segment),
        Self::Door(Door::Posthog),
        Self::Door(Door::Otlp),
        Self::ModelCalls,
        Self::Door(Door::Dashbot),
        Self::Door(Door::Rasa),
        Self::Door(Door::Chatwoot),
    ];

    /// Its word in the database and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Door(door) => door.word(),
            Self::ModelCalls => "model_calls",
        }
    }

    /// The name that people know it by.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Door(door) => door.title(),
            Self::ModelCalls => "OpenTelemetry, calls of models only",
        }
    }

    /// The limit of a word; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|limit| limit.word() == word)
    }

    /// Whether a key with this limit opens a door.
    pub fn opens(self, door: Door) -> bool {
        match self {
            Self::Door(only) => only == door,
            Self::ModelCalls => door == Door::Otlp,
        }
    }

    /// The limit in a column that is null where there is none.
    pub(crate) fn read(row: &Row, column: &'static str) -> Result<Option<Self>, StoreError> {
        let word = row.optional_text(column)?;
        word.map(|word| Self::from_word(&word).ok_or_else(|| row.corrupt(column))).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_door_is_a_limit_and_every_limit_has_a_word_of_its_own() {
        for door in Door::ALL {
            assert_eq!(KeyLimit::from_word(door.word()), Some(KeyLimit::Door(door)));
            assert_eq!(KeyLimit::ModelCalls.opens(door), door == Door::Otlp);
        }
        for limit in KeyLimit::ALL {
            assert_eq!(KeyLimit::from_word(limit.word()), Some(limit));
        }
    }
}
