//! Our own API: items as they are stored, in an array, alone, or one a line.

use axum::Json;
use axum::response::IntoResponse;
use store::doors::Door as DoorName;

use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::key::KeyPlaces;
use crate::intake::request::Asked;
use crate::intake::split::split;
use crate::intake::translation::Translation;
use crate::problem::Problem;

/// `POST /api/v1/events`.
pub static EVENTS: Door = Door {
    name: DoorName::Native,
    paths: &["/api/v1/events"],
    keys: KeyPlaces::BearerOrQuery,
    guard: Guard::Open,
    senders: Senders::Pages,
    takes: Takes::Events(translate),
    answer: |_, reply| Json(reply).into_response(),
};

fn translate(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    for (index, item) in split(&asked.body)?.into_iter().enumerate() {
        translation.add_json(index, item);
    }
    Ok(())
}
