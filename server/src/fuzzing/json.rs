//! JSON, changed as values: what comes of it is JSON still, so it gets past the parser and into what reads it.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::bytes::{MAX_INPUT, edited_from};
use super::words::{NAMES, text};

/// One change of the value at a place, counted from the outermost in the order in which they are written.
#[derive(Clone, Debug)]
enum Edit {
    Set(Index, Value),
    /// Another value of the same input.
    Copy {
        from: Index,
        to: Index,
    },
    Wrap(Index, Wrap),
    /// One member of an array or object.
    Remove(Index, Index),
    /// One member of an array, so often.
    Repeat(Index, Index, usize),
    Rename(Index, Index, &'static str),
}

#[derive(Clone, Copy, Debug)]
enum Wrap {
    Array,
    Object,
    /// The value as a text of JSON.
    Text,
}

/// One of these JSON inputs, changed as a value, and now and then as bytes too.
pub(crate) fn edited_json(inputs: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let values = inputs.iter().filter_map(|input| serde_json::from_slice(input).ok());
    let values = values.collect::<Vec<Value>>();
    assert_eq!(values.len(), inputs.len(), "a sample is no JSON");
    let changed = edited_values(values).prop_map(|value| write(&value)).boxed();
    prop_oneof![3 => changed.clone(), 1 => edited_from(changed)]
}

/// One of these values, changed in up to six places.
pub(crate) fn edited_values(values: Vec<Value>) -> impl Strategy<Value = Value> {
    let values = Arc::new(values);
    (any::<Index>(), vec(edit(), 0..=6)).prop_map(move |(place, edits)| {
        let mut value = place.get(&values).clone();
        edits.iter().for_each(|edit| apply(&mut value, edit));
        value
    })
}

/// Nothing where it became too large.
fn write(value: &Value) -> Vec<u8> {
    let text = value.to_string().into_bytes();
    if text.len() > 2 * MAX_INPUT { Vec::new() } else { text }
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<Index>;
    let wraps = select(vec![Wrap::Array, Wrap::Object, Wrap::Text]);
    let times = prop_oneof![6 => 1..4_usize, 2 => 4..300_usize, 1 => 9_990..10_010_usize];
    prop_oneof![
        5 => (place(), odd_value()).prop_map(|(at, value)| Edit::Set(at, value)),
        2 => (place(), place()).prop_map(|(from, to)| Edit::Copy { from, to }),
        1 => (place(), wraps).prop_map(|(at, wrap)| Edit::Wrap(at, wrap)),
        2 => (place(), place()).prop_map(|(at, member)| Edit::Remove(at, member)),
        1 => (place(), place(), times).prop_map(|(at, member, times)| Edit::Repeat(at, member, times)),
        2 => (place(), place(), select(NAMES.to_vec()))
            .prop_map(|(at, member, name)| Edit::Rename(at, member, name)),
    ]
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => select(vec![json!(null), json!(true), json!(false), json!([]), json!({}), json!([[]])]),
        3 => prop_oneof![any::<i64>().prop_map(Value::from), any::<f64>().prop_map(Value::from)],
        2 => select(vec![json!(0), json!(-1), json!(u64::MAX), json!(i64::MIN), json!(1e300), json!(5e-324),
            json!(1_767_323_045), json!(1_767_323_045_678_i64), json!(1_767_323_045.678), json!(0.000_000_000_1)]),
        6 => text().prop_map(Value::from),
        1 => (1..130_usize).prop_map(nested),
        1 => select(vec![100, 9_999, 10_000, 10_001]).prop_map(wide),
    ]
}

fn nested(depth: usize) -> Value {
    (0..depth)
        .fold(json!(1), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({"a": inner}) })
}

fn wide(fields: usize) -> Value {
    (0..fields).map(|field| (field.to_string(), json!(0))).collect::<Map<_, _>>().into()
}

fn apply(value: &mut Value, edit: &Edit) {
    let count = count(value);
    match edit {
        Edit::Set(at, new) => set(value, at.index(count), new.clone()),
        Edit::Copy { from, to } => {
            let copied = find(value, &mut from.index(count)).map(|found| found.clone()).unwrap_or_default();
            set(value, to.index(count), copied);
        }
        Edit::Wrap(at, wrap) => {
            let Some(found) = find(value, &mut at.index(count)) else { return };
            let inner = found.take();
            *found = match wrap {
                Wrap::Array => json!([inner]),
                Wrap::Object => json!({ "a": inner }),
                Wrap::Text => inner.to_string().into(),
            };
        }
        Edit::Remove(at, member) => remove(find(value, &mut at.index(count)), member),
        Edit::Repeat(at, member, times) => repeat(find(value, &mut at.index(count)), member, *times),
        Edit::Rename(at, member, name) => rename(find(value, &mut at.index(count)), member, name),
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(members) => members.iter().map(count).sum::<usize>(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a place, which counts down to it.
fn find<'a>(value: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(members) => members.iter_mut().find_map(|member| find(member, place)),
        Value::Object(members) => members.values_mut().find_map(|member| find(member, place)),
        _ => None,
    }
}

fn set(value: &mut Value, mut place: usize, new: Value) {
    if let Some(found) = find(value, &mut place) {
        *found = new;
    }
}

fn remove(value: Option<&mut Value>, member: &Index) {
    match value {
        Some(Value::Array(members)) if !members.is_empty() => {
            members.remove(member.index(members.len()));
        }
        Some(Value::Object(members)) => {
            if let Some(name) = name_of(members, member) {
                members.remove(&name);
            }
        }
        _ => {}
    }
}

fn repeat(value: Option<&mut Value>, member: &Index, times: usize) {
    let Some(Value::Array(members)) = value else { return };
    if members.is_empty() {
        return;
    }
    let repeated = member.get(members).clone();
    let times = times.min(MAX_INPUT / repeated.to_string().len());
    members.extend(std::iter::repeat_n(repeated, times));
}

fn rename(value: Option<&mut Value>, member: &Index, name: &str) {
    let Some(Value::Object(members)) = value else { return };
    if let Some(renamed) = name_of(members, member).and_then(|old| members.remove(&old)) {
        members.insert(name.to_owned(), renamed);
    }
}

fn name_of(members: &Map<String, Value>, member: &Index) -> Option<String> {
    if members.is_empty() { None } else { members.keys().nth(member.index(members.len())).cloned() }
}
