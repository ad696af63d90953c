//! What clients of Langfuse ask besides sending: whether their keys are right, and for prompts. Scores are taken, and count
//! nothing.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};
use store::bots::BotScope;
use store::doors::Door as DoorName;

use super::json_body::{read_json, read_text};
use super::sent::Sent;
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::key::KeyPlaces;
use crate::intake::key::{find_keys, open_bot};
use crate::intake::query::Query;
use crate::intake::reply::Reply;
use crate::intake::request::Asked;
use crate::intake::split::split;
use crate::intake::translation::Translation;
use crate::problem::Problem;
use crate::state::ServerState;

/// `POST /api/public/scores`.
pub static SCORES: Door = Door {
    name: DoorName::Otlp,
    paths: &["/api/public/scores"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    senders: Senders::Servers,
    takes: Takes::Events(ignore_scores),
    answer: answer_scores,
};

/// Answers `auth_check` of Langfuse's clients: the bot is the one project that its key opens.
///
/// # Errors
/// 401 without the key of a bot, 403 when the bot is not activated, 429 when the key is used too often.
pub async fn get_projects(
    State(state): State<ServerState>,
    request: Request,
) -> Result<Json<Value>, Problem> {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let access = open_bot(&state, &find_keys(request.headers(), &query)).await?;
    let bot =
        state.context.store.find_bot(BotScope::All, access.bot_id).await?.ok_or_else(Problem::not_found)?;
    let id = bot.id.to_string();
    Ok(Json(json!({ "data": [{
        "id": id, "name": bot.name, "organization": { "id": id, "name": bot.name }, "metadata": {},
    }] })))
}

/// There are no prompts here: clients go on with the ones that they hold themselves.
pub async fn get_prompt(Path(name): Path<String>, request: Request) -> Response {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let label = query.find("label").unwrap_or("production");
    let body = json!({
        "message": format!("Prompt not found: '{name}' with label '{label}'"), "error": "LangfuseNotFoundError",
    });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

fn ignore_scores(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    let body = read_text(&asked.body);
    read_json(&body)?;
    for (index, _) in split(body.as_bytes())?.into_iter().enumerate() {
        translation.ignore(index, "score");
    }
    Ok(())
}

/// One score is answered with its id, several as a batch is.
fn answer_scores(asked: &Asked, _: &Reply) -> Response {
    let body = read_text(&asked.body);
    let items = split(body.as_bytes()).unwrap_or_default();
    let id_of = |item: &[u8]| Sent::parse(item).and_then(|score| Some(score.id("id")?.into_owned()));
    if let (false, [one]) = (body.trim_start().starts_with('['), items.as_slice()) {
        return Json(json!({ "id": id_of(one).unwrap_or_default() })).into_response();
    }
    let successes = items.iter().map(|item| json!({ "id": id_of(item), "status": 201 }));
    Json(json!({ "successes": successes.collect::<Vec<_>>(), "errors": [] })).into_response()
}
