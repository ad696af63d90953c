//! What a call has used, under whatever names: tokens and money.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::attributes::Attributes;
use super::names::{
    CACHED_TOKENS, COST, COST_PARTS, INPUT_TOKENS, LANGFUSE_COST, LANGFUSE_USAGE, Numbers, OUTPUT_TOKENS,
    TOTAL_TOKENS,
};
use crate::intake::item::Value as ItemValue;
use crate::intake::json;

/// Keys of Langfuse's usage that are no parts of a sum.
const NO_PARTS: [&str; 2] = ["_priority", "_details"];
/// Beside Anthropic's own count of the input, without what is in the cache.
const BESIDE_INPUT: [&str; 2] = ["cache_read_input_tokens", "cache_creation_input_tokens"];

/// The tokens of a call, and whether the span speaks of tokens at all.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) input: Option<u64>,
    pub(super) output: Option<u64>,
    /// Also where the attributes for it hold no number.
    pub(super) are_told: bool,
}

/// A number in an attribute.
#[derive(Clone, Debug)]
enum Number {
    /// No attribute has it.
    Absent,
    /// An attribute that should have it holds none.
    Unreadable,
    /// Any number.
    Is(ItemValue<'static>),
}

impl Number {
    fn as_count(&self) -> Option<u64> {
        if let Self::Is(value) = self { value.as_rounded_count() } else { None }
    }

    fn as_nano(&self) -> Option<i64> {
        if let Self::Is(value) = self { value.as_rounded_nano() } else { None }
    }

    fn is_told(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Is(_) => self,
            Self::Unreadable => {
                if let other @ Self::Is(_) = other() {
                    other
                } else {
                    self
                }
            }
            Self::Absent => other(),
        }
    }
}

/// The tokens that a span tells of.
pub(super) fn find_tokens(attributes: &Attributes<'_>) -> Tokens {
    let langfuse = attributes.find_json(LANGFUSE_USAGE);
    let input = find_number(attributes, &INPUT_TOKENS);
    let output = find_number(attributes, &OUTPUT_TOKENS);
    let are_told = input.is_told()
        || output.is_told()
        || attributes.has_any(INPUT_TOKENS.own)
        || attributes.has_any(OUTPUT_TOKENS.own)
        || langfuse.as_ref().is_some_and(has_members)
        || attributes.has_any(&TOTAL_TOKENS);
    let of_langfuse = |own, names| sum_of_langfuse(langfuse.as_ref()?, own, names);
    Tokens {
        input: input.as_count().map(|input| with_cached(attributes, input)).or_else(|| {
            of_langfuse("input", ["prompt_tokens", "input_tokens", "promptTokens", "inputTokens"])
        }),
        output: output.as_count().or_else(|| {
            of_langfuse("output", ["completion_tokens", "output_tokens", "completionTokens", "outputTokens"])
        }),
        are_told,
    }
}

/// The cost of a call, in billionths of a US dollar.
pub(super) fn find_cost_nano(attributes: &Attributes<'_>) -> Option<i64> {
    let own = find_number(attributes, &COST).as_nano();
    own.or_else(|| sum_costs(&attributes.find_json(LANGFUSE_COST)?))
        .or_else(|| COST_PARTS.iter().find_map(|parts| add_parts(attributes, parts)))
}

fn find_number(attributes: &Attributes<'_>, numbers: &Numbers) -> Number {
    let own = numbers.own.iter().filter_map(|key| attributes.find(key)).map(read_number);
    let own = own.fold(Number::Absent, |found, next| found.or_else(|| next));
    own.or_else(|| {
        let inside = numbers.inside.iter().filter_map(|(key, way)| {
            let object = attributes.find_json(key)?;
            way.split('.').try_fold(&object, |object, member| object.get(member)).map(read_member)
        });
        inside.fold(Number::Absent, |found, next| found.or_else(|| next))
    })
}

fn read_number(value: &Any) -> Number {
    match value {
        Any::IntValue(number) => Number::Is(ItemValue::Whole(*number)),
        Any::DoubleValue(number) => write_number(number.to_string()),
        Any::StringValue(text) => write_number(text.trim().to_owned()),
        _ => Number::Unreadable,
    }
}

fn read_member(value: &Value) -> Number {
    match value {
        Value::Null => Number::Absent,
        Value::String(text) => write_number(text.trim().to_owned()),
        other => write_number(other.to_string()),
    }
}

fn write_number(text: String) -> Number {
    let raw = RawValue::from_string(text).ok().filter(|raw| json::is_number(raw));
    raw.map_or(Number::Unreadable, |raw| Number::Is(ItemValue::Made(raw)))
}

/// What is in a cache is part of the input. Where it is more than that, the client has left it out.
fn with_cached(attributes: &Attributes<'_>, input: u64) -> u64 {
    let cached = CACHED_TOKENS.iter().filter_map(|key| attributes.find(key));
    let cached: Vec<u64> = cached.filter_map(|value| read_number(value).as_count()).collect();
    // Old and new names of one number may stand side by side.
    let most = cached.iter().copied().max().unwrap_or_default();
    if most > input {
        input.saturating_add(cached.iter().copied().fold(0, u64::saturating_add))
    } else {
        input
    }
}

fn has_members(object: &Value) -> bool {
    object.as_object().is_some_and(|members| !members.is_empty())
}

/// Langfuse's own keys add up to what was read or written: `input` is without the cached tokens, which stand beside it as
/// `input_cached_tokens`, unless the total says otherwise. Counts of a provider, as they came, are complete; only Anthropic's leave out what was cached.
fn sum_of_langfuse(usage: &Value, own: &str, names: [&str; 4]) -> Option<u64> {
    let members = usage.as_object()?;
    let count = |value: &Value| read_member(value).as_count();
    if members.contains_key(own) && is_whole(members) {
        return count(members.get(own)?);
    }
    if members.contains_key(own) {
        let is_part =
            |key: &str| key.starts_with(own) && !NO_PARTS.iter().any(|no_part| key.contains(no_part));
        let parts = members.iter().filter(|(key, _)| is_part(key)).filter_map(|(_, value)| count(value));
        let cached = members.iter().filter(|(key, _)| own == "input" && key.starts_with("cache_"));
        let cached = cached.filter_map(|(_, value)| count(value));
        return parts.chain(cached).reduce(u64::saturating_add);
    }
    let whole = names.iter().find_map(|name| count(members.get(*name)?))?;
    let is_anthropic = own == "input" && members.contains_key("input_tokens");
    let beside = BESIDE_INPUT.iter().filter(|_| is_anthropic).filter_map(|name| count(members.get(*name)?));
    Some(beside.fold(whole, u64::saturating_add))
}

/// Whether `input` and `output` alone make the total that is told, so that what stands beside them is part of them.
fn is_whole(members: &Map<String, Value>) -> bool {
    let count = |name: &str| read_member(members.get(name)?).as_count();
    match (count("input"), count("output"), count("total")) {
        (Some(input), Some(output), Some(total)) => input.checked_add(output) == Some(total),
        _ => false,
    }
}

/// `total`, or else the sum of all.
fn sum_costs(costs: &Value) -> Option<i64> {
    let amount = |value: &Value| read_member(value).as_nano();
    let members = costs.as_object()?;
    let total = members.get("total").and_then(amount);
    total.or_else(|| members.values().filter_map(amount).reduce(i64::saturating_add))
}

fn add_parts(attributes: &Attributes<'_>, parts: &[&str]) -> Option<i64> {
    let amounts = parts.iter().filter_map(|key| read_number(attributes.find(key)?).as_nano());
    amounts.reduce(i64::saturating_add)
}
