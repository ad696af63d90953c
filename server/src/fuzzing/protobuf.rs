//! Messages of protobuf, put together field by field: their lengths are right, so readers get to what is inside.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use prost::encoding::{WireType, encode_varint};

use super::bytes::MAX_INPUT;
use super::words::text;

/// A field with its number.
#[derive(Clone, Debug)]
pub(crate) enum Field {
    Varint(u32, u64),
    Fixed64(u32, u64),
    Bytes(u32, Vec<u8>),
    Message(u32, Vec<Field>),
    /// The same field so often, as a list has it.
    Repeated(Box<Field>, usize),
}

/// A message of any shape, as deep as traces are and somewhat deeper. Lists are the lowest fields of most messages.
pub(crate) fn any_message() -> impl Strategy<Value = Vec<u8>> {
    let number = || prop_oneof![4 => 1..4_u32, 2 => 4..17_u32, 1 => select(vec![0, 100, 1 << 20])];
    let leaf = prop_oneof![
        2 => (number(), any::<u64>()).prop_map(|(number, value)| Field::Varint(number, value)),
        1 => (number(), any::<u64>()).prop_map(|(number, value)| Field::Fixed64(number, value)),
        2 => (number(), text()).prop_map(|(number, text)| Field::Bytes(number, text.into_bytes())),
        1 => (number(), vec(any::<u8>(), 0..17)).prop_map(|(number, bytes)| Field::Bytes(number, bytes)),
        2 => number().prop_map(|number| Field::Message(number, Vec::new())),
    ];
    let field = leaf.prop_recursive(8, 60, 5, move |inner| {
        let times = prop_oneof![4 => 1..5_usize, 1 => 9_990..10_010_usize, 1 => 10_000..600_000_usize];
        prop_oneof![
            3 => (number(), vec(inner.clone(), 0..5)).prop_map(|(number, fields)| Field::Message(number, fields)),
            1 => (inner, times).prop_map(|(field, times)| Field::Repeated(Box::new(field), times)),
        ]
    });
    vec(field, 0..4).prop_map(|fields| encode(&fields))
}

/// A message of these fields. A list that would be larger than any input is shorter.
pub(crate) fn encode(fields: &[Field]) -> Vec<u8> {
    let mut message = Vec::new();
    fields.iter().for_each(|field| write(field, &mut message));
    message
}

fn write(field: &Field, message: &mut Vec<u8>) {
    match field {
        Field::Varint(number, value) => {
            write_key(*number, WireType::Varint, message);
            encode_varint(*value, message);
        }
        Field::Fixed64(number, value) => {
            write_key(*number, WireType::SixtyFourBit, message);
            message.extend(value.to_le_bytes());
        }
        Field::Bytes(number, bytes) => write_bytes(*number, bytes, message),
        Field::Message(number, fields) => write_bytes(*number, &encode(fields), message),
        Field::Repeated(field, times) => {
            let once = encode(std::slice::from_ref(field));
            let times = (*times).min(MAX_INPUT.saturating_sub(message.len()) / once.len().max(1));
            message.extend(once.repeat(times));
        }
    }
}

/// Also numbers that no field may have.
fn write_key(number: u32, wire_type: WireType, message: &mut Vec<u8>) {
    encode_varint(u64::from(number) << 3 | wire_type as u64, message);
}

fn write_bytes(number: u32, bytes: &[u8], message: &mut Vec<u8>) {
    write_key(number, WireType::LengthDelimited, message);
    encode_varint(bytes.len() as u64, message);
    message.extend(bytes);
}
