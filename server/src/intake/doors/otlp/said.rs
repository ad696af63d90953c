//! The words of a call, wherever an instrumentation puts them: as JSON in one attribute, or message by message in many.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;

use super::attributes::Attributes;
use crate::intake::item::MAX_TEXT_BYTES;

/// Whose words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    User,
    Bot,
}

/// Messages in attributes of their own: what their names begin with, where the role stands, and where the words.
const NUMBERED: [(Role, &str, &str, &str); 4] = [
    (Role::User, "llm.input_messages.", "message.role", "message.content"),
    (Role::Bot, "llm.output_messages.", "message.role", "message.content"),
    (Role::User, "gen_ai.prompt.", "role", "content"),
    (Role::Bot, "gen_ai.completion.", "role", "content"),
];
const WHOLE: [(Role, &str); 23] = [
    (Role::User, "gen_ai.input.messages"),
    (Role::Bot, "gen_ai.output.messages"),
    (Role::User, "ai.prompt.messages"),
    (Role::Bot, "ai.response.text"),
    (Role::User, "langfuse.observation.input"),
    (Role::Bot, "langfuse.observation.output"),
    (Role::User, "mlflow.spanInputs"),
    (Role::Bot, "mlflow.spanOutputs"),
    (Role::User, "request_data"),
    (Role::Bot, "response_data"),
    (Role::User, "gcp.vertex.agent.llm_request"),
    (Role::Bot, "gcp.vertex.agent.llm_response"),
    (Role::User, "langwatch.input"),
    (Role::Bot, "langwatch.output"),
    (Role::User, "input.value"),
    (Role::Bot, "output.value"),
    (Role::User, "gen_ai.prompt"),
    (Role::Bot, "gen_ai.completion"),
    (Role::User, "input"),
    (Role::Bot, "output"),
    (Role::User, "ai.prompt"),
    (Role::User, "events"),
    (Role::Bot, "events"),
];
/// Members of a request or an answer that hold messages.
const HOLDERS: [&str; 7] = ["messages", "message", "choices", "candidates", "contents", "prompt", "value"];
/// Events of a span that hold a message, and where in them its words stand.
const EVENTS: [(Role, &str, &str); 4] = [
    (Role::User, "gen_ai.user.message", "content"),
    (Role::Bot, "gen_ai.choice", "message"),
    (Role::User, "gen_ai.content.prompt", "gen_ai.prompt"),
    (Role::Bot, "gen_ai.content.completion", "gen_ai.completion"),
];
/// Where Azure's clients put the message of an event, as JSON.
const CONTENT: &str = "gen_ai.event.content";
/// The event that holds what newer spans have in attributes.
const DETAILS: &str = "gen_ai.client.inference.operation.details";

/// The user's last words before a call.
pub(super) fn find_asked(span: &Span, attributes: &Attributes<'_>) -> Option<String> {
    find(span, attributes, Role::User)
}

/// What the model answered.
pub(super) fn find_answered(span: &Span, attributes: &Attributes<'_>) -> Option<String> {
    find(span, attributes, Role::Bot)
}

/// What is longer than a message's text may be is not kept.
fn find(span: &Span, attributes: &Attributes<'_>, role: Role) -> Option<String> {
    let mut whole = WHOLE.iter().filter(|(of, _)| *of == role);
    let first = whole.next().and_then(|(_, key)| read_whole(attributes.find(key)?, role));
    let text = first
        .or_else(|| find_numbered(attributes, role))
        .or_else(|| whole.find_map(|(_, key)| read_whole(attributes.find(key)?, role)))
        .or_else(|| find_in_events(span, role));
    text.filter(|text| !text.is_empty() && text.len() <= MAX_TEXT_BYTES)
}

/// The words of the last event with a message of that role.
fn find_in_events(span: &Span, role: Role) -> Option<String> {
    span.events.iter().rev().find_map(|event| {
        let attributes = Attributes::new(&event.attributes);
        if event.name == DETAILS {
            let key = WHOLE.iter().find(|(of, _)| *of == role).map(|(_, key)| *key)?;
            return read_whole(attributes.find(key)?, role);
        }
        let (_, _, key) = EVENTS.iter().find(|(of, name, _)| *of == role && *name == event.name)?;
        let content = attributes.find(key).or_else(|| attributes.find(CONTENT))?;
        read_said(content, role)
    })
}

/// What stands in a message of that role, which does not say so once more.
fn read_said(value: &Any, role: Role) -> Option<String> {
    let Any::StringValue(text) = value else { return read_whole(value, role) };
    let parts = |parts: &[Value]| join(parts.iter().filter_map(read_part).collect());
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(list)) if list.iter().all(|part| part.get("role").is_none()) => parts(&list),
        Ok(message @ Value::Object(_)) if message.get("role").is_none() => read_content(&message),
        _ => read_whole(value, role),
    }
}

/// The words of the last message of that role.
fn find_numbered(attributes: &Attributes<'_>, role: Role) -> Option<String> {
    NUMBERED.iter().filter(|(of, ..)| *of == role).find_map(|(_, prefix, role_key, words)| {
        let number_of = |key: &str| -> Option<usize> {
            let (number, rest) = key.strip_prefix(prefix)?.split_once('.')?;
            if rest == *role_key { number.parse().ok() } else { None }
        };
        let said = attributes.iter().filter(|(_, value)| is_role(value, role));
        let last = said.filter_map(|(key, _)| number_of(key)).max()?;
        let words = format!("{prefix}{last}.{words}");
        match attributes.find(&words) {
            Some(value) => read_said(value, role),
            None => join(find_parts(attributes, &words)),
        }
    })
}

fn is_role(value: &Any, role: Role) -> bool {
    matches!(value, Any::StringValue(word) if matches_role(word, role))
}

/// A message of several parts: `….contents.0.message_content.text` and so on.
fn find_parts(attributes: &Attributes<'_>, words: &str) -> Vec<String> {
    let is_part = |key: &str| {
        key.strip_prefix(words).is_some_and(|rest| rest.starts_with("s.") && rest.ends_with(".text"))
    };
    let texts = attributes.iter().filter(|(key, _)| is_part(key));
    texts
        .filter_map(|(_, value)| if let Any::StringValue(text) = value { Some(text.clone()) } else { None })
        .collect()
}

/// JSON, or else plain words.
fn read_whole(value: &Any, role: Role) -> Option<String> {
    match value {
        Any::StringValue(text) => match serde_json::from_str::<Value>(text) {
            Ok(json @ (Value::Object(_) | Value::Array(_) | Value::String(_))) => find_words(&json, role),
            _ => Some(text.clone()),
        },
        _ => find_words(&super::attributes::to_json(value), role),
    }
}

/// The last words of that role in a list of messages, a request, or an answer of a model.
fn find_words(json: &Value, role: Role) -> Option<String> {
    match json {
        Value::String(text) => Some(text.clone()),
        Value::Array(messages) => messages.iter().rev().find_map(|message| find_words_of(message, role)),
        Value::Object(_) => find_words_of(json, role),
        _ => None,
    }
}

fn find_words_of(message: &Value, role: Role) -> Option<String> {
    if let Some(nested) = HOLDERS.iter().find_map(|key| message.get(key)) {
        return find_words(nested, role);
    }
    // LangChain writes an object as what makes it.
    let message = message.get("kwargs").filter(|inside| inside.is_object()).unwrap_or(message);
    let said_role =
        ["role", "type"].iter().find_map(|key| message.get(key)?.as_str().filter(|word| is_role_word(word)));
    let is_theirs = match said_role.or_else(|| message.get("role")?.as_str()) {
        Some(word) => matches_role(word, role),
        // An answer need not say whose it is.
        None => role == Role::Bot,
    };
    if is_theirs { read_content(message) } else { None }
}

fn read_content(message: &Value) -> Option<String> {
    match ["content", "parts", "text"].iter().find_map(|key| message.get(key))? {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => join(parts.iter().filter_map(read_part).collect()),
        inside @ Value::Object(_) => {
            join(inside.get("parts")?.as_array()?.iter().filter_map(read_part).collect())
        }
        _ => None,
    }
}

fn read_part(part: &Value) -> Option<String> {
    if part.get("type").and_then(Value::as_str).is_some_and(|kind| !kind.contains("text")) {
        return None;
    }
    let words = part.get("text").or_else(|| part.get("content")).unwrap_or(part);
    words.as_str().map(str::to_owned)
}

fn join(parts: Vec<String>) -> Option<String> {
    if parts.is_empty() { None } else { Some(parts.join("\n")) }
}

fn matches_role(word: &str, role: Role) -> bool {
    let words: &[&str] = match role {
        Role::User => &["user", "human", "HumanMessage"],
        Role::Bot => &["assistant", "ai", "model", "bot", "AIMessage"],
    };
    words.iter().any(|known| word.eq_ignore_ascii_case(known))
}

fn is_role_word(word: &str) -> bool {
    matches_role(word, Role::User) || matches_role(word, Role::Bot)
}
