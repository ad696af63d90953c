//! What clients in pages ask before they send: their settings, and which of their features are on. None is: Parlance takes
//! events and nothing else. Some of these clients do not start without an answer.

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::intake::door::Senders;
use crate::intake::visitor::Visitor;
use crate::problem::Problem;
use crate::state::ServerState;

/// Answers `POST /flags` and `/decide` of PostHog's clients. What they send is not read.
pub async fn answer_flags(request: Request) -> Response {
    let flags = json!({
        "flags": {}, "featureFlags": {}, "featureFlagPayloads": {}, "errorsWhileComputingFlags": false,
    });
    let mut settings = posthog_settings();
    if let (Value::Object(settings), Value::Object(flags)) = (&mut settings, flags) {
        settings.extend(flags);
    }
    let_pages_read(request.headers(), Json(settings))
}

/// Answers `GET /array/{token}/config` of posthog-js.
pub async fn get_posthog_settings(Path(_): Path<String>, headers: HeaderMap) -> Response {
    let_pages_read(&headers, Json(posthog_settings()))
}

/// Answers `GET /array/{token}/config.js`: the same as a script.
///
/// # Errors
/// Never: a token is text.
pub async fn get_posthog_script(Path(token): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    // In a script of its own, JSON is JavaScript.
    let token = serde_json::to_string(&token).map_err(|error| Problem::internal(&error))?;
    let config = posthog_settings();
    let script = format!(
        "(window._POSTHOG_REMOTE_CONFIG=window._POSTHOG_REMOTE_CONFIG||{{}})[{token}]={{config:{config},siteApps:[]}};"
    );
    Ok(let_pages_read(&headers, ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], script)))
}

/// Answers `GET /v1/projects/{key}/settings` of analytics.js, which sends where it is told.
pub async fn get_segment_settings(
    State(state): State<ServerState>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Response {
    let base = &state.context.base_url;
    let (protocol, host) = base.split_once("://").unwrap_or(("https", base));
    let sending = json!({
        "apiKey": key, "apiHost": format!("{}/v1", host.trim_end_matches('/')), "protocol": protocol,
        "deliveryStrategy": { "strategy": "standard" }, "unbundledIntegrations": [],
        "addBundledMetadata": false, "maybeBundledConfigIds": {}, "versionSettings": { "componentTypes": [] },
    });
    let_pages_read(
        &headers,
        Json(json!({
            "integrations": { "Segment.io": sending }, "plan": { "track": { "__default": { "enabled": true } } },
            "edgeFunction": {}, "analyticsNextEnabled": true, "middlewareSettings": {}, "enabledMiddleware": {},
            "metrics": { "sampleRate": 0 }, "remotePlugins": [], "legacyVideoPluginsEnabled": false,
        })),
    )
}

/// The key that RudderStack's client names.
#[derive(Debug, Deserialize)]
pub struct AskedSource {
    #[serde(default, rename = "writeKey")]
    write_key: String,
}

/// Answers `GET /sourceConfig` of RudderStack's client: a source without destinations.
pub async fn get_rudder_settings(Query(asked): Query<AskedSource>, headers: HeaderMap) -> Response {
    let off = json!({ "enabled": false });
    let config = json!({ "statsCollection": { "errors": off, "metrics": off } });
    let source = json!({
        "id": "parlance", "name": "Parlance", "writeKey": asked.write_key, "workspaceId": "parlance", "enabled": true,
        "config": config, "dataplanes": {}, "destinations": [], "connections": [],
    });
    let_pages_read(&headers, Json(json!({ "source": source })))
}

/// Recorders, surveys and the capturing of clicks stay off.
fn posthog_settings() -> Value {
    json!({
        "supportedCompression": ["gzip", "gzip-js"], "hasFeatureFlags": false, "sessionRecording": false,
        "autocapture_opt_out": true, "autocaptureExceptions": false, "captureDeadClicks": false,
        "capturePerformance": false, "heatmaps": false, "surveys": false, "defaultIdentifiedOnly": true,
        "elementsChainAsString": true, "analytics": { "endpoint": "/i/v0/e/" }, "siteApps": [], "toolbarParams": {},
        "isAuthenticated": false, "config": { "enable_collect_everything": false },
    })
}

/// The answer is the same for everybody, so any page may read it.
fn let_pages_read(headers: &HeaderMap, answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    Visitor::of(headers, Senders::Pages).allow(&mut answer);
    answer
}
