//! What came for a bot lately, and what became of it.

use serde::{Deserialize, Serialize};

/// Which requests are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeFilter {
    /// Only those of which something was not counted.
    pub with_problems: bool,
    /// Only those through one door.
    pub door: Option<String>,
    /// Every one that is kept, not only the newest.
    pub every: bool,
}

/// A bot's latest requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeView {
    /// The bot's name.
    pub name: String,
    /// The zone in which times are told.
    pub time_zone: String,
    /// What is looked at.
    pub filter: IntakeFilter,
    /// Whether nothing ever came.
    pub is_empty: bool,
    /// Doors that were used: word and name.
    pub doors: Vec<(String, String)>,
    /// Requests, newest first.
    pub requests: Vec<RequestRow>,
    /// How many more of them are kept.
    pub older: u64,
    /// Why requests and items were not counted, the latest first.
    pub problems: Vec<ProblemRow>,
    /// What is left out on purpose, the latest first.
    pub ignored: Vec<IgnoredRow>,
}

/// A request, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// When it arrived.
    pub at: String,
    /// The door's name.
    pub door: String,
    /// The client.
    pub client: String,
    /// Status of the answer.
    pub status: u16,
    /// The code under which it was refused.
    pub refusal: Option<String>,
    /// Accepted, duplicates, rejected and ignored items.
    pub counts: [String; 4],
    /// How long it took.
    pub latency: String,
    /// How many more there were that are not kept.
    pub left_out: Option<String>,
}

/// Requests or items that were not counted for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemRow {
    /// The public code.
    pub code: String,
    /// How many, of what: "12 items".
    pub count: String,
    /// Where from and when last.
    pub last: String,
    /// What is wrong and what to do.
    pub detail: String,
    /// The names of a sample's fields.
    pub fields: String,
    /// What is wrong with the sample: a field and what it held.
    pub wrong: Option<(String, String)>,
}

/// What is left out, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoredRow {
    /// As the client calls it.
    pub name: String,
    /// How many.
    pub count: String,
    /// Where from and when last.
    pub last: String,
    /// What was looked for, where that is not plain; else empty.
    pub hint: String,
}
