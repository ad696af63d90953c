//! What the programming interfaces of other products answer, saved to files: pages, arrays of things, or one a line.

pub(super) mod botpress_cloud;
pub(super) mod chatwoot;
pub(super) mod dialogflow;
mod html;
pub(super) mod intercom;
mod text_format;
pub(super) mod typebot;
pub(super) mod voiceflow;
pub(super) mod zendesk;

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::written_time::Moment;
use serde_json::value::RawValue;

use super::lines::read_values;
use super::options::Options;
use super::sink::{Rejection, Sink};
use super::source::InputFile;
use crate::intake::doors::sent::Sent;
use crate::intake::item::Value;
use crate::intake::json;

/// Gives every object of a file to `read`: the elements of an array, or values one after another, counted from 1.
///
/// # Errors
/// When the file is cut off; those of `read`.
fn read_objects(
    file: InputFile,
    options: &Options,
    sink: &mut Sink<'_>,
    mut read: impl FnMut(u64, &Sent<'_>, &mut Sink<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut number = 0;
    read_values(file, |json| {
        number += 1;
        let value = json.value_of(options.max_value_bytes)?;
        match Sent::parse(&value) {
            Some(object) => read(number, &object, sink),
            None => Ok(sink.reject(number, Rejection::new(RejectionCode::NotAnObject))?),
        }
    })
}

/// The objects of an array inside; what is none is empty.
fn objects<'a>(object: &Sent<'a>, name: &str) -> Option<Vec<Sent<'a>>> {
    let elements = object.array(name)?;
    Some(elements.into_iter().map(|element| parse(element).unwrap_or_default()).collect())
}

fn parse(raw: &RawValue) -> Option<Sent<'_>> {
    Sent::parse(raw.get().as_bytes())
}

/// The first of these fields that holds an id.
fn find_id(object: &Sent<'_>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| object.id(name)).map(Cow::into_owned)
}

/// A text that is not empty.
fn find_text(object: &Sent<'_>, name: &str) -> Option<String> {
    object.text(name).filter(|text| !text.trim().is_empty()).map(Cow::into_owned)
}

/// The time in the first of these fields that is there. Databases write UTC without saying so. What cannot be read is
/// passed on: the item reader says what is wrong with it.
fn find_time(object: &Sent<'_>, names: &[&str]) -> Option<Value<'static>> {
    let raw = names.iter().find_map(|name| object.find(name))?;
    let text = json::read_text_or_number(raw)?;
    Some(match Moment::of_text_in_utc(&text) {
        Some(moment) => moment.to_instant().as_ms().into(),
        None => Value::Text(Cow::Owned(text.into_owned())),
    })
}

/// A word for a channel, of whatever somebody calls it: small letters, and hyphens for blanks.
fn channel_word(name: &str) -> Option<String> {
    let word: String = name
        .trim()
        .to_lowercase()
        .chars()
        .map(|char| if char.is_whitespace() { '-' } else { char })
        .collect();
    Some(word).filter(|word| !word.is_empty())
}

/// Says once that a file is one page of several.
fn note_page(sink: &mut Sink<'_>, next: Option<&RawValue>, how: &str) {
    if next.is_some() {
        sink.note(format!("the file is one page of several: fetch the other pages too ({how})"));
    }
}
