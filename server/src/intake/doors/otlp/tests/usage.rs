//! Tokens and money, in every form in which they come.

use serde_json::{Value, json};

use super::{call, items, read, span, with};

/// Tokens read and written of a call with these attributes.
fn tokens(attributes: Value) -> (Value, Value) {
    let call = json!({"langfuse.observation.type": "generation", "langfuse.observation.model.name": "m"});
    let found = items(&[span("1", "", (0, 1), &with(call, attributes))]);
    (found[0]["input_tokens"].clone(), found[0]["output_tokens"].clone())
}

#[test]
fn usage_of_langfuse_is_summed_as_its_clients_mean_it() {
    for (usage, input, output) in [
        (
            json!({"input": 86, "input_cached_tokens": 17_817, "output": 5, "total": 17_908}),
            json!(17_903),
            json!(5),
        ),
        (
            json!({"input": 10, "input_cache_read": 5, "input_priority": 15, "output": 2, "output_reasoning": 3}),
            json!(15),
            json!(5),
        ),
        (json!({"input": 100, "input_cached_tokens": 64, "output": 7, "total": 107}), json!(100), json!(7)),
        (json!({"input": 10, "cache_read_input_tokens": 5}), json!(15), Value::Null),
        (json!({"input_tokens": 100, "output_tokens": 7, "total_tokens": 107}), json!(100), json!(7)),
        (
            json!({"input_tokens": 100, "input_tokens_details": {"cached_tokens": 50}}),
            json!(100),
            Value::Null,
        ),
        (
            json!({"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}}),
            json!(9),
            json!(3),
        ),
        (
            json!({"input_tokens": 4, "cache_read_input_tokens": 30, "cache_creation_input_tokens": 6, "output_tokens": 1}),
            json!(40),
            json!(1),
        ),
        (json!({"input": "7", "output": -1}), json!(7), Value::Null),
        (json!({}), Value::Null, Value::Null),
    ] {
        let found = tokens(json!({"langfuse.observation.usage_details": usage.to_string()}));
        assert_eq!(found, (input, output), "{usage}");
    }
}

#[test]
fn what_was_cached_is_part_of_the_input_unless_it_is_more_than_that() {
    let cached = |input: u64, read: u64, written: u64| {
        tokens(json!({"gen_ai.usage.input_tokens": input, "gen_ai.usage.cache_read.input_tokens": read,
            "gen_ai.usage.cache_creation.input_tokens": written}))
        .0
    };
    assert_eq!(cached(100, 80, 10), 100);
    assert_eq!(cached(4, 30, 6), 40);
}

#[test]
fn the_first_number_that_can_be_read_counts() {
    let found = tokens(json!({"gen_ai.usage.input_tokens": "NaN", "ai.usage.inputTokens": 5}));
    assert_eq!(found.0, 5);
    let cost = json!({"operation.cost": "Infinity", "langfuse.observation.cost_details": r#"{"input": 0.1, "output": 0.2}"#});
    assert_eq!(items(&[span("1", "", (0, 1), &with(call("m", 1, 1), cost))])[0]["cost_usd"], 0.3);
}

#[test]
fn a_call_whose_tokens_are_no_numbers_counts_all_the_same() {
    for value in [
        json!({"doubleValue": null}),
        json!({"doubleValue": "NaN"}),
        json!({"stringValue": "many"}),
        json!({}),
        Value::Null,
    ] {
        let mut odd = span("1", "", (0, 1), &json!({"ai.model.id": "m"}));
        odd["attributes"]
            .as_array_mut()
            .unwrap()
            .push(json!({"key": "ai.usage.inputTokens", "value": value}));
        assert_eq!(items(&[odd]).len(), 3, "{value}");
    }
}

#[test]
fn a_process_names_whom_its_spans_do_not() {
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let sent = |user: &str, attributes: Value| {
        let spans = [span("1", "", (0, 1), &with(call("m", 1, 1), attributes))];
        let resource = json!({"attributes": [attribute("user.id", user), attribute("service.name", "bot")]});
        let body = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]});
        super::items_of(&super::read_body(&body), None)
    };
    assert_eq!(sent("ada", json!({}))[0]["user_id"], "ada");
    assert_eq!(sent("ada", json!({"user.id": "bob"}))[0]["user_id"], "bob");
    assert_eq!(sent(&"x".repeat(201), json!({"session.id": "s"}))[0]["user_id"], "s");
    assert!(read(&[span("1", "", (0, 1), &call("m", 1, 1))]).rejected.is_empty());
}
