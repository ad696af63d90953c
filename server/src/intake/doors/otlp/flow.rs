//! How a call stands in a conversation: whether it goes on after a tool, and whether it ends in one. Only the last message
//! of what was sent and of what was answered is looked at.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;
use serde_json::value::RawValue;

use super::attributes::{Attributes, read_text, to_json};
use crate::intake::doors::sent::Sent;

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
/// The event that holds what newer spans have in attributes.
const DETAILS: &str = "gen_ai.client.inference.operation.details";
/// Where its answer stands as JSON.
const OUTPUTS: [&str; 9] = [
    "gen_ai.output.messages",
    "langfuse.observation.output",
    "gen_ai.completion",
    "mlflow.spanOutputs",
    "output.value",
    "response_data",
    "gcp.vertex.agent.llm_response",
    "langwatch.output",
    "output",
];
/// Messages in attributes of their own: what their names begin with, where role and words stand, and what only the result
/// of a tool has.
const NUMBERED_INPUTS: [[&str; 4]; 2] = [
    ["llm.input_messages.", "message.role", "message.content", "message.tool_call_id"],
    ["gen_ai.prompt.", "role", "content", "tool_call_id"],
];
const NUMBERED_OUTPUTS: [(&str, &str, &str); 2] = [
    ("llm.output_messages.", "message.tool_calls.", "message.content"),
    ("gen_ai.completion.", "tool_calls.", "content"),
];
/// Roles of tools. These words and those below are compared without case, underscores and hyphens.
const TOOL_ROLES: [&str; 4] = ["tool", "function", "ipython", "toolmessage"];
const TOOL_RESULTS: [&str; 6] =
    ["toolcallresponse", "toolresult", "functioncalloutput", "functionresponse", "tool", "toolmessage"];
const TOOL_CALLS: [&str; 4] = ["toolcall", "tooluse", "functioncall", "servertoolcall"];
/// Parts of a message that nobody is told.
const THOUGHTS: [&str; 4] = ["reasoning", "thinking", "redactedthinking", "thought"];
/// Members of a message that hold its calls of tools.
const CALLS: [&str; 3] = ["tool_calls", "function_call", "toolCalls"];
/// Why a model stopped, if it was to call a tool.
const FINISH: [&str; 3] =
    ["gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "ai.response.finishReason"];
const TOOL_FINISHES: [&str; 5] = ["toolcalls", "toolcall", "tooluse", "functioncall", "functioncalls"];
/// Where the AI SDK puts calls of tools, and the words beside them.
const AI_SDK: [&str; 2] = ["ai.response.toolCalls", "ai.response.text"];
const TOOL_EVENT: &str = "gen_ai.tool.message";
const MESSAGE_EVENTS: [&str; 3] = ["gen_ai.user.message", "gen_ai.assistant.message", TOOL_EVENT];
const CHOICE_EVENT: &str = "gen_ai.choice";
/// Members of a request or an answer that hold messages, the likeliest first.
const HOLDERS: [&str; 9] =
    ["messages", "contents", "input", "choices", "message", "value", "output", "candidates", "generations"];
/// How deep the list of messages may lie in a request.
const MAX_NESTING: usize = 8;
/// Whoever sets the stage says nothing in the conversation.
const STAGE: [&str; 2] = ["system", "developer"];

/// Whether the last message that a model was given is the result of a tool: then nobody has said anything new.
pub(super) fn goes_on_after_tool(span: &Span, attributes: &Attributes<'_>) -> bool {
    let in_events = || {
        let mut events = span.events.iter().rev().map(|event| event.name.as_str());
        events.find(|name| MESSAGE_EVENTS.contains(name)).map(|name| name == TOOL_EVENT)
    };
    let told = is_told_after_tool(attributes);
    told.or_else(|| find_details(span, is_told_after_tool)).or_else(in_events).unwrap_or(false)
}

/// Whether a model answered with calls of tools only: nothing was said to anybody yet. `None` where nothing tells.
pub(super) fn ends_in_tool(span: &Span, attributes: &Attributes<'_>) -> Option<bool> {
    let in_events = || {
        let choice = span.events.iter().rev().find(|event| event.name == CHOICE_EVENT)?;
        is_tool_finish(Attributes::new(&choice.attributes).find("finish_reason")?)
    };
    is_told_before_tool(attributes).or_else(|| find_details(span, is_told_before_tool)).or_else(in_events)
}

/// What the event tells that holds what newer spans have in attributes.
fn find_details(span: &Span, tell: fn(&Attributes<'_>) -> Option<bool>) -> Option<bool> {
    let event = span.events.iter().rev().find(|event| event.name == DETAILS)?;
    tell(&Attributes::new(&event.attributes))
}

fn is_told_after_tool(attributes: &Attributes<'_>) -> Option<bool> {
    let numbered = NUMBERED_INPUTS.iter().find_map(|names| is_numbered_result(attributes, names));
    numbered.or_else(|| {
        let mut last = INPUTS.iter().filter_map(|key| last_message(attributes.find(key)?));
        last.next().map(|message| is_tool_result(&message))
    })
}

fn is_told_before_tool(attributes: &Attributes<'_>) -> Option<bool> {
    let finish = FINISH.iter().find_map(|key| is_tool_finish(attributes.find(key)?));
    let numbered = || NUMBERED_OUTPUTS.iter().find_map(|names| is_numbered_call(attributes, names));
    let by_itself = || {
        let mut answers = OUTPUTS.iter().filter_map(|key| attributes.find(key));
        answers.any(is_stopped_for_tool).then_some(true)
    };
    let whole = || {
        let mut last = OUTPUTS.iter().filter_map(|key| last_message(attributes.find(key)?));
        last.next().map(|message| is_tool_call(&message))
    };
    let in_ai_sdk = || {
        let [calls, words] = AI_SDK.map(|key| attributes.find(key).and_then(read_text));
        calls.filter(|calls| calls.starts_with("[{")).map(|_| words.is_none_or(|words| words.is_empty()))
    };
    finish.or_else(numbered).or_else(by_itself).or_else(whole).or_else(in_ai_sdk)
}

/// `None` where there is no reason.
fn is_tool_finish(value: &Any) -> Option<bool> {
    let reasons = match value {
        Any::StringValue(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str())),
        value => to_json(value),
    };
    let last = reasons.as_array().map_or(Some(&reasons), |reasons| reasons.last())?;
    last.as_str().map(|reason| is_one_of(reason, &TOOL_FINISHES))
}

fn number_of(key: &str, prefix: &str) -> Option<usize> {
    key.strip_prefix(prefix)?.split_once('.')?.0.parse().ok()
}

fn is_numbered_result(attributes: &Attributes<'_>, [prefix, role, words, id]: &[&str; 4]) -> Option<bool> {
    let last = attributes.iter().filter_map(|(key, _)| number_of(key, prefix)).max()?;
    let find = |name: &str| attributes.find(&format!("{prefix}{last}.{name}"));
    let is_tool = find(role).and_then(read_text).is_some_and(|role| is_one_of(&role, &TOOL_ROLES));
    let holds_result = || find(words).and_then(parts_in).is_some_and(|parts| all_are(&parts, &TOOL_RESULTS));
    Some(is_tool || find(id).is_some() || holds_result())
}

fn is_numbered_call(
    attributes: &Attributes<'_>,
    (prefix, calls, words): &(&str, &str, &str),
) -> Option<bool> {
    let last = attributes.iter().filter_map(|(key, _)| number_of(key, prefix)).max()?;
    let calls = format!("{prefix}{last}.{calls}");
    let words = attributes.find(&format!("{prefix}{last}.{words}"));
    if words.and_then(parts_in).is_some_and(|parts| all_are(&parts, &TOOL_CALLS)) {
        return Some(true);
    }
    let has_words = words.and_then(read_text).is_some_and(|words| !words.is_empty());
    Some(!has_words && attributes.iter().any(|(key, _)| key.starts_with(&calls)))
}

/// The parts of a message that stands as JSON in one attribute; `None` where it has none.
fn parts_in(words: &Any) -> Option<Vec<Value>> {
    let Any::StringValue(text) = words else { return None };
    let parts: Vec<Value> = text.trim_start().starts_with('[').then(|| serde_json::from_str(text).ok())??;
    Some(parts).filter(|parts| !parts.is_empty())
}

/// The last message of a list, wherever it lies. Whatever stands before it is skipped and not built.
fn last_message(value: &Any) -> Option<Value> {
    match value {
        Any::StringValue(text) => last_of_text(text, MAX_NESTING),
        value => last_of_value(to_json(value), MAX_NESTING),
    }
}

/// Whether an object is itself a message, or a part of one, whatever its members are called.
fn is_message(object: &Sent<'_>) -> bool {
    let is_part = |kind: &str| is_one_of(kind, &TOOL_CALLS) || is_one_of(kind, &TOOL_RESULTS);
    object.find("role").is_some() || object.text("type").is_some_and(|kind| is_part(&kind))
}

fn last_of_text(text: &str, nesting: usize) -> Option<Value> {
    let text = text.trim_start();
    if nesting == 0 {
        None
    } else if text.starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        let last = list.iter().rev().map(|raw| raw.get()).find(|text| !is_aside(text))?;
        last_of_text(last, nesting - 1)
    } else if text.starts_with('{') {
        let object = Sent::parse(text.as_bytes())?;
        let is_nested = |raw: &&RawValue| raw.get().starts_with(['[', '{']);
        let inside = HOLDERS.iter().filter_map(|name| object.find(name)).find(is_nested);
        match inside.filter(|_| !is_message(&object)) {
            Some(inside) => last_of_text(inside.get(), nesting - 1),
            None => serde_json::from_str(text).ok(),
        }
    } else {
        None
    }
}

/// Whether an element of a list of messages is none of the conversation: the stage, or what a tool is. Langfuse's handler
/// for LangChain puts each tool that there is behind the messages, as if the tool had spoken.
fn is_aside(message: &str) -> bool {
    let Some(message) = Sent::parse(message.as_bytes()) else { return false };
    let Some(role) = message.text("role") else { return false };
    let is_definition = || {
        let content = message.object("content").unwrap_or_default();
        ["function", "input_schema", "parameters"].iter().any(|name| content.find(name).is_some())
    };
    let is_nameless_tool = is_one_of(&role, &TOOL_ROLES) && message.find("tool_call_id").is_none();
    is_one_of(&role, &STAGE) || (is_nameless_tool && is_definition())
}

/// Whether an answer says of itself that it stopped for a tool.
fn is_stopped_for_tool(value: &Any) -> bool {
    let Any::StringValue(text) = value else { return false };
    let finish = |answer: &Sent<'_>| {
        let reason =
            ["finish_reason", "stop_reason", "finishReason"].iter().find_map(|name| answer.text(name));
        reason.map(|reason| is_one_of(&reason, &TOOL_FINISHES))
    };
    let in_choices = |answer: &Sent<'_>| {
        let choices = ["choices", "candidates"].iter().find_map(|name| answer.array(name))?;
        finish(&Sent::parse(choices.last()?.get().as_bytes())?)
    };
    let answer = Sent::parse(text.as_bytes()).unwrap_or_default();
    finish(&answer).or_else(|| in_choices(&answer)) == Some(true)
}

fn last_of_value(value: Value, nesting: usize) -> Option<Value> {
    match value {
        _ if nesting == 0 => None,
        Value::Array(mut list) => last_of_value(list.pop()?, nesting - 1),
        Value::Object(_) => Some(value),
        _ => None,
    }
}

/// Compares a word that programs write in many ways: `tool_use`, `tool-use`, `toolUse`.
fn is_one_of(word: &str, words: &[&str]) -> bool {
    let letters = word.chars().filter(|letter| !['_', '-', ' '].contains(letter));
    let squeezed: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    words.contains(&squeezed.as_str())
}

fn is_tool_result(message: &Value) -> bool {
    // LangChain writes an object as what makes it.
    let message = message.get("kwargs").filter(|inside| inside.is_object()).unwrap_or(message);
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let is_tool = text("role").or_else(|| text("type")).is_some_and(|role| is_one_of(role, &TOOL_ROLES));
    let is_result = text("type").is_some_and(|kind| is_one_of(kind, &TOOL_RESULTS));
    let is_event = text("event.name") == Some(TOOL_EVENT);
    is_tool
        || is_result
        || is_event
        || message.get("tool_call_id").is_some_and(|id| !id.is_null())
        || parts_of(message).is_some_and(|parts| all_are(parts, &TOOL_RESULTS))
}

/// A call of a tool, and no word to anybody.
fn is_tool_call(message: &Value) -> bool {
    let message = message.get("kwargs").filter(|inside| inside.is_object()).unwrap_or(message);
    let kind = message.get("type").and_then(Value::as_str).unwrap_or_default();
    let parts = parts_of(message);
    let has_words = match parts {
        Some(parts) => !all_are(parts, &TOOL_CALLS),
        None => ["content", "text"]
            .iter()
            .filter_map(|name| message.get(name)?.as_str())
            .any(|words| !words.is_empty()),
    };
    let holders = [Some(message), message.get("additional_kwargs")];
    let calls =
        holders.into_iter().flatten().flat_map(|holder| CALLS.iter().filter_map(|name| holder.get(name)));
    let has_calls = calls.into_iter().any(|calls| match calls {
        Value::Array(calls) => !calls.is_empty(),
        other => !other.is_null(),
    });
    is_one_of(kind, &TOOL_CALLS) || (!has_words && (has_calls || parts.is_some()))
}

/// The parts of a message; `None` where it has none.
fn parts_of(message: &Value) -> Option<&Vec<Value>> {
    let inside = message.get("content").filter(|content| content.is_object()).unwrap_or(message);
    let parts = ["parts", "content"].iter().find_map(|name| inside.get(name)?.as_array())?;
    Some(parts).filter(|parts| !parts.is_empty())
}

/// Whether all parts but thoughts are of these types, whether they say so or are named so.
fn all_are(parts: &[Value], types: &[&str]) -> bool {
    let mut told = parts.iter().filter(|part| !is_part_of(part, &THOUGHTS)).peekable();
    told.peek().is_some() && told.all(|part| is_part_of(part, types))
}

fn is_part_of(part: &Value, types: &[&str]) -> bool {
    match part.get("type").and_then(Value::as_str) {
        Some(kind) => is_one_of(kind, types),
        None => part.as_object().is_some_and(|members| members.keys().any(|name| is_one_of(name, types))),
    }
}
