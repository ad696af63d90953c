//! Whether the process lives, and whether it can work.

use axum::extract::State;
use http::StatusCode;

use crate::problem::Problem;
use crate::state::ServerState;

/// `GET /healthz`: the process answers.
pub async fn answer_alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database answers too.
pub async fn answer_ready(State(state): State<ServerState>) -> Result<(StatusCode, &'static str), Problem> {
    state.context.store.check().await?;
    Ok((StatusCode::OK, "ready"))
}
