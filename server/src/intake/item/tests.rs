use analytics::error::RejectionCode as Code;
use analytics::fact::{Fact, FactKind};
use analytics::instant::Instant;
use serde_json::json;
use serde_json::value::RawValue;

use super::*;

const READER: ItemReader = ItemReader { arrived_at: Instant::from_ms(1_800_000_000_000), stores_text: true };

/// An item of which one field is JSON, and the others are right.
fn item_with(field: Field, json: &str) -> Item<'static> {
    let mut item =
        Item { user_id: Some("ada".into()), at: Some(1_795_000_000_000.into()), ..Item::default() };
    match field {
        Field::Value | Field::Properties => item.r#type = Some("rated".into()),
        _ => item.direction = Some("outgoing".into()),
    }
    item.set(field, Some(Value::Made(RawValue::from_string(json.to_owned()).unwrap())));
    item
}

fn read(field: Field, json: &str, strictness: Strictness) -> Result<Fact, Rejection> {
    READER.read(&item_with(field, json), strictness)
}

/// What is left of a value in one field of an item from elsewhere, as it is stored.
fn kept(field: Field, json: &str) -> Option<String> {
    let fact = read(field, json, Strictness::LeaveOut).unwrap();
    Item::of_fact(&fact).unwrap().get(field).map(|value| value.to_json().into_owned())
}

#[test]
fn what_cannot_be_read_is_left_out_or_refused_with_its_field() {
    let long = json!("x".repeat(MAX_TEXT_BYTES + 1)).to_string();
    let deep = format!(r#"{{"a": {}{}}}"#, "[".repeat(31), "]".repeat(31));
    let large = json!({"a": "x".repeat(MAX_PROPERTIES_BYTES)}).to_string();
    let word = json!("x".repeat(MAX_WORD_BYTES + 1)).to_string();
    for (field, json, code) in [
        (Field::Text, long.as_str(), Code::TextTooLong),
        (Field::Text, "5", Code::TextInvalid),
        (Field::Text, r#""cut \ud83d""#, Code::TextInvalid),
        (Field::Handled, r#""yes""#, Code::ValueInvalid),
        (Field::ModelFailed, "1", Code::ValueInvalid),
        (Field::Intent, r#"{"name": "greet"}"#, Code::ValueInvalid),
        (Field::Model, word.as_str(), Code::ValueInvalid),
        (Field::InputTokens, "-1", Code::ValueInvalid),
        (Field::OutputTokens, r#""12""#, Code::ValueInvalid),
        (Field::LatencyMs, "1e30", Code::ValueInvalid),
        (Field::CostUsd, "1e400", Code::ValueInvalid),
        (Field::CostUsd, "99999999999", Code::ValueInvalid),
        (Field::Value, "true", Code::ValueInvalid),
        (Field::Properties, "[]", Code::PropertiesInvalid),
        (Field::Properties, deep.as_str(), Code::PropertiesInvalid),
        (Field::Properties, large.as_str(), Code::PropertiesTooLarge),
    ] {
        assert_eq!(kept(field, json), None, "{field:?} {json}");
        let refused = read(field, json, Strictness::Refuse).unwrap_err();
        assert_eq!(refused, Rejection::of_field(code, field), "{json}");
    }
    assert_eq!(kept(Field::Channel, r#""Facebook Messenger""#).unwrap(), r#""api""#);
}

#[test]
fn what_can_be_read_is_kept() {
    for (field, sent, stored) in [
        (Field::Text, r#""""#, r#""""#),
        (Field::Handled, "false", "false"),
        (Field::Channel, r#""Web""#, r#""web""#),
        (Field::Properties, "{\"a\":\n1}", r#"{"a": 1}"#),
        (Field::SessionId, "7", r#""7""#),
    ] {
        assert_eq!(kept(field, sent).as_deref(), Some(stored), "{sent}");
    }
}

#[test]
fn numbers_from_elsewhere_are_rounded_to_what_is_kept_of_them() {
    for (sent, whole) in [("12", "12"), ("812.5001", "813"), ("8.1e2", "810"), ("-0.2", "0")] {
        assert_eq!(kept(Field::LatencyMs, sent).as_deref(), Some(whole));
    }
    for (sent, amount) in [("0.0012", "0.0012"), ("0.30000000000000004", "0.3"), ("1e-12", "0"), ("-2", "-2")]
    {
        assert_eq!(kept(Field::Value, sent).as_deref(), Some(amount));
    }
    for (field, sent) in [(Field::LatencyMs, "812.5"), (Field::CostUsd, "0.30000000000000004")] {
        let refused = read(field, sent, Strictness::Refuse).unwrap_err();
        assert_eq!(refused, Rejection::of_field(Code::ValueInvalid, field));
    }
}

#[test]
fn ids_decide_unless_they_come_empty_from_elsewhere() {
    for field in [Field::Id, Field::UserId, Field::SessionId] {
        let refused = read(field, "{}", Strictness::LeaveOut).unwrap_err();
        assert_eq!(refused.field, Some(field));
        let refused = read(field, r#""""#, Strictness::Refuse).unwrap_err();
        assert_eq!(refused.field, Some(field));
    }
    assert_eq!(kept(Field::SessionId, r#""""#), None);
    assert!(kept(Field::Id, r#""""#).unwrap().contains("derived-"));
    let refused = read(Field::UserId, r#""""#, Strictness::LeaveOut).unwrap_err();
    assert_eq!(refused, Rejection::of_field(Code::UserIdMissing, Field::UserId));
}

#[test]
fn a_value_that_was_made_is_read_as_one_that_was_sent() {
    let made = Item {
        id: Some(7.into()),
        user_id: Some("ada".into()),
        at: Some(1_795_000_000_000.into()),
        direction: Some(analytics::fact::Direction::Outgoing.into()),
        model: Some("m".into()),
        input_tokens: Some(12.into()),
        cost_usd: Some(Value::Nano(250_000_000)),
        model_failed: Some(true.into()),
        ..Item::default()
    };
    let json = serde_json::to_string(&made).unwrap();
    assert_eq!(
        json,
        r#"{"id":7,"user_id":"ada","at":1795000000000,"direction":"outgoing","model":"m","input_tokens":12,"cost_usd":0.25,"model_failed":true}"#
    );
    let fact = READER.read(&made, Strictness::Refuse).unwrap();
    assert_eq!(READER.read_json(json.as_bytes()).as_ref(), Ok(&fact));
    assert!(matches!(fact.kind, FactKind::Message(message) if message.model_use.is_some()));
}

#[test]
fn the_order_of_the_fields_is_that_of_the_table() {
    let item = r#"{"direction": 5, "at": "x", "user_id": {}, "id": {}, "type": 5}"#;
    for (without, field) in [
        ("", Field::Type),
        ("type", Field::Id),
        ("id", Field::UserId),
        ("user_id", Field::At),
        ("at", Field::Direction),
    ] {
        let mut fields = serde_json::from_str::<serde_json::Value>(item).unwrap();
        let order = ["type", "id", "user_id", "at"];
        let gone = order.iter().position(|name| *name == without).map_or(0, |place| place + 1);
        for name in &order[..gone] {
            fields[*name] = if *name == "user_id" { json!("ada") } else { json!(null) };
        }
        assert_eq!(READER.read_json(fields.to_string().as_bytes()).unwrap_err().field, Some(field));
    }
}
