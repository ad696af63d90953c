//! Rasa: what its event brokers send. One event or an array, in the shape of Rasa 2 and 3 or in that of Mantle.

mod event;
mod history;

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

pub use self::event::Event;
pub use self::history::History;
use super::items::split_body;
use super::json_body::read_text;
use super::{Asked, Door, Query, Translation, receive};
use crate::problem::Problem;
use crate::state::ServerState;

/// `POST /rasa/events`.
pub static EVENTS: Door = Door { name: "rasa", translate, answer: |_, reply| Json(reply).into_response() };

/// `POST /?platform=rasa`, where the broker of hecho sends. Anything but 201 makes it send the same again at once.
pub static BROKER: Door =
    Door { name: "rasa", translate, answer: |_, reply| (StatusCode::CREATED, Json(reply)).into_response() };

/// The root is no door for anybody else.
///
/// # Errors
/// 405 without `platform=rasa`; those of [`receive`].
pub async fn receive_at_root(state: ServerState, request: Request) -> Result<Response, Problem> {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    if query.find("platform") != Some("rasa") {
        return Err(Problem::method_not_allowed());
    }
    receive(state, request, &BROKER).await
}

fn translate(asked: &Asked) -> Result<Translation, Problem> {
    let mut translation = Translation::default();
    let mut history = History::default();
    let body = read_text(&asked.body);
    for (index, event) in split_body(&body)?.into_iter().enumerate() {
        history.add(index, event, None, &mut translation);
    }
    history.finish(&mut translation);
    Ok(translation)
}
