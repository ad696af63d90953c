//! Every way in, and what those for other products share. A door translates a request into items and words the answer;
//! the road between is the same for all.

mod answer_json;
pub mod bot_framework;
pub mod chatwoot;
pub mod client_clock;
pub mod client_settings;
pub mod dashbot;
#[cfg(test)]
mod fuzz;
pub mod items;
pub mod json_body;
pub mod langfuse_api;
pub mod moment;
pub mod native;
pub mod otlp;
pub mod posthog;
pub mod rasa;
pub mod segment;
pub mod sent;
pub mod vocabulary;

use super::door::Door;

/// Every door. Routes, the public document and tests follow from this list.
pub static DOORS: [&Door; 12] = [
    &native::EVENTS,
    &segment::BATCH,
    &segment::CALL,
    &posthog::EVENTS,
    &otlp::TRACES,
    &otlp::LANGFUSE,
    &langfuse_api::SCORES,
    &otlp::OTHER_SIGNALS,
    &dashbot::TRACK,
    &rasa::EVENTS,
    &rasa::BROKER,
    &chatwoot::WEBHOOK,
];
