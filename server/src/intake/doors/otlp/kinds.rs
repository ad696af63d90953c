//! What a span is, by what it says of itself.

use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::{Event, SpanKind};

use super::attributes::{Attributes, read_name};
use super::names::{
    CALL_EVENTS, CALLS, HELPER_FILLERS, HELPER_WORDS, HELPERS, KIND, NO_CALLS, PURPOSE, SILENT, TURN_CALLS,
    TURN_NUMBERS, TURN_ROOTS, TURNS, VENDOR,
};

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A call of a language model, whatever else it tells.
    Call,
    /// A call of a model that makes vectors of texts: nobody said anything, nothing was answered.
    Embedding,
    /// A check or a choice, by a model if it counts tokens. It is no part of what is said.
    Silent,
    /// Something around calls, which repeats their sums: an agent, a chain, a step. Only if it counts tokens, and no call
    /// lies below, is it one.
    Around,
    /// No call of a language model: a tool, a search, speech.
    NoCall,
    /// It says nothing of that.
    Unknown,
}

impl Kind {
    /// Reads the kind of a span. Where its attributes disagree, the more certain word counts.
    pub(super) fn of(attributes: &Attributes<'_>) -> Self {
        if attributes.find_text(&["logfire.span_type"]).is_some_and(|kind| kind != "span") {
            return Self::NoCall;
        }
        let words = KIND.iter().filter_map(|key| read_name(attributes.find(key)?));
        let kinds: Vec<Self> = words.map(|word| Self::of_word(&word.to_lowercase())).collect();
        let order = [Self::Embedding, Self::Call, Self::NoCall, Self::Silent, Self::Around];
        let is_tool = attributes.has_any(&["gen_ai.tool.name", "gen_ai.tool.call.id"]);
        let otherwise = if is_tool { Self::NoCall } else { Self::Unknown };
        order.into_iter().find(|kind| kinds.contains(kind)).unwrap_or(otherwise)
    }

    fn of_word(word: &str) -> Self {
        if word.contains("embed") {
            Self::Embedding
        } else if CALLS.contains(&word) || word.ends_with(".dogenerate") || word.ends_with(".dostream") {
            Self::Call
        } else if SILENT.contains(&word) {
            Self::Silent
        } else if NO_CALLS.contains(&word) {
            Self::NoCall
        } else {
            Self::Around
        }
    }
}

/// Whether a client calls a model here, by the kind of the span and the vendor's name.
pub(super) fn is_client_of_vendor(span: &Span, attributes: &Attributes<'_>) -> bool {
    span.kind == SpanKind::Client as i32 && attributes.has_any(&VENDOR)
}

/// Whether a span is one turn of a trace that holds several. The root of a trace is all of it.
pub(super) fn is_turn(span: &Span, attributes: &Attributes<'_>) -> bool {
    has_parent(span) && (TURNS.contains(&span.name.as_str()) || attributes.has_any(&TURN_NUMBERS))
}

/// Whether a call is a turn by itself, in a trace that holds all of a chat.
pub(super) fn is_turn_call(span: &Span) -> bool {
    let name = span.name.split_once(':').map_or(span.name.as_str(), |(name, _)| name);
    TURN_CALLS.contains(&name) || (!has_parent(span) && TURN_ROOTS.contains(&name))
}

fn has_parent(span: &Span) -> bool {
    span.parent_span_id.iter().any(|byte| *byte != 0)
}

/// The event that says what a call was, where its span does not.
pub(super) fn find_call_event(span: &Span) -> Option<&Event> {
    span.events.iter().rev().find(|event| CALL_EVENTS.contains(&event.name.as_str()))
}

/// Whether a span makes a title, a suggestion or the like, which no person has asked for.
pub(super) fn is_helper(span: &Span, attributes: &Attributes<'_>) -> bool {
    let purposes = PURPOSE.iter().filter_map(|key| read_name(attributes.find(key)?));
    purposes.chain([span.name.clone()]).any(|purpose| is_helper_name(&purpose))
}

fn is_helper_name(name: &str) -> bool {
    // Nothing longer is in the list, however it is written.
    if name.len() > 80 {
        return false;
    }
    let words = split_words(name);
    HELPERS.contains(&words.concat().as_str()) || is_helper_by_words(&words)
}

fn is_helper_by_words(words: &[String]) -> bool {
    let (mut is_helper, mut rest) = (false, words);
    while let [first, behind @ ..] = rest {
        let pair = behind.first().map(|second| format!("{first}{second}"));
        rest = if pair.is_some_and(|pair| HELPER_WORDS.contains(&pair.as_str())) {
            is_helper = true;
            behind.get(1..).unwrap_or_default()
        } else if HELPER_WORDS.contains(&first.as_str()) {
            is_helper = true;
            behind
        } else if HELPER_FILLERS.contains(&first.as_str()) {
            behind
        } else {
            return false;
        };
    }
    is_helper
}

/// The words of a name in lower case, however it joins them: `generateChatTitle`, `generate-chat title`.
fn split_words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        let begins = !letter.is_alphanumeric() || (letter.is_uppercase() && was_lower);
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (letter.is_alphanumeric(), words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
        was_lower = letter.is_lowercase() || letter.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_is_known_by_its_whole_name_however_it_is_written() {
        for name in [
            "title",
            "generate-title",
            "Chat Title",
            "follow_up_generation",
            "generate_conversation_name",
            "generateTitleFromUserMessage",
            "suggest_follow_ups",
            "generate-follow-up-questions",
            "related_questions",
            "generate_titles",
            "title_agent",
            "tags",
            "SuggestedReplies",
            "thread.title",
        ] {
            assert!(is_helper_name(name), "{name}");
        }
        for name in [
            "chat",
            "chat prompt",
            "title-bot",
            "suggestion box",
            "entitlement",
            "follow-up agent",
            "answer_related_questions",
            "questions",
            "",
            &"title ".repeat(20),
        ] {
            assert!(!is_helper_name(name), "{name}");
        }
    }

    #[test]
    fn words_for_kinds_are_lower_case_and_stand_in_one_list() {
        let words: Vec<&str> = CALLS.iter().chain(&SILENT).chain(&NO_CALLS).copied().collect();
        for word in &words {
            assert_eq!(*word, word.to_lowercase());
            assert_eq!(words.iter().filter(|other| *other == word).count(), 1, "{word}");
        }
        for helper in HELPERS.iter().chain(&HELPER_WORDS) {
            assert!(is_helper_name(helper), "{helper}");
        }
        for word in HELPER_FILLERS {
            assert!(!is_helper_name(word), "{word}");
        }
    }
}
