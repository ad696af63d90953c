//! A piece of a request in JSON, however its writer understood the mapping of protobuf to JSON.

use data_encoding::{BASE64, HEXLOWER};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Names in snake case, which only writers have that the decoder does not understand.
const SNAKE_CASE: [&str; 2] = ["\"trace_id\"", "_value\""];
/// Enums in the order of their numbers.
const SPAN_KINDS: [&str; 6] = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUS_CODES: [&str; 3] = ["UNSET", "OK", "ERROR"];

/// A span or a resource; `None` when it is none.
pub(super) fn decode<T: DeserializeOwned>(piece: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(piece).ok()?;
    let is_of_library = SNAKE_CASE.iter().all(|name| !text.contains(name));
    let decoded = if is_of_library { serde_json::from_str(text).ok() } else { None };
    decoded.or_else(|| serde_json::from_value(repair(serde_json::from_str(text).ok()?)).ok())
}

/// The same as the decoder wants it: `null` is absent, an empty list has its values, names are in camel case, enums are
/// numbers, ids hexadecimal, and a number that is none is a text.
fn repair(json: Value) -> Value {
    match json {
        Value::Array(members) => members.into_iter().map(repair).collect(),
        Value::Object(members) => {
            let members = members.into_iter().filter_map(|(name, member)| {
                let name = to_camel_case(name);
                let member = repair_member(&name, member)?;
                Some((name_of_value(name, &member), member))
            });
            Value::Object(members.collect())
        }
        other => other,
    }
}

fn repair_member(name: &str, member: Value) -> Option<Value> {
    match (name, member) {
        ("doubleValue" | "intValue", Value::Null) => Some(Value::from("NaN")),
        (_, Value::Null) => None,
        ("kind", Value::String(word)) => Some(number_of(&SPAN_KINDS, "SPAN_KIND_", &word)),
        ("code", Value::String(word)) => Some(number_of(&STATUS_CODES, "STATUS_CODE_", &word)),
        ("doubleValue" | "intValue", Value::String(word)) => Some(read_number(word)),
        ("startTimeUnixNano" | "endTimeUnixNano" | "timeUnixNano", time) => Some(to_nanos(time)),
        ("traceId" | "spanId" | "parentSpanId", Value::String(id)) => Some(Value::from(to_hex(id))),
        ("arrayValue" | "kvlistValue", member) => {
            let mut list = repair(member);
            if let Some(list) = list.as_object_mut() {
                list.entry("values").or_insert_with(|| Value::Array(Vec::new()));
            }
            Some(list)
        }
        (_, member) => Some(repair(member)),
    }
}

/// The number of an enum's word, with its prefix or without; 0 for a word that nobody knows.
fn number_of(words: &[&str], prefix: &str, word: &str) -> Value {
    let bare = word.strip_prefix(prefix).unwrap_or(word);
    let number = || word.parse().ok().filter(|number| *number < words.len());
    Value::from(words.iter().position(|known| *known == bare).or_else(number).unwrap_or_default())
}

/// The decoder wants each value under the name of its type, and has no room for what JSON cannot write as a number.
fn name_of_value(name: String, value: &Value) -> String {
    let other = match (name.as_str(), value) {
        ("doubleValue" | "intValue" | "boolValue", Value::String(_)) => "stringValue",
        ("intValue", Value::Number(number)) if !number.is_i64() => "doubleValue",
        _ => return name,
    };
    other.to_owned()
}

fn read_number(word: String) -> Value {
    let whole = word.parse::<i64>().ok().map(Value::from);
    let decimal = || word.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number);
    whole.or_else(decimal).unwrap_or(Value::String(word))
}

/// Nanoseconds with a point or an exponent, as writers have them that know decimal numbers only.
fn to_nanos(time: Value) -> Value {
    let decimal = match &time {
        Value::Number(number) if !number.is_u64() => number.as_f64(),
        Value::String(text) if text.parse::<u64>().is_err() => text.parse().ok(),
        _ => None,
    };
    match decimal.filter(|nanos| *nanos >= 0.0) {
        Some(nanos) => Value::String(format!("{nanos:.0}")),
        None => time,
    }
}

fn to_camel_case(name: String) -> String {
    if !name.contains('_') {
        return name;
    }
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let mut letters = word.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        initial.into_iter().chain(letters).fold(name, |mut name, letter| {
            name.push(letter);
            name
        })
    })
}

/// Generic writers of protobuf write bytes in base64.
fn to_hex(id: String) -> String {
    let is_hex = matches!(id.len(), 16 | 32) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = if is_hex { None } else { BASE64.decode(id.as_bytes()).ok() };
    match bytes {
        Some(bytes) if matches!(bytes.len(), 8 | 16) => HEXLOWER.encode(&bytes),
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::trace::v1::Span;

    use super::*;

    #[test]
    fn what_other_writers_write_is_read_as_the_same_span() {
        let span = |json: &str| decode::<Span>(json.as_bytes()).unwrap();
        let plain = r#"{"traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708", "kind": 3,
            "startTimeUnixNano": "5", "status": {"code": 2}, "attributes": [{"key": "a", "value": {"stringValue": "x"}}]}"#;
        for other in [
            plain
                .replace("\"kind\": 3", "\"kind\": \"SPAN_KIND_CLIENT\"")
                .replace("\"code\": 2", "\"code\": \"STATUS_CODE_ERROR\""),
            plain
                .replace("0102030405060708090a0b0c0d0e0f10", "AQIDBAUGBwgJCgsMDQ4PEA==")
                .replace("0102030405060708", "AQIDBAUGBwg="),
            plain
                .replace("traceId", "trace_id")
                .replace("spanId", "span_id")
                .replace("startTimeUnixNano", "start_time_unix_nano")
                .replace("stringValue", "string_value"),
        ] {
            assert_eq!(span(&other), span(plain), "{other}");
        }
        for other in [
            plain.replace("\"kind\": 3", "\"kind\": \"3\"").replace("\"code\": 2", "\"code\": \"ERROR\""),
            plain.replace("\"5\"", "5.0"),
            plain.replace("\"5\"", "\"5e0\""),
        ] {
            assert_eq!(span(&other), span(plain), "{other}");
        }
        for number in ["5.0", "\"5.5\"", "\"many\"", "null", "1e300"] {
            let odd = plain.replace("{\"stringValue\": \"x\"}", &format!("{{\"intValue\": {number}}}"));
            assert_eq!(span(&odd).attributes.len(), 1, "{odd}");
        }
        for number in ["\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "null"] {
            let odd = plain.replace("{\"stringValue\": \"x\"}", &format!("{{\"doubleValue\": {number}}}"));
            assert_eq!(span(&odd).attributes.len(), 1, "{odd}");
        }
    }
}
