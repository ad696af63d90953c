//! What holds for everything that was read.

use analytics::fact::{Fact, FactKind, ModelUse};
use analytics::ids::{Channel, EventName, FactId, SessionId, UserId};
use analytics::instant::Instant;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::intake::item::{Item, ItemReader, MAX_PROPERTIES_BYTES, MAX_TEXT_BYTES, MAX_WORD_BYTES};
use crate::intake::translation::{Part, Translation};

/// New Year of 2027, UTC: after the recordings.
pub(crate) const READER: ItemReader =
    ItemReader { arrived_at: Instant::from_ms(1_798_761_600_000), stores_text: true };

const YEAR_2000: Instant = Instant::from_ms(946_684_800_000);
const MAX_CLIENT_CHARACTERS: usize = 100;
const MAX_IGNORED_BYTES: usize = 40;

/// What a request was translated to; gives back the facts.
///
/// # Errors
/// Fails the case when anything is beyond its limits.
pub(crate) fn check_translation(translation: &Translation) -> Result<Vec<Fact>, TestCaseError> {
    if let Some(client) = &translation.client {
        prop_assert!(client.chars().count() <= MAX_CLIENT_CHARACTERS, "the client is called {client}");
    }
    let mut facts = Vec::new();
    for (_, part) in &translation.parts {
        match part {
            Part::Fact(fact) => {
                check_fact(fact)?;
                facts.push(fact.clone());
            }
            Part::Ignored(name) => prop_assert!(name.len() <= MAX_IGNORED_BYTES && is_clean(name)),
            Part::Rejected(_) => {}
        }
    }
    Ok(facts)
}

/// An item of the native form: a fact within its limits, or none.
///
/// # Errors
/// Fails the case when it is a fact beyond them.
pub(crate) fn check_item(item: &[u8]) -> Result<Option<Fact>, TestCaseError> {
    let Ok(fact) = READER.read_json(item) else { return Ok(None) };
    check_fact(&fact)?;
    Ok(Some(fact))
}

/// A fact within its limits, which is the same again once it was exported and imported.
pub(crate) fn check_fact(fact: &Fact) -> Result<(), TestCaseError> {
    prop_assert!(YEAR_2000 <= fact.at && fact.at <= READER.arrived_at);
    prop_assert!(FactId::parse(fact.id.as_str()).as_ref() == Ok(&fact.id));
    prop_assert!(UserId::parse(fact.user_id.as_str()).as_ref() == Ok(&fact.user_id));
    prop_assert!(Channel::parse(fact.channel.as_str()).as_ref() == Ok(&fact.channel));
    if let Some(session) = &fact.session_id {
        prop_assert!(SessionId::parse(session.as_str()).as_ref() == Ok(session));
    }
    check_kind(&fact.kind)?;
    let written = Item::of_fact(fact).and_then(|item| serde_json::to_string(&item));
    let written = written.map_err(|error| TestCaseError::fail(format!("{fact:?}: {error}")))?;
    prop_assert!(!written.contains('\n'), "an exported item is one line");
    let again = READER.read_json(written.as_bytes());
    prop_assert_eq!(again.as_ref(), Ok(fact));
    Ok(())
}

fn check_kind(kind: &FactKind) -> Result<(), TestCaseError> {
    match kind {
        FactKind::Message(message) => {
            let text = message.text.as_deref().unwrap_or_default();
            prop_assert!(text.len() <= MAX_TEXT_BYTES && !text.contains('\0'));
            check_word(message.intent.as_deref())?;
            message.model_use.as_ref().map_or(Ok(()), check_model_use)
        }
        FactKind::Event(event) => {
            prop_assert!(EventName::parse(event.name.as_str()).as_ref() == Ok(&event.name));
            let properties = event.properties.as_deref().unwrap_or("{}");
            let is_object = properties.starts_with('{');
            prop_assert!(is_object && properties.len() <= MAX_PROPERTIES_BYTES);
            Ok(())
        }
        FactKind::ModelCall(used) => check_model_use(used),
    }
}

/// Counts fit the signed columns of both engines.
fn check_model_use(used: &ModelUse) -> Result<(), TestCaseError> {
    check_word(used.model.as_deref())?;
    let counts = [used.input_tokens, used.output_tokens, used.latency_ms];
    prop_assert!(counts.into_iter().flatten().all(|count| i64::try_from(count).is_ok()));
    Ok(())
}

fn check_word(word: Option<&str>) -> Result<(), TestCaseError> {
    let word = word.unwrap_or_default();
    prop_assert!(word.len() <= MAX_WORD_BYTES && is_clean(word));
    Ok(())
}

fn is_clean(text: &str) -> bool {
    !text.chars().any(char::is_control)
}
