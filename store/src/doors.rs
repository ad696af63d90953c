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

    /// The door in a column that is null where every door is meant.
    pub(crate) fn read(row: &Row, column: usize) -> Result<Option<Self>, StoreError> {
        let corrupt = StoreError::Corrupt { table: "write_keys", column: "door" };
        let word = row.optional_text(column)?;
        word.map(|word| Self::from_word(&word).ok_or(corrupt)).transpose()
    }
}
