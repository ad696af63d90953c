//! How a call stands in a conversation: whether it goes on after a tool, and whether it ends in one. Only the last message
//! of what was sent and of what was answered is looked at.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::attributes::{Attributes, read_text, to_json};

/// Where a call's input stands as JSON: a list of messages, or an object that holds one.
const INPUTS: [&str; 12] = [
    "gen_ai.input.messages",
    "ai.prompt.messages",
    "langfuse.observation.input",
    "input",
    "gen_ai.prompt",
    "mlflow.spanInputs",
    "input.value",
    "request_data",
    "gcp.vertex.agent.llm_request",
    "langwatch.input",
    "events",
    "lk.chat_ctx",
];
/// Where its answer stands as JSON.
const OUTPUTS: [&str; 7] = [
    "gen_ai.output.messages",
    "langfuse.observation.output",
    "gen_ai.completion",
    "mlflow.spanOutputs",
    "output.value",
    "response_data",
    "gcp.vertex.agent.llm_response",
];
/// Messages in attributes of their own: what their names begin with, where the role stands, and what only the result of a
/// tool has.
const NUMBERED_INPUTS: [(&str, &str, &str); 2] = [
    ("llm.input_messages.", "message.role", "message.tool_call_id"),
    ("gen_ai.prompt.", "role", "tool_call_id"),
];
const NUMBERED_OUTPUTS: [(&str, &str, &str); 2] = [
    ("llm.output_messages.", "message.tool_calls.", "message.content"),
    ("gen_ai.completion.", "tool_calls.", "content"),
];
const TOOL_ROLES: [&str; 4] = ["tool", "function", "ipython", "toolmessage"];
const TOOL_RESULTS: [&str; 7] = [
    "tool_call_response",
    "tool_result",
    "tool-result",
    "function_call_output",
    "function_response",
    "toolresult",
    "tool",
];
const TOOL_CALLS: [&str; 6] =
    ["tool_call", "tool_use", "tool-call", "function_call", "tooluse", "server_tool_call"];
/// Why a model stopped, if it was to call a tool.
const FINISH: [&str; 3] =
    ["gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "ai.response.finishReason"];
const TOOL_FINISHES: [&str; 6] =
    ["tool_calls", "tool_call", "tool_use", "tool-calls", "function_call", "function_calls"];
const TOOL_EVENT: &str = "gen_ai.tool.message";
const MESSAGE_EVENTS: [&str; 3] = ["gen_ai.user.message", "gen_ai.assistant.message", TOOL_EVENT];
const CHOICE_EVENT: &str = "gen_ai.choice";
/// How deep the list of messages may lie in what was sent.
const MAX_NESTING: usize = 4;

/// Whether the last message that a model was given is the result of a tool: then nobody has said anything new.
pub(super) fn goes_on_after_tool(span: &Span, attributes: &Attributes<'_>) -> bool {
    let numbered = NUMBERED_INPUTS.iter().find_map(|names| is_numbered_result(attributes, names));
    let whole = || {
        let mut last = INPUTS.iter().filter_map(|key| last_message(attributes.find(key)?));
        last.next().map(|message| is_tool_result(&message))
    };
    let in_events = || {
        let mut events = span.events.iter().rev().map(|event| event.name.as_str());
        events.find(|name| MESSAGE_EVENTS.contains(name)).map(|name| name == TOOL_EVENT)
    };
    numbered.or_else(whole).or_else(in_events).unwrap_or(false)
}

/// Whether a model answered with calls of tools only: nothing was said to anybody yet. `None` where nothing tells.
pub(super) fn ends_in_tool(span: &Span, attributes: &Attributes<'_>) -> Option<bool> {
    let finish = FINISH.iter().find_map(|key| is_tool_finish(attributes.find(key)?));
    let numbered = || NUMBERED_OUTPUTS.iter().find_map(|names| is_numbered_call(attributes, names));
    let whole = || {
        let mut last = OUTPUTS.iter().filter_map(|key| last_message(attributes.find(key)?));
        last.next().map(|message| is_tool_call(&message))
    };
    let in_events = || {
        let choice = span.events.iter().rev().find(|event| event.name == CHOICE_EVENT)?;
        is_tool_finish(Attributes::new(&choice.attributes).find("finish_reason")?)
    };
    finish.or_else(numbered).or_else(whole).or_else(in_events)
}

/// `None` where there is no reason.
fn is_tool_finish(value: &Any) -> Option<bool> {
    let reasons = match value {
        Any::StringValue(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str())),
        value => to_json(value),
    };
    let last = reasons.as_array().map_or(Some(&reasons), |reasons| reasons.last())?;
    last.as_str().map(|reason| TOOL_FINISHES.contains(&reason.to_lowercase().as_str()))
}

fn number_of(key: &str, prefix: &str) -> Option<usize> {
    key.strip_prefix(prefix)?.split_once('.')?.0.parse().ok()
}

fn is_numbered_result(attributes: &Attributes<'_>, (prefix, role, id): &(&str, &str, &str)) -> Option<bool> {
    let last = attributes.iter().filter_map(|(key, _)| number_of(key, prefix)).max()?;
    let find = |name: &str| attributes.find(&format!("{prefix}{last}.{name}"));
    let is_tool = find(role).and_then(read_text).is_some_and(|role| is_tool_role(&role));
    Some(is_tool || find(id).is_some())
}

fn is_numbered_call(
    attributes: &Attributes<'_>,
    (prefix, calls, words): &(&str, &str, &str),
) -> Option<bool> {
    let last = attributes.iter().filter_map(|(key, _)| number_of(key, prefix)).max()?;
    let calls = format!("{prefix}{last}.{calls}");
    let words = attributes.find(&format!("{prefix}{last}.{words}")).and_then(read_text);
    let has_words = words.is_some_and(|words| !words.is_empty());
    Some(!has_words && attributes.iter().any(|(key, _)| key.starts_with(&calls)))
}

/// The last message of a list, wherever it lies. Whatever stands before it is skipped and not built.
fn last_message(value: &Any) -> Option<Value> {
    match value {
        Any::StringValue(text) => last_of_text(text, MAX_NESTING),
        value => last_of_value(to_json(value), MAX_NESTING),
    }
}

/// The members of a request or an answer that hold messages.
#[derive(Deserialize)]
struct Holder<'a> {
    #[serde(borrow)]
    messages: Option<&'a RawValue>,
    #[serde(borrow)]
    contents: Option<&'a RawValue>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    choices: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    output: Option<&'a RawValue>,
}

fn last_of_text(text: &str, nesting: usize) -> Option<Value> {
    let text = text.trim_start();
    if nesting == 0 {
        None
    } else if text.starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        last_of_text(list.last()?.get(), nesting - 1)
    } else if text.starts_with('{') {
        let Holder { messages, contents, input, choices, message, value, output } =
            serde_json::from_str(text).ok()?;
        let inside = [messages, contents, input, choices, message, value, output];
        let is_nested = |raw: &&RawValue| raw.get().starts_with(['[', '{']);
        match inside.into_iter().flatten().find(is_nested) {
            Some(inside) => last_of_text(inside.get(), nesting - 1),
            None => serde_json::from_str(text).ok(),
        }
    } else {
        None
    }
}

fn last_of_value(value: Value, nesting: usize) -> Option<Value> {
    match value {
        _ if nesting == 0 => None,
        Value::Array(mut list) => last_of_value(list.pop()?, nesting - 1),
        Value::Object(_) => Some(value),
        _ => None,
    }
}

fn is_tool_role(role: &str) -> bool {
    TOOL_ROLES.contains(&role.to_lowercase().as_str())
}

fn is_tool_result(message: &Value) -> bool {
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let is_tool = text("role").or_else(|| text("type")).is_some_and(is_tool_role);
    let is_result = text("type").is_some_and(|kind| TOOL_RESULTS.contains(&kind.to_lowercase().as_str()));
    let is_of_langchain = message.get("kwargs").is_some_and(|inside| {
        inside.get("type").and_then(Value::as_str) == Some("tool") || inside.get("tool_call_id").is_some()
    });
    let is_event = text("event.name") == Some(TOOL_EVENT);
    is_tool
        || is_result
        || is_of_langchain
        || is_event
        || message.get("tool_call_id").is_some()
        || parts_of(message).is_some_and(|parts| all_are(parts, &TOOL_RESULTS))
}

/// A call of a tool, and no word to anybody.
fn is_tool_call(message: &Value) -> bool {
    let kind = message.get("type").and_then(Value::as_str).unwrap_or_default();
    let parts = parts_of(message);
    let has_words = match parts {
        Some(parts) => !all_are(parts, &TOOL_CALLS),
        None => ["content", "text"]
            .iter()
            .filter_map(|name| message.get(name)?.as_str())
            .any(|words| !words.is_empty()),
    };
    let calls = ["tool_calls", "function_call", "toolCalls"].iter().filter_map(|name| message.get(name));
    let has_calls = calls.into_iter().any(|calls| match calls {
        Value::Array(calls) => !calls.is_empty(),
        other => !other.is_null(),
    });
    TOOL_CALLS.contains(&kind) || (!has_words && (has_calls || parts.is_some()))
}

/// The parts of a message; `None` where it has none.
fn parts_of(message: &Value) -> Option<&Vec<Value>> {
    let inside = message.get("content").filter(|content| content.is_object()).unwrap_or(message);
    let parts = ["parts", "content"].iter().find_map(|name| inside.get(name)?.as_array())?;
    Some(parts).filter(|parts| !parts.is_empty())
}

/// Whether all parts are of these types, whether they say so or are named so.
fn all_are(parts: &[Value], types: &[&str]) -> bool {
    parts.iter().all(|part| match part.get("type").and_then(Value::as_str) {
        Some(kind) => types.contains(&kind.to_lowercase().as_str()),
        None => part
            .as_object()
            .is_some_and(|members| members.keys().any(|name| types.contains(&name.to_lowercase().as_str()))),
    })
}
