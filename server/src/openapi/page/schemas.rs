//! Schemas: what they are in a phrase, and each with its members.

use leptos::prelude::*;
use serde_json::Value;

use super::words;

/// Every schema that has a name.
pub(super) fn all(document: &Value) -> AnyView {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let schemas = schemas.map(|(name, schema)| {
        view! {
            <article class="card" id=format!("schema-{name}")>
                <h3>{name.clone()}</h3>
                {description(schema)}
                {body(schema)}
            </article>
        }
    });
    view! {
        <section class="api-group">
            <h2>"Schemas"</h2>
            {schemas.collect_view()}
        </section>
    }
    .into_any()
}

fn description(schema: &Value) -> Option<AnyView> {
    schema["description"].as_str().map(words::paragraphs)
}

fn body(schema: &Value) -> AnyView {
    match (schema["properties"].is_object(), schema["oneOf"].as_array()) {
        (true, _) => members(schema),
        (false, Some(choices)) => choices.iter().map(choice).collect_view().into_any(),
        (false, None) => view! { <p>{type_of(schema)}</p> }.into_any(),
    }
}

fn choice(choice: &Value) -> AnyView {
    let text = choice["description"].as_str().unwrap_or_default();
    view! { <p>{type_of(choice)} ": " {words::line(text)}</p> }.into_any()
}

fn members(schema: &Value) -> AnyView {
    // What is required stands in the order in which it is written.
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rank = |name: &str| required.iter().position(|found| *found == name).unwrap_or(required.len());
    let mut members: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    members.sort_by_key(|(name, _)| rank(name));
    let members = members.into_iter().map(|(name, member)| {
        let optional = (rank(name) == required.len()).then_some(" optional");
        view! {
            <dt>
                <code>{name.clone()}</code>
                {optional}
            </dt>
            <dd>
                <p>{type_of(member)}</p>
                {description(member)}
            </dd>
        }
    });
    view! { <dl>{members.collect_view()}</dl> }.into_any()
}

/// What a schema is, in a phrase.
pub(super) fn type_of(schema: &Value) -> AnyView {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        let href = format!("#schema-{name}");
        return view! { <a href=href>{name.to_owned()}</a> }.into_any();
    }
    if let Some(choices) = ["oneOf", "anyOf"].into_iter().find_map(|name| schema[name].as_array()) {
        return one_of(choices.iter().map(type_of));
    }
    if let Some(words) = schema["enum"].as_array() {
        return one_of(words.iter().map(code));
    }
    if schema.get("const").is_some() {
        return code(&schema["const"]);
    }
    let items = schema.get("items").map(|items| {
        view! {
            " of "
            {type_of(items)}
        }
    });
    view! {
        {types(schema)}
        {items}
    }
    .into_any()
}

fn types(schema: &Value) -> String {
    let one = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(one).collect::<Vec<_>>().join(" or "),
        only => one(only),
    };
    schema["format"].as_str().map_or_else(|| types.clone(), |format| format!("{types} ({format})"))
}

fn code(value: &Value) -> AnyView {
    let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    view! { <code>{word}</code> }.into_any()
}

fn one_of(choices: impl Iterator<Item = AnyView>) -> AnyView {
    let choices = choices.enumerate().map(|(place, choice)| {
        let separator = (place > 0).then_some(" or ");
        view! {
            {separator}
            {choice}
        }
    });
    choices.collect_view().into_any()
}
