//! The schemas of what is written and read, from the types themselves.

use analytics::error::RejectionCode;
use analytics::events::EventsReport;
use analytics::model_use::ModelUseReport;
use analytics::report::Report;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::event;
use crate::intake::reply::Reply;
use crate::problem::{self, ProblemCode};
use crate::read::botpress::{BotAnalytics, refusal};
use crate::read::bots::BotList;

/// The formats of numbers that only this language knows.
const NUMBERS: [&str; 7] = ["uint", "uint8", "uint16", "uint64", "int64", "int32", "double"];

/// Every schema by its name.
pub(super) fn schemas() -> Map<String, Value> {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.definitions_path = "/components/schemas".into();
    let mut generator = settings.into_generator();
    add::<Reply>(&mut generator);
    add::<problem::Body<'_>>(&mut generator);
    add::<BotList>(&mut generator);
    add::<Report>(&mut generator);
    add::<EventsReport>(&mut generator);
    add::<ModelUseReport>(&mut generator);
    add::<BotAnalytics>(&mut generator);
    add::<refusal::RefusalBody>(&mut generator);
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Event".to_owned(), event::schema());
    schemas.values_mut().for_each(use_words_of_json);
    set_codes(&mut schemas, "Problem", codes().map(ProblemCode::word).collect());
    set_codes(&mut schemas, "Rejected", RejectionCode::ALL.iter().map(|code| code.as_str()).collect());
    schemas
}

/// The codes of the public API.
pub(super) fn codes() -> impl Iterator<Item = ProblemCode> {
    ProblemCode::ALL.iter().copied().filter(|code| code.is_of_api())
}

fn add<T: JsonSchema>(generator: &mut SchemaGenerator) {
    let _: Schema = generator.subschema_for::<T>();
}

/// Codes are plain text where they are made, and a closed list here.
fn set_codes(schemas: &mut Map<String, Value>, name: &str, words: Vec<&'static str>) {
    if let Some(schema) = schemas.get_mut(name) {
        schema["properties"]["code"]["enum"] = words.into();
    }
}

/// Descriptions were written for readers of the code.
fn use_words_of_json(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text =
                    text.replace("`None`", "`null`").replace("[`", "`").replace("`]", "`").replace('\n', " ");
            }
            // What numbers of this language are called, and how much fits into them, means nothing elsewhere.
            if members
                .get("format")
                .is_some_and(|format| NUMBERS.contains(&format.as_str().unwrap_or_default()))
            {
                members.remove("format");
                members.retain(|name, value| name != "maximum" || *value != u16::MAX);
            }
            members.values_mut().for_each(use_words_of_json);
        }
        Value::Array(schemas) => schemas.iter_mut().for_each(use_words_of_json),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
