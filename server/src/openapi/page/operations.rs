//! Operations: a list of them all, and each with what is asked and what is answered.

use leptos::prelude::*;
use serde_json::Value;

use super::schemas::type_of;
use super::words;

/// Every operation of a group, with its path and method.
fn of_tag<'a>(document: &'a Value, tag: &'a str) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, methods)| {
        methods
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    });
    operations.filter(move |(_, _, operation)| operation["tags"][0] == tag)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The way to every operation.
pub(super) fn contents(document: &Value) -> AnyView {
    let tags = document["tags"].as_array().into_iter().flatten().map(|tag| text(tag, "name"));
    let links = tags.flat_map(|tag| of_tag(document, tag)).map(|(path, method, operation)| {
        view! {
            <li>
                <a href=format!("#{}", text(operation, "operationId"))>{address(method, path)}</a>
                " "
                {text(operation, "summary").to_owned()}
            </li>
        }
    });
    view! {
        <nav class="card" aria-label="Operations">
            <ul>{links.collect_view()}</ul>
        </nav>
    }
    .into_any()
}

fn address(method: &str, path: &str) -> AnyView {
    let method = method.to_uppercase();
    view! { <code class="address">{method} " " {path.to_owned()}</code> }.into_any()
}

/// A group of operations.
pub(super) fn group(document: &Value, tag: &str, description: &str) -> AnyView {
    let operations = of_tag(document, tag).map(|(path, method, operation)| show(path, method, operation));
    let (first, rest) = tag.split_at(1);
    let heading = format!("{}{rest}", first.to_uppercase());
    view! {
        <section class="api-group">
            <h2>{heading}</h2>
            {words::paragraphs(description)}
            {operations.collect_view()}
        </section>
    }
    .into_any()
}

fn show(path: &str, method: &str, operation: &Value) -> AnyView {
    view! {
        <article class="card" id=text(operation, "operationId").to_owned()>
            <h3>{address(method, path)} " " <span>{text(operation, "summary").to_owned()}</span></h3>
            {words::paragraphs(text(operation, "description"))}
            {keys(operation)}
            {parameters(operation)}
            {body(operation)}
            {answers(operation)}
        </article>
    }
    .into_any()
}

fn keys(operation: &Value) -> AnyView {
    let schemes = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
    let names: Vec<&str> = schemes.flat_map(|scheme| scheme.keys()).map(|name| in_words(name)).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", or ") };
    view! {
        <p>
            <strong>"Needs "</strong>
            {words::line(&names)}
            "."
        </p>
    }
    .into_any()
}

fn in_words(scheme: &str) -> &str {
    match scheme {
        "writeKey" => "a write key as `Authorization: Bearer`",
        "writeKeyAsUser" => "as user or password of `Authorization: Basic`",
        "writeKeyInQuery" => "in the query as `apiKey` or `api_key`",
        "readToken" => "a read token as `Authorization: Bearer`",
        "login" => "the browser's login",
        other => other,
    }
}

fn parameters(operation: &Value) -> Option<AnyView> {
    let parameters = operation["parameters"].as_array()?.iter().map(|parameter| {
        let required = parameter["required"] == true;
        view! {
            <dt>
                <code>{text(parameter, "name").to_owned()}</code>
                {required.then_some(" required")}
            </dt>
            <dd>{type_of(&parameter["schema"])} ". " {words::line(text(parameter, "description"))}</dd>
        }
    });
    let list = view! {
        <h4>"Parameters"</h4>
        <dl>{parameters.collect_view()}</dl>
    };
    Some(list.into_any())
}

fn body(operation: &Value) -> Option<AnyView> {
    let content = contents_of(operation.get("requestBody")?);
    Some(
        view! {
            <h4>"Body"</h4>
            {content}
        }
        .into_any(),
    )
}

/// What each type of content holds.
fn contents_of(message: &Value) -> AnyView {
    let types = message["content"].as_object().into_iter().flatten().map(|(name, content)| {
        view! {
            <li>
                <code>{name.clone()}</code>
                ": "
                {type_of(&content["schema"])}
            </li>
        }
    });
    view! { <ul>{types.collect_view()}</ul> }.into_any()
}

fn answers(operation: &Value) -> AnyView {
    let answers = operation["responses"].as_object().into_iter().flatten().map(|(status, answer)| {
        let content = (!status.starts_with(['4', '5'])).then(|| contents_of(answer));
        view! {
            <dt>{status.clone()}</dt>
            <dd>{words::paragraphs(text(answer, "description"))} {content}</dd>
        }
    });
    view! {
        <h4>"Answers"</h4>
        <dl class="answers">{answers.collect_view()}</dl>
    }
    .into_any()
}
