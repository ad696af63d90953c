//! What was said before and after a call of a model that is told in another form than spans.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;

use super::attributes::Attributes;
use super::calls::{Beginning, End, find_talk};
use super::kinds::is_helper;
use super::said::{find_answered, find_asked};

/// The messages of one call, each absent where nothing was said: a call that goes on after a tool makes no message of the
/// user, one that ends in a tool none of the bot.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// The user's, with its words as far as they are known.
    pub asked: Option<Words>,
    /// The bot's.
    pub answered: Option<Words>,
}

/// The words of a message; `None` where nobody tells them.
pub type Words = Option<String>;

/// Reads what was said around a call: its input and output as JSON, and the name of what it was made for.
pub fn read_spoken(input: Option<&str>, output: Option<&str>, purpose: Option<&str>) -> Spoken {
    let mut span = Span { name: purpose.unwrap_or_default().to_owned(), ..Span::default() };
    let inputs = input.map(|json| attribute("gen_ai.input.messages", json));
    let outputs = output.map(|json| attribute("gen_ai.output.messages", json));
    span.attributes = inputs.into_iter().chain(outputs).collect();
    let attributes = Attributes::new(&span.attributes);
    if is_helper(&span, &attributes) {
        return Spoken::default();
    }
    let talk = find_talk(&span, &attributes);
    let begins_here = talk.begins == Beginning::User;
    let is_answered = talk.ends == End::Words || talk.ends == End::Untold && begins_here;
    Spoken {
        asked: begins_here.then(|| find_asked(&span, &attributes)),
        answered: is_answered.then(|| find_answered(&span, &attributes)),
    }
}

fn attribute(key: &str, json: &str) -> KeyValue {
    let value = AnyValue { value: Some(Any::StringValue(json.to_owned())) };
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HI: &str = r#"[{"role": "system", "content": "be"}, {"role": "user", "content": "hi"}]"#;
    const HELLO: &str = r#"[{"role": "assistant", "content": [{"type": "text", "text": "hello"}]}]"#;

    fn words(text: &str) -> Option<Words> {
        Some(Some(text.to_owned()))
    }

    #[test]
    fn a_call_is_a_turn_unless_its_messages_say_otherwise() {
        let tool_result = r#"[{"role": "user", "content": "hi"}, {"role": "tool", "content": "9"}]"#;
        let tool_call = r#"[{"role": "assistant", "content": null, "tool_calls": [{"id": "a"}]}]"#;
        for (input, output, asked, answered) in [
            (Some(HI), Some(HELLO), words("hi"), words("hello")),
            (None, None, Some(None), Some(None)),
            (Some(tool_result), Some(HELLO), None, words("hello")),
            (Some(HI), Some(tool_call), words("hi"), None),
            (Some(r#"{"odd": [1]}"#), Some("7"), Some(None), words("7")),
        ] {
            assert_eq!(read_spoken(input, output, None), Spoken { asked, answered }, "{input:?} {output:?}");
        }
    }

    #[test]
    fn a_title_is_said_to_nobody() {
        assert_eq!(read_spoken(Some(HI), Some(HELLO), Some("title_generation")), Spoken::default());
    }
}
