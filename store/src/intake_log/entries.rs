//! The rows of the log as they are shown.

use std::borrow::Cow;

use analytics::instant::Instant;
use serde::{Deserialize, Serialize};

/// The name under which spans are ignored that wait for the rest of their trace.
pub const WAITING_SPAN: &str = "span that waits for its trace";
/// The name under which spans are ignored that are no calls of models and name nobody.
pub const OTHER_SPAN: &str = "span that is no call";
/// The name under which texts are ignored that a widget sends by itself.
pub const OPENING: &str = "automatic opening";

/// How many requests of a bot are kept.
pub const MAX_REQUESTS: usize = 200;
/// How many rows of rejected items of a bot are kept, and as many of ignored ones.
pub const MAX_REJECTIONS: usize = 100;

/// A request that a bot's key opened, or would have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeRequest {
    /// When it arrived.
    pub at: Instant,
    /// The way in: `native`, `segment`, …
    pub door: Cow<'static, str>,
    /// The client and its version, as far as it says.
    pub client: Option<String>,
    /// Status of the answer.
    pub status: u16,
    /// Why it was refused as a whole.
    pub refusal: Option<Refusal>,
    /// Items that were stored.
    pub accepted: u64,
    /// Items that had been stored before.
    pub duplicates: u64,
    /// Items that could not be counted.
    pub rejected: u64,
    /// Items that are left out on purpose.
    pub ignored: u64,
    /// From its arrival to the answer, in milliseconds.
    pub latency_ms: u64,
    /// Requests since the one before that are not kept.
    pub left_out: u64,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The public code.
    pub code: String,
    /// The sentence beside it.
    pub detail: String,
}

/// Items that were not counted, for one reason and at about one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeRejection {
    /// When the newest of them arrived.
    pub at: Instant,
    /// The way in.
    pub door: Cow<'static, str>,
    /// The client that sent the newest.
    pub client: Option<String>,
    /// Rejected or ignored.
    pub kind: RejectionKind,
    /// The public code of a rejection, or the name of what is ignored.
    pub code: Cow<'static, str>,
    /// How many there were.
    pub items: u64,
    /// What the newest of them looked like.
    pub sample: Option<Sample>,
}

/// Why items were not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectionKind {
    /// They are not as they have to be.
    Rejected,
    /// They are no messages and no events of the bot's.
    Ignored,
}

/// What an item looked like: never the text of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The names of its fields, as far as there is room for them.
    pub fields: Vec<String>,
    /// The field that is wrong.
    pub field: Option<String>,
    /// What it held, shortened, or what kind of value that was.
    pub value: Option<String>,
}

impl RejectionKind {
    pub(crate) const ALL: [Self; 2] = [Self::Rejected, Self::Ignored];

    pub(crate) fn as_i64(self) -> i64 {
        match self {
            Self::Rejected => 0,
            Self::Ignored => 1,
        }
    }
}
