//! Walks the wire format of `ExportTraceServiceRequest` down to its spans, without building anything.

use prost::bytes::Buf;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::found::{Found, MAX_MEMBERS, not_readable, too_many_members};
use crate::problem::Problem;

/// Numbers of the fields that lead to spans, and to what is said of their process.
const RESOURCE_SPANS: u32 = 1;
const RESOURCE: u32 = 1;
const SCOPE_SPANS: u32 = 2;
const SPANS: u32 = 2;

/// A message with the fields in which others lie, by their numbers.
struct Shape {
    nested: &'static [(u32, &'static Shape)],
}

static SPAN: Shape = Shape { nested: &[(9, &KEY_VALUE), (11, &EVENT), (13, &LINK)] };
static ATTRIBUTES: Shape = Shape { nested: &[(1, &KEY_VALUE)] };
static EVENT: Shape = Shape { nested: &[(3, &KEY_VALUE)] };
static LINK: Shape = Shape { nested: &[(4, &KEY_VALUE)] };
static KEY_VALUE: Shape = Shape { nested: &[(2, &ANY_VALUE)] };
static ANY_VALUE: Shape = Shape { nested: &[(5, &ARRAY), (6, &KEY_VALUE_LIST)] };
static ARRAY: Shape = Shape { nested: &[(1, &ANY_VALUE)] };
static KEY_VALUE_LIST: Shape = Shape { nested: &[(1, &KEY_VALUE)] };
/// How deep values lie in each other; prost refuses what is deeper.
const MAX_DEPTH: u32 = 100;

pub(super) fn find_spans(body: &[u8]) -> Result<Found<'_>, Problem> {
    let mut found = Found::default();
    for resource_spans in fields(body) {
        let (first, mut resource) = (found.spans.len(), None);
        for field in resource_spans?.nested(RESOURCE_SPANS) {
            let field = field?;
            resource = field.message(RESOURCE).or(resource);
            for field in field.nested(SCOPE_SPANS) {
                if let Some(span) = field?.message(SPANS) {
                    found.push(span)?;
                }
            }
        }
        found.set_resource(first, resource);
    }
    for (span, _) in &found.spans {
        count_members(span, &SPAN, MAX_DEPTH, &mut 0)?;
    }
    for resource in &found.resources {
        count_members(resource, &ATTRIBUTES, MAX_DEPTH, &mut 0)?;
    }
    Ok(found)
}

/// Adds up the messages inside of one.
fn count_members(message: &[u8], shape: &Shape, depth: u32, members: &mut usize) -> Result<(), Problem> {
    if depth == 0 {
        return Err(not_readable());
    }
    for field in fields(message) {
        let field = field?;
        let nested = shape.nested.iter().find(|(number, _)| *number == field.number);
        let Some((message, (_, shape))) = field.message.zip(nested) else { continue };
        *members += 1;
        if *members > MAX_MEMBERS {
            return Err(too_many_members());
        }
        count_members(message, shape, depth - 1, members)?;
    }
    Ok(())
}

/// One field of a message.
struct Field<'a> {
    number: u32,
    /// What it holds, if that has a length.
    message: Option<&'a [u8]>,
}

impl<'a> Field<'a> {
    fn message(&self, number: u32) -> Option<&'a [u8]> {
        self.message.filter(|_| self.number == number)
    }

    /// The fields inside, if it has this number.
    fn nested(&self, number: u32) -> impl Iterator<Item = Result<Field<'a>, Problem>> + use<'a> {
        fields(self.message(number).unwrap_or_default())
    }
}

/// The fields of a message, up to the first that cannot be read.
fn fields(mut message: &[u8]) -> impl Iterator<Item = Result<Field<'_>, Problem>> {
    std::iter::from_fn(move || {
        if message.is_empty() {
            return None;
        }
        let field = read_field(&mut message);
        if field.is_none() {
            message = &[];
        }
        Some(field.ok_or_else(not_readable))
    })
}

fn read_field<'a>(rest: &mut &'a [u8]) -> Option<Field<'a>> {
    let (number, wire_type) = decode_key(rest).ok()?;
    if wire_type != WireType::LengthDelimited {
        skip_field(wire_type, number, rest, DecodeContext::default()).ok()?;
        return Some(Field { number, message: None });
    }
    let length = usize::try_from(decode_varint(rest).ok()?).ok()?;
    let message = rest.get(..length)?;
    rest.advance(length);
    Some(Field { number, message: Some(message) })
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, any_value::Value};
    use opentelemetry_proto::tonic::resource::v1::Resource;
    use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
    use prost::Message;

    use super::*;

    fn request(spans: Vec<Span>) -> Vec<u8> {
        let scopes = spans.into_iter().map(|span| ScopeSpans { spans: vec![span], ..ScopeSpans::default() });
        let resource = ResourceSpans {
            resource: Some(Resource { attributes: vec![KeyValue::default(); 3], ..Resource::default() }),
            scope_spans: scopes.collect(),
            schema_url: "schema".to_owned(),
        };
        ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec()
    }

    fn named(name: &str) -> Span {
        Span { name: name.to_owned(), ..Span::default() }
    }

    #[test]
    fn spans_are_found_in_all_scopes() {
        let body = request(vec![named("a"), named("b")]);
        let spans = find_spans(&body).unwrap().spans;
        let decoded: Vec<_> = spans.iter().map(|(span, _)| Span::decode(*span).unwrap()).collect();
        assert_eq!(decoded, [named("a"), named("b")]);
        assert!(find_spans(b"").unwrap().spans.is_empty());
    }

    #[test]
    fn empty_spans_are_counted_before_they_are_built() {
        let spans = [0x12, 0x00].repeat(16_000_000);
        let scope = [[0x12].as_slice(), &varint(spans.len()), &spans].concat();
        let body = [[0x0a].as_slice(), &varint(scope.len()), &scope].concat();
        assert_eq!(find_spans(&body).unwrap_err().code(), "too_many_items");
    }

    #[test]
    fn members_of_every_kind_are_counted() {
        let attributes = || vec![KeyValue::default(); MAX_MEMBERS];
        let array = ArrayValue { values: vec![AnyValue::default(); MAX_MEMBERS] };
        let value = Some(AnyValue { value: Some(Value::ArrayValue(array)) });
        for span in [
            Span { attributes: vec![KeyValue::default(); MAX_MEMBERS + 1], ..Span::default() },
            Span { events: vec![Event::default(); MAX_MEMBERS + 1], ..Span::default() },
            Span { links: vec![Link::default(); MAX_MEMBERS + 1], ..Span::default() },
            Span { events: vec![Event { attributes: attributes(), ..Event::default() }], ..Span::default() },
            Span { links: vec![Link { attributes: attributes(), ..Link::default() }], ..Span::default() },
            Span { attributes: vec![KeyValue { value, ..KeyValue::default() }], ..Span::default() },
        ] {
            assert_eq!(find_spans(&request(vec![span])).unwrap_err().code(), "span_too_large");
        }
        let most = Span { attributes: attributes(), ..Span::default() };
        assert_eq!(find_spans(&request(vec![most.clone(), most])).unwrap().spans.len(), 2);
    }

    #[test]
    fn what_breaks_off_is_refused() {
        let body = request(vec![named("a"), named("b")]);
        for length in 1..body.len() {
            assert_eq!(find_spans(&body[..length]).unwrap_err().code(), "otlp_invalid");
        }
    }

    #[test]
    fn values_without_end_are_refused() {
        let mut value = AnyValue::default();
        for _ in 0..200 {
            value = AnyValue { value: Some(Value::ArrayValue(ArrayValue { values: vec![value] })) };
        }
        let attributes = vec![KeyValue { value: Some(value), ..KeyValue::default() }];
        let body = request(vec![Span { attributes, ..Span::default() }]);
        assert_eq!(find_spans(&body).unwrap_err().code(), "otlp_invalid");
    }

    fn varint(number: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        prost::encoding::encode_varint(number as u64, &mut bytes);
        bytes
    }
}
