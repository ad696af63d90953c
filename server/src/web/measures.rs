//! `GET /metrics`: what an operator watches, as Prometheus reads it. Answered to chosen networks only; to others it is a
//! path that does not exist.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use app::context::ClientAddress;
use axum::Extension;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;

use crate::intake::log::note::OfIntake;
use crate::problem::Problem;
use crate::state::ServerState;
use crate::web::local::is_direct;

/// Upper bounds of durations, in seconds.
const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds of how many facts a commit stores.
const FACTS: [f64; 9] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0];

/// How often samples are summed up.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The class of requests of bots, whichever door they come through.
const INTAKE: &str = "intake";

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts recording for this process, once.
pub fn start() {
    RECORDER.get_or_init(|| match install() {
        Ok(handle) => Some(handle),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "nothing is measured");
            None
        }
    });
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_facts".to_owned()), &FACTS)?
        .install_recorder()?;
    Collector::default().describe();
    Ok(handle)
}

/// Sums up what was recorded, as long as it is polled. Samples would pile up where nobody asks for `/metrics`.
pub async fn keep_up() {
    let mut tick = tokio::time::interval(UPKEEP_EVERY);
    loop {
        tick.tick().await;
        if let Some(handle) = RECORDER.get().and_then(Option::as_ref) {
            handle.run_upkeep();
        }
    }
}

/// Counts and times every request by the class of its route.
pub async fn measure_request(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let class = classify(request.extensions().get::<MatchedPath>().map(MatchedPath::as_str));
    let response = next.run(request).await;
    let class = if response.extensions().get::<OfIntake>().is_some() { INTAKE } else { class };
    let status = response.status().as_u16().to_string();
    counter!("parlance_http_requests_total", "class" => class, "status" => status).increment(1);
    histogram!("parlance_http_request_seconds", "class" => class).record(began.elapsed());
    response
}

/// Routes in few classes: what is asked for never becomes a label.
fn classify(route: Option<&str>) -> &'static str {
    match route {
        None => "none",
        Some("/api/v1/events") => INTAKE,
        Some("/healthz" | "/readyz" | "/metrics") => "operations",
        Some(route) if route.starts_with("/api/") => "read",
        Some(route) if route.starts_with("/fn/") => "function",
        Some(route) if route.starts_with("/pkg/") => "file",
        Some(_) => "page",
    }
}

/// Answers with everything measured since the process began, and with how things stand.
///
/// # Errors
/// 404 for whoever is not in a network that may read it.
pub async fn get_metrics(
    State(state): State<ServerState>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, Problem> {
    if !may_read(&state, address, peer.ip(), &request) {
        return Err(Problem::not_found());
    }
    let handle = RECORDER.get().and_then(Option::as_ref).ok_or_else(Problem::not_found)?;
    note_state(&state).await?;
    handle.run_upkeep();
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response())
}

/// What a proxy passes on without saying for whom comes from anywhere, although it has the proxy's address.
fn may_read(state: &ServerState, address: IpAddr, peer: IpAddr, request: &Request) -> bool {
    let is_told_by_proxy = address != peer.to_canonical();
    let is_known = is_told_by_proxy || is_direct(peer, request.version(), request.headers());
    is_known && state.metrics_from.iter().any(|network| network.contains(&address))
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
async fn note_state(state: &ServerState) -> Result<(), Problem> {
    let store = &state.context.store;
    let (waiting, limit) = store.intake_depth();
    gauge!("parlance_intake_queue_facts_waiting").set(waiting as f64);
    gauge!("parlance_intake_queue_facts_limit").set(limit as f64);
    if let Some(bytes) = store.database_bytes().await? {
        gauge!("parlance_database_bytes").set(bytes as f64);
    }
    let recalculations = store.list_recalculations().await?;
    let least = recalculations.iter().map(|(_, recalculation)| recalculation.percent).min();
    gauge!("parlance_recalculations").set(recalculations.len() as f64);
    gauge!("parlance_recalculation_percent").set(least.unwrap_or(100));
    gauge!("parlance_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    Collector::default().collect();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_fall_into_few_classes() {
        for (route, class) in [
            (None, "none"),
            (Some("/api/v1/events"), "intake"),
            (Some("/api/v1/bots/{id}"), "read"),
            (Some("/fn/{*name}"), "function"),
            (Some("/pkg/{*path}"), "file"),
            (Some("/metrics"), "operations"),
            (Some("/bots/:id/analytics"), "page"),
        ] {
            assert_eq!(classify(route), class);
        }
    }
}
