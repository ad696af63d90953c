//! A native item as a door writes it: nothing is checked here, the item reader does that for everybody.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

/// One item. Absent fields, and those that were sent as `null`, are left out.
#[derive(Debug, Default, Serialize)]
pub struct Draft<'a> {
    /// Name of a custom event, `model_call`, or absent for a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Value<'a>>,
    /// `incoming` or `outgoing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handled: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_failed: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Value<'a>>,
}

/// A field's value: as it was sent, or made by the door.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Value<'a> {
    /// JSON, as it was sent: no digit of a long number is lost.
    Raw(&'a RawValue),
    /// JSON that the door has put together.
    Made(Box<RawValue>),
    Text(Cow<'a, str>),
    Whole(i64),
    Flag(bool),
}

impl<'a> From<&'a RawValue> for Value<'a> {
    fn from(raw: &'a RawValue) -> Self {
        Self::Raw(raw)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
