//! What is remembered of the items of one request that were not counted.

use analytics::error::RejectionCode;
use analytics::fact::{Fact, FactKind};
use store::intake_log::Sample;

use super::sample::{describe_item, describe_json, name_of, quote};
use crate::intake::item::{Item, Rejection};

/// Most names of what is ignored in one request; the rest count together.
const MAX_NAMES: usize = 20;
/// Most facts whose particulars are kept until the store has said whether it takes them.
const MAX_FACTS: usize = 64;

/// Samples of rejected items, and what was ignored how often.
#[derive(Debug, Default)]
pub struct Seen {
    samples: Vec<(RejectionCode, Sample)>,
    ignored: Vec<(String, u64)>,
}

impl Seen {
    /// Looks at a rejected item, if none was rejected for the same reason.
    pub fn note_item(&mut self, rejection: Rejection, item: &Item<'_>) {
        if self.find_sample(rejection.code).is_none() {
            self.samples.push((rejection.code, describe_item(rejection, item)));
        }
    }

    /// Looks at a rejected item in JSON, if none was rejected for the same reason.
    pub fn note_json(&mut self, rejection: Rejection, json: &[u8]) {
        if self.find_sample(rejection.code).is_none() {
            self.samples.push((rejection.code, describe_json(rejection, json)));
        }
    }

    /// Counts something that is ignored.
    pub fn note_ignored(&mut self, name: &str) {
        let is_full = self.ignored.len() >= MAX_NAMES;
        let known = self.ignored.iter_mut().find(|(known, _)| known == name);
        match known {
            Some((_, items)) => *items += 1,
            None if is_full => {
                if let Some((_, items)) = self.ignored.last_mut() {
                    *items += 1;
                }
            }
            None => self.ignored.push((name.to_owned(), 1)),
        }
    }

    /// Looks at a fact that the store did not take.
    pub fn note_refused(&mut self, rejection: Rejection, fact: Option<&Particulars>) {
        if let (None, Some(fact)) = (self.find_sample(rejection.code), fact) {
            self.samples.push((rejection.code, fact.describe(rejection)));
        }
    }

    /// The sample of a reason.
    pub fn find_sample(&self, code: RejectionCode) -> Option<&Sample> {
        self.samples.iter().find(|(known, _)| *known == code).map(|(_, sample)| sample)
    }

    /// What was ignored, and how often.
    pub fn ignored(&self) -> &[(String, u64)] {
        &self.ignored
    }
}

/// What the store may find wrong with a fact.
#[derive(Debug)]
pub struct Particulars {
    at: String,
    channel: String,
    event: Option<String>,
}

impl Particulars {
    /// Those of the first facts of a batch.
    pub fn of_first(facts: &[Fact]) -> Vec<Self> {
        facts.iter().take(MAX_FACTS).map(Self::of).collect()
    }

    fn of(fact: &Fact) -> Self {
        let event = match &fact.kind {
            FactKind::Event(event) => Some(event.name.to_string()),
            FactKind::Message(_) | FactKind::ModelCall(_) => None,
        };
        Self { at: fact.at.as_ms().to_string(), channel: fact.channel.to_string(), event }
    }

    fn describe(&self, rejection: Rejection) -> Sample {
        let value = match rejection.code {
            RejectionCode::BeforeRetention => Some(self.at.clone()),
            RejectionCode::TooManyChannels => Some(quote(&self.channel)),
            RejectionCode::TooManyEvents => self.event.as_deref().map(quote),
            _ => None,
        };
        Sample { fields: Vec::new(), field: name_of(rejection), value }
    }
}
