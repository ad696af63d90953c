//! The document at /openapi.json: whole, true, and shown to people. That answers are as it says is checked with every
//! request of every test.

use std::collections::BTreeSet;

use http::Method;
use serde_json::Value;
use server::openapi::document;
use server::router::router;
use server::state::ServerState;

use crate::support::{Answer, TestServer};

/// Whether the document has this answer, if it has the path at all.
pub(crate) fn assert_documented(method: &Method, address: &str, answer: &Answer) {
    let path = address.split('?').next().unwrap();
    let Some(operation) = find_operation(method, path) else { return };
    let status = answer.status.to_string();
    let documented = &operation["responses"][&status];
    assert!(documented.is_object(), "{method} {path}: {status} is not in the document: {}", answer.text());
    if answer.header("content-type") != "application/problem+json" {
        return;
    }
    let schema = &documented["content"]["application/problem+json"]["schema"];
    if let Some(codes) = schema["properties"]["code"]["enum"].as_array() {
        assert!(codes.contains(&answer.json()["code"]), "{method} {path}: {}", answer.text());
    }
}

fn find_operation(method: &Method, path: &str) -> Option<&'static Value> {
    let mut paths = document()["paths"].as_object().unwrap().iter();
    let (_, methods) = paths.find(|(template, _)| is_at(template, path))?;
    methods.get(method.as_str().to_lowercase())
}

fn is_at(template: &str, path: &str) -> bool {
    let (template, path) = (parts(template), parts(path));
    let is_part = |(wanted, found): (&&str, &&str)| wanted.starts_with('{') || wanted == found;
    template.len() == path.len() && template.iter().zip(&path).all(is_part)
}

fn parts(path: &str) -> Vec<&str> {
    path.trim_matches('/').split('/').collect()
}

fn documented_paths() -> BTreeSet<String> {
    let paths = document()["paths"].as_object().unwrap().keys();
    paths.map(|path| path.trim_end_matches('/').to_owned()).collect()
}

/// Every path that the router has, but for pages, what pages call, and their files. The router itself tells them to
/// nobody but to whoever debugs it.
fn routed_paths(state: ServerState) -> BTreeSet<String> {
    let shown = format!("{:?}", router(state));
    let paths = shown.split("RouteId(").filter_map(|part| part.split_once("): \"")?.1.split('"').next());
    let pages = leptos_axum::generate_route_list(app::App);
    let is_page = |path: &str| path != "/" && pages.iter().any(|page| page.path() == path);
    let is_inside = |path: &str| ["/fn/", "/pkg/"].iter().any(|start| path.starts_with(start));
    let is_closed = |path: &str| path.contains("{*") || ["/api", "/api/"].contains(&path);
    let public = paths.filter(|path| !is_page(path) && !is_inside(path) && !is_closed(path));
    public.map(|path| path.trim_end_matches('/').to_owned()).collect()
}

#[tokio::test]
async fn the_document_has_every_path_of_the_router_and_no_other() {
    let mut routed = BTreeSet::new();
    let server = TestServer::start_with(|state| {
        routed = routed_paths(state.clone());
        state
    })
    .await;
    assert_eq!(documented_paths(), routed);
    server.stop().await;
}

#[tokio::test]
async fn a_path_takes_the_methods_of_the_document_and_no_other() {
    let server = TestServer::start().await;
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    for path in document()["paths"].as_object().unwrap().keys() {
        for method in &methods {
            if path == "/" && method == Method::GET {
                continue;
            }
            let address = format!("{}?platform=rasa", path.replace("{id}", "0000000000000"));
            let answer = server.ask(method.clone(), &address).send().await;
            let is_documented = find_operation(method, path).is_some();
            assert_eq!(answer.status != 405, is_documented, "{method} {path}: {}", answer.text());
            if !is_documented {
                answer.assert_problem(405, "method_not_allowed");
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn the_document_is_served() {
    let server = TestServer::start().await;
    let answer = server.get("/openapi.json").send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.json(), *document());
    server.stop().await;
}

#[tokio::test]
async fn the_page_shows_every_operation_and_every_schema_without_a_script() {
    let server = TestServer::start().await;
    let answer = server.get("/openapi").cookie("parlance_theme=dark").send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    let page = answer.text();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("data-theme=\"dark\""), "{page}");
    assert!(!page.contains("<script") && !page.contains("://"), "{page}");
    let methods =
        document()["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
    let operations = methods.map(|(_, operation)| operation["operationId"].as_str().unwrap().to_owned());
    let schemas = document()["components"]["schemas"].as_object().unwrap().keys();
    for id in operations.chain(schemas.map(|name| format!("schema-{name}"))) {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        assert!(
            page.contains(&format!("href=\"#{id}\""))
                || id == "schema-Problem"
                || id == "schema-BotpressProblem",
            "{id}"
        );
    }
    server.stop().await;
}
