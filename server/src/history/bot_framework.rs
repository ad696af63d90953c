//! Transcripts of Bot Framework's: an array of activities, one activity, activities one a line, or what Direct Line answers.
//! Copilot Studio writes the same activities with numbers for roles and times.

mod evidence;
mod transcript;

use anyhow::{Context, bail};
use serde_json::value::RawValue;

pub(super) use self::transcript::{Transcript, Writer};
use super::json::JsonStream;
use super::lines::read_values;
use super::options::Options;
use super::sink::Sink;
use super::source::InputFile;
use crate::intake::doors::sent::Sent;

/// Whether a file certainly holds activities.
pub(super) fn recognise(file: &InputFile) -> bool {
    file.has_member("type")
        && file.has_member("from")
        && ["channelId", "conversation", "activities"].into_iter().any(|name| file.has_member(name))
}

/// Reads one transcript.
///
/// # Errors
/// When the file cannot be read, or holds no activities.
pub(super) fn read(file: InputFile, options: &Options, sink: &mut Sink<'_>) -> anyhow::Result<()> {
    let name = file.name.clone();
    let mut activities = Vec::new();
    let mut bytes = 0;
    read_values(file, |json| {
        let value = json.value_of(options.max_value_bytes)?;
        bytes += value.len();
        // Who is the bot is found out from all of a transcript.
        if bytes > options.max_value_bytes {
            bail!(
                "it is larger than {} MiB: split it into several files",
                options.max_value_bytes / (1024 * 1024)
            );
        }
        activities.extend(unwrap_activities(value)?);
        Ok(())
    })
    .with_context(|| format!("{name} is not a complete transcript"))?;
    let first = activities.first().and_then(|first| Sent::parse(first.get().as_bytes()));
    if !activities.is_empty() && first.is_none_or(|first| first.text("type").is_none()) {
        bail!("{name} is not a transcript: its activities have no \"type\"");
    }
    Transcript::new(activities, Writer::BotFramework).write(options, sink)
}

/// The activities that an object holds, or the object itself.
pub(super) fn unwrap_activities(value: Vec<u8>) -> anyhow::Result<Vec<Box<RawValue>>> {
    let value = String::from_utf8(value).context("it is not UTF-8")?;
    let object = Sent::parse(value.as_bytes()).filter(|object| object.find("activities").is_some());
    match object {
        None => Ok(vec![RawValue::from_string(value).context("it is not JSON")?]),
        Some(object) => {
            let inner = object.find("activities").map(RawValue::get).unwrap_or_default();
            let mut activities = Vec::new();
            JsonStream::new(inner.as_bytes()).elements(|json| {
                activities.push(RawValue::from_string(String::from_utf8(json.value_of(inner.len())?)?)?);
                Ok(())
            })?;
            Ok(activities)
        }
    }
}
