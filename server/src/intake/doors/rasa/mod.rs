//! Rasa: what its event brokers send. One event or an array, in the shape of Rasa 2 and 3 or in that of Mantle.

mod event;
mod history;

use axum::Json;
use axum::response::IntoResponse;
use http::StatusCode;
use store::doors::Door as DoorName;

pub use self::event::Event;
pub use self::history::History;
use super::items::split_body;
use super::json_body::read_text;
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::key::KeyPlaces;
use crate::intake::request::Asked;
use crate::intake::translation::Translation;
use crate::problem::Problem;

/// `POST /rasa/events`.
pub static EVENTS: Door = Door {
    name: DoorName::Rasa,
    paths: &["/rasa/events"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    senders: Senders::Servers,
    takes: Takes::Events(translate),
    answer: |_, reply| Json(reply).into_response(),
};

/// `POST /?platform=rasa`, where the broker of hecho sends. Anything but 201 makes it send the same again at once.
pub static BROKER: Door = Door {
    name: DoorName::Rasa,
    paths: &["/"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Parameter("platform", "rasa"),
    senders: Senders::Servers,
    takes: Takes::Events(translate),
    answer: |_, reply| (StatusCode::CREATED, Json(reply)).into_response(),
};

fn translate(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    let mut history = History::default();
    let body = read_text(&asked.body);
    for (index, event) in split_body(&body)?.into_iter().enumerate() {
        history.add(index, event, None, translation);
    }
    history.finish(translation);
    Ok(())
}
