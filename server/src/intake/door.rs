//! A way in: where it is, where its key stands, how a request is translated, and how it is answered.

use axum::response::Response;
use store::doors::Door as DoorName;

use super::key::KeyPlaces;
use super::reply::Reply;
use super::request::Asked;
use super::translation::Translation;
pub use super::visitor::Senders;
use crate::problem::Problem;

/// A way in. Several may have one name, if one product has several forms.
pub struct Door {
    /// Its name in the Intake log, among the measures, and for keys that are limited to it.
    pub name: DoorName,
    /// Its paths. Each takes a slash at its end too.
    pub paths: &'static [&'static str],
    /// Where a key is looked for.
    pub keys: KeyPlaces,
    /// What a request has to have besides.
    pub guard: Guard,
    /// Whether pages of other sites send here.
    pub senders: Senders,
    /// What a request holds.
    pub takes: Takes,
    /// The answer once everything valid of it is stored.
    pub answer: fn(&Asked, &Reply) -> Response,
}

/// What a request has to have besides a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Open,
    /// A parameter of the query with this value; without it the path takes no POST.
    Parameter(&'static str, &'static str),
    /// The signature of Chatwoot, where the bot has a secret for it.
    ChatwootSignature,
}

/// What a request holds.
#[derive(Clone, Copy)]
pub enum Takes {
    /// Events, each of which counts by itself.
    Events(fn(&Asked, &mut Translation) -> Result<(), Problem>),
    /// Spans, which count when their trace is complete.
    Traces,
    /// Events of Langfuse that create and update spans, which count likewise.
    LangfuseBatch,
    /// Signals of OpenTelemetry that say nothing of conversations. They are dropped.
    OtherSignals,
}
