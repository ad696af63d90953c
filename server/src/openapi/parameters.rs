//! Parameters of paths and queries.

use analytics::comparison::{Comparison, ComparisonMode};
use analytics::granularity::Granularity;
use analytics::period::{Period, Preset};
use serde_json::{Value, json};

/// The bot that a path is about.
pub(super) fn bot_id() -> Value {
    json!({ "name": "id", "in": "path", "required": true, "description": "The bot's id.", "schema": { "$ref": "#/components/schemas/BotId" } })
}

/// What a report is asked for.
pub(super) fn of_report() -> Vec<Value> {
    let (text, edge) = (json!({ "type": "string" }), date_or_instant());
    let periods = json!({ "enum": Preset::ALL.map(Preset::word), "default": default_period() });
    let modes = json!({ "enum": ComparisonMode::ALL.map(ComparisonMode::word), "default": Comparison::default().mode().word() });
    let date = json!({ "type": "string", "format": "date" });
    let granularities = json!({ "enum": Granularity::ALL.map(Granularity::word) });
    vec![
        query("period", "A preset; not together with from and to.", &periods),
        query("from", "A local date, or an instant on a quarter of an hour; with to.", &edge),
        query("to", "A local date, included, or an instant on a quarter of an hour; with from.", &edge),
        query(
            "compare",
            "What the period is compared with: the period before, the same dates a year before, chosen dates (compare_from and compare_to), or nothing.",
            &modes,
        ),
        query("compare_from", "The first date to compare with; with compare=custom.", &date),
        query("compare_to", "The last date to compare with, included; with compare=custom.", &date),
        query(
            "granularity",
            "If absent, it follows from the period's length. At most 1,500 buckets.",
            &granularities,
        ),
        query("channel", "Answers as if the bot had only this channel.", &text),
    ]
}

/// How a table is written.
pub(super) fn of_table() -> Value {
    let choice = json!({ "enum": ["0", "1"], "default": "0" });
    query("bom", "1 adds the byte order mark that Excel needs to recognise UTF-8.", &choice)
}

/// A date, or an instant with an offset.
pub(super) fn date_or_instant() -> Value {
    json!({ "anyOf": [{ "type": "string", "format": "date" }, { "type": "string", "format": "date-time" }] })
}

/// An optional parameter of the query.
pub(super) fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// A parameter of the query that has to be there.
pub(super) fn required_query(name: &str, description: &str, schema: &Value) -> Value {
    let mut parameter = query(name, description, schema);
    parameter["required"] = true.into();
    parameter
}

fn default_period() -> &'static str {
    match Period::default() {
        Period::Preset(preset) => preset.word(),
        Period::Dates { .. } | Period::Instants { .. } => "",
    }
}
