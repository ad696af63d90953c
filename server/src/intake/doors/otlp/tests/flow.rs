//! What a call is to those who talk: turns, tools, titles.

use serde_json::{Value, json};

use super::{call, items, span, with};
use crate::intake::doors::otlp::names::{HELPERS, PURPOSE, TURN_NUMBERS, TURNS};

/// The ids of what a call with these attributes more comes to: `1` is the call itself.
fn ids(more: Value) -> Vec<String> {
    ids_of(&[span("1", "", (0, 1), &with(call("m", 1, 1), more))])
}

fn ids_of(spans: &[Value]) -> Vec<String> {
    items(spans).iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn after_a_tool_nobody_has_said_anything_new() {
    let text = |messages: Value| Value::from(messages.to_string());
    let parts = |kind: &str| {
        json!([{"role": "user", "parts": [{"type": "text", "content": "hi"}]},
        {"role": "user", "parts": [{"type": kind, "response": "42"}]}])
    };
    let by_role = json!([{"role": "user", "content": "hi"}, {"role": "tool", "content": "42"}]);
    let serialised =
        json!({"messages": [[{"id": ["langchain", "ToolMessage"], "kwargs": {"type": "tool"}}]]});
    for more in [
        json!({"gen_ai.input.messages": text(parts("tool_call_response"))}),
        json!({"gen_ai.input.messages": text(parts("tool_result"))}),
        json!({"gen_ai.input.messages": text(by_role.clone())}),
        json!({"ai.prompt.messages": text(json!([{"role": "tool", "content": [{"type": "tool-result"}]}]))}),
        json!({"langfuse.observation.input": text(json!({"messages": by_role.clone()}))}),
        json!({"langfuse.observation.input": text(json!([{"type": "function_call_output", "output": "42"}]))}),
        json!({"langfuse.observation.input": text(json!([{"type": "function_call_output", "output": [{"type": "input_text", "text": "42"}]}]))}),
        json!({"input.value": text(json!({"messages": [{"role": "tool", "content": "42"}, {"role": "system", "content": "Be brief."}]}))}),
        json!({"input.value": text(json!({"messages": by_role.clone(), "model": "m"}))}),
        json!({"mlflow.spanInputs": text(json!({"messages": by_role.clone()}))}),
        json!({"request_data": text(json!({"messages": by_role}))}),
        json!({"gen_ai.prompt": text(serialised)}),
        json!({"gcp.vertex.agent.llm_request": text(json!({"contents":
            [{"role": "user", "parts": [{"function_response": {"name": "f"}}]}]}))}),
        json!({"llm.input_messages.0.message.role": "user", "llm.input_messages.1.message.role": "tool"}),
        json!({"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.tool_call_id": "t"}),
        json!({"gen_ai.prompt.0.role": "user", "gen_ai.prompt.1.role": "tool"}),
        json!({"gen_ai.prompt.10.tool_call_id": "t", "gen_ai.prompt.9.role": "user"}),
        json!({"gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": text(json!([{"type": "tool_result", "content": "42"}]))}),
        json!({"langfuse.observation.input": text(json!([{"role": "user", "content": [{"type": "tool_result", "input": {}}]}]))}),
        json!({"gcp.vertex.agent.llm_request": text(json!({"contents": [{"role": "user", "parts": [{"functionResponse": {"name": "f"}}]}]}))}),
        json!({"gen_ai.prompt": text(json!({"messages": [{"lc": 1, "id": ["ToolMessage"], "kwargs": {"tool_call_id": "t"}}]}))}),
    ] {
        // What the answer was is told nowhere: it may have been counted where the turn began.
        assert_eq!(ids(more.clone()), ["1"], "{more}");
        for told in
            [json!({"gen_ai.response.finish_reasons": "[\"stop\"]"}), json!({"output.value": "plain words"})]
        {
            assert_eq!(ids(with(more.clone(), told)), ["1", "out"], "{more}");
        }
    }
    for more in [
        json!({"gen_ai.input.messages": text(json!([{"role": "tool", "content": "42"}, {"role": "user", "content": "hi"}]))}),
        json!({"gen_ai.input.messages": "cut [{\"role\": \"tool\""}),
        json!({"gen_ai.input.messages": "[]"}),
        json!({"input.value": "tool"}),
        json!({"gen_ai.prompt.1.role": "user", "gen_ai.prompt.0.role": "tool"}),
        json!({"langfuse.observation.input": text(json!([{"role": "user", "content": "hi"},
            {"role": "tool", "content": {"type": "function", "function": {"name": "weather"}}}]))}),
        json!({"langfuse.observation.input": text(json!([{"role": "user", "content": "hi"},
            {"role": "tool", "content": {"name": "weather", "input_schema": {}}}]))}),
    ] {
        assert_eq!(ids(more.clone()), ["1", "in", "out"], "{more}");
    }
}

#[test]
fn before_a_tool_nobody_is_answered_yet() {
    let text = |messages: Value| Value::from(messages.to_string());
    let called = json!({"role": "assistant", "content": null, "tool_calls": [{"id": "t"}]});
    for more in [
        json!({"gen_ai.response.finish_reasons": "[\"tool_calls\"]"}),
        json!({"gen_ai.response.finish_reasons": "tool_use"}),
        json!({"ai.response.finishReason": "tool-calls"}),
        json!({"gen_ai.output.messages": text(json!([{"role": "assistant", "parts": [{"type": "tool_call"}]}]))}),
        json!({"langfuse.observation.output": text(called.clone())}),
        json!({"output.value": text(json!({"choices": [{"message": called.clone()}]}))}),
        json!({"gcp.vertex.agent.llm_response": text(json!({"content": {"parts": [{"function_call": {}}]}}))}),
        json!({"llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f"}),
        json!({"gen_ai.completion.0.tool_calls.0.name": "f", "gen_ai.completion.0.content": ""}),
        json!({"gen_ai.completion.0.content": text(json!([{"type": "thinking", "thinking": "…"}, {"type": "tool_use", "input": {}}]))}),
        json!({"langfuse.observation.output": text(json!([{"type": "tool_use", "name": "f", "input": {"city": "Berlin"}}]))}),
        json!({"langfuse.observation.output": text(json!({"role": "assistant", "content": "", "additional_kwargs": {"tool_calls": [{"id": "t"}]}}))}),
        json!({"gen_ai.completion": text(json!({"lc": 1, "id": ["AIMessage"], "kwargs": {"content": "", "tool_calls": [{"id": "t"}]}}))}),
        json!({"langwatch.output": text(json!({"type": "chat_messages", "value": [called.clone()]}))}),
        json!({"gcp.vertex.agent.llm_response": text(json!({"content": {"parts": [{"functionCall": {}}], "role": "model"}}))}),
        json!({"output.value": text(json!({"candidates": [{"content": {"role": "model", "parts": [{"functionCall": {}}]}}]}))}),
        json!({"gen_ai.completion": text(json!({"generations": [[{"text": "", "message": {"lc": 1, "kwargs": {"content": "", "tool_calls": [{"id": "t"}]}}}]]}))}),
        json!({"output.value": text(json!({"choices": [{"finish_reason": "tool_calls", "message": {"content": "Let me look"}}]}))}),
        json!({"output.value": text(json!({"stop_reason": "tool_use", "content": [{"type": "text", "text": "Let me look"}]}))}),
        json!({"ai.response.toolCalls": text(json!([{"toolName": "f"}]))}),
    ] {
        assert_eq!(ids(more.clone()), ["1", "in"], "{more}");
    }
    for more in [
        json!({"gen_ai.response.finish_reasons": "[\"stop\"]"}),
        json!({"gen_ai.output.messages": text(json!([{"role": "assistant", "parts": [{"type": "text", "content": "x"}]}]))}),
        json!({"langfuse.observation.output": "plain words"}),
        json!({"llm.output_messages.0.message.content": "x", "llm.output_messages.0.message.tool_calls.0.tool_call.id": "t"}),
    ] {
        assert_eq!(ids(more.clone()), ["1", "in", "out"], "{more}");
    }
}

#[test]
fn messages_in_events_tell_the_same() {
    let event = |name: &str, key: &str, value: &str| json!({"name": name, "timeUnixNano": "1", "attributes": [{"key": key, "value": {"stringValue": value}}]});
    let with_events = |events: Value| {
        let mut span = span("1", "", (0, 1), &call("m", 1, 1));
        span["events"] = events;
        items(&[span])
    };
    let user = event("gen_ai.user.message", "content", r#"[{"text": "hello"}]"#);
    let choice = event("gen_ai.choice", "message", r#"[{"text": "hi"}]"#);
    let found = with_events(json!([user, choice]));
    assert_eq!((&found[1]["text"], &found[2]["text"]), (&json!("hello"), &json!("hi")));
    let content = |said: Value| event("gen_ai.user.message", "gen_ai.event.content", &said.to_string());
    let found = with_events(json!([content(json!({"content": "hello"}))]));
    assert_eq!(found[1]["text"], "hello");
    let details =
        |key: &str, said: Value| event("gen_ai.client.inference.operation.details", key, &said.to_string());
    let result = json!([{"role": "tool", "parts": [{"type": "tool_call_response", "response": "42"}]}]);
    assert_eq!(with_events(json!([details("gen_ai.input.messages", result)])).len(), 1);
    let called = json!([{"role": "assistant", "parts": [{"type": "tool_call", "name": "f"}]}]);
    assert_eq!(with_events(json!([details("gen_ai.output.messages", called)])).len(), 2);
    let tool = event("gen_ai.tool.message", "content", "42");
    let found = with_events(json!([user, tool, event("gen_ai.choice", "finish_reason", "tool_use")]));
    assert_eq!(found.len(), 1);
}

#[test]
fn a_trace_with_turns_counts_each_under_an_id_of_its_own() {
    for (name, more) in TURNS
        .iter()
        .map(|name| (*name, json!({})))
        .chain(TURN_NUMBERS.iter().map(|key| ("any", json!({*key: 1}))))
    {
        let turn = |id: &str, seconds| {
            let mut turn = span(id, "9", seconds, &more);
            turn["name"] = json!(name);
            turn
        };
        let spans = [
            span("1", "4", (1, 2), &call("m", 1, 1)),
            span("2", "4", (2, 3), &call("m", 1, 1)),
            turn("4", (0, 3)),
            span("3", "5", (5, 6), &call("m", 1, 1)),
            turn("5", (4, 7)),
            span("9", "", (0, 8), &json!({"user.id": "ada", "conversation.id": "c"})),
        ];
        let found = items(&spans);
        assert!(found.iter().all(|item| item["user_id"] == "ada" && item["session_id"] == "c"));
        let messages: Vec<_> = found
            .iter()
            .filter(|item| item["type"].is_null())
            .map(|item| json!([item["direction"], item["at"]]))
            .collect();
        assert_eq!(
            messages,
            [json!(["incoming", 1]), json!(["outgoing", 3]), json!(["incoming", 5]), json!(["outgoing", 6])],
            "{name}"
        );
    }
}

#[test]
fn nobody_has_asked_for_a_title() {
    for helper in HELPERS {
        for key in PURPOSE {
            assert_eq!(ids(json!({key: helper})), ["1"], "{key} {helper}");
        }
    }
    let mut above = span("2", "9", (0, 2), &json!({}));
    above["name"] = json!("generate-title");
    let spans = [
        span("1", "2", (0, 1), &call("m", 1, 1)),
        above,
        span("3", "9", (3, 4), &call("m", 1, 1)),
        span("9", "", (0, 5), &json!({"user.id": "ada"})),
    ];
    let found = items(&spans);
    let messages: Vec<_> =
        found.iter().filter(|item| item["type"].is_null()).map(|item| &item["at"]).collect();
    assert_eq!(messages, [3, 4]);
}

#[test]
fn a_chat_in_one_trace_has_a_turn_for_each_answer() {
    let answer = |id: &str, seconds, name: &str| {
        let mut answer = span(id, "9", seconds, &call("m", 1, 1));
        answer["name"] = json!(name);
        answer
    };
    let found = items(&[
        answer("1", (1, 2), "llm_response:6f9a"),
        answer("2", (3, 4), "llm_response:77b0"),
        answer("3", (5, 6), "llm_response"),
        span("9", "", (0, 7), &json!({"user.id": "ada"})),
    ]);
    let messages: Vec<_> =
        found.iter().filter(|item| item["type"].is_null()).map(|item| &item["at"]).collect();
    assert_eq!(messages, [1, 2, 3, 4, 5, 6]);
}

#[test]
fn calls_of_litellm_with_nothing_above_them_are_turns_of_a_session() {
    let times = |parent: &str| -> Vec<Value> {
        let answer = |id: &str, seconds| {
            let mut answer = span(id, parent, seconds, &with(call("m", 1, 1), json!({"user.id": "ada"})));
            answer["name"] = json!("litellm-completion");
            answer
        };
        let found = items(&[answer("1", (1, 2)), answer("2", (3, 4)), span("9", "", (0, 7), &json!({}))]);
        found.iter().filter(|item| item["type"].is_null()).map(|item| item["at"].clone()).collect()
    };
    assert_eq!(times(""), [1, 2, 3, 4]);
    assert_eq!(times("9"), [1, 4]);
}

#[test]
fn a_call_may_be_told_in_an_event_alone() {
    let attribute = |key: &str, value: Value| json!({"key": key, "value": value});
    let mut span = span("1", "", (0, 1), &json!({"user.id": "ada"}));
    span["events"] = json!([{"name": "LLMChatEndEvent", "attributes": [
        attribute("response.raw.model", json!({"stringValue": "gpt"})),
        attribute("response.raw.usage.prompt_tokens", json!({"intValue": 7}))]}]);
    let found = items(&[span]);
    assert_eq!((found.len(), &found[0]["model"], &found[0]["input_tokens"]), (3, &json!("gpt"), &json!(7)));
    assert!(found.iter().all(|item| item["user_id"] == "ada"));
}
