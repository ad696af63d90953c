//! Dashbot's `POST /track`: one message or event a request, in the form of the platform that its query names.

mod call;
mod generic;
mod messenger;
mod slack;

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::doors::Door as DoorName;

use self::call::Call;
use super::items::split_body;
use super::json_body::read_text;
use super::sent::{Sent, ignored_name};
use super::{bot_framework, rasa};
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::key::KeyPlaces;
use crate::intake::reply::Reply;
use crate::intake::request::Asked;
use crate::intake::translation::Translation;
use crate::problem::Problem;

/// `POST /track?apiKey&type&platform&v`.
pub static TRACK: Door = Door {
    name: DoorName::Dashbot,
    paths: &["/track"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::Open,
    senders: Senders::Servers,
    takes: Takes::Events(translate),
    answer,
};

fn translate(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    translation.client = asked.query.find("v").map(|version| format!("dashbot {version}"));
    let body = read_text(&asked.body);
    for (index, item) in split_body(&body)?.into_iter().enumerate() {
        match Sent::parse(item) {
            Some(sent) => add_call(index, asked, item, &sent, translation),
            None => translation.reject(index, RejectionCode::NotAnObject),
        }
    }
    Ok(())
}

fn add_call(index: usize, asked: &Asked, item: &[u8], sent: &Sent<'_>, translation: &mut Translation) {
    let platform = asked.query.find("platform").unwrap_or("generic");
    let direction = match asked.query.find("type").unwrap_or_default() {
        "incoming" => Some(Direction::Incoming),
        "outgoing" => Some(Direction::Outgoing),
        "all" => None,
        "event" => return generic::add_event(index, sent, &Call { direction: None, platform }, translation),
        other => return translation.ignore(index, ignored_name(other)),
    };
    let call = Call { direction, platform };
    match platform {
        "rasa" => add_rasa_event(index, item, translation),
        "microsoft" => bot_framework::add_activity(index, sent, direction, translation),
        "slack" => slack::add_message(index, sent, &call, translation),
        "facebook" => messenger::add_messages(index, sent, &call, translation),
        _ => generic::add_message(index, sent, &call, translation),
    }
}

/// The query says `outgoing` of whatever is no user's: the event itself knows better.
fn add_rasa_event(index: usize, item: &[u8], translation: &mut Translation) {
    let mut history = rasa::History::default();
    history.add(index, item, None, translation);
    history.finish(translation);
}

/// The clients look at the status alone; people look at what they print.
fn answer(_: &Asked, reply: &Reply) -> Response {
    #[derive(Serialize)]
    struct Answer<'a> {
        success: bool,
        #[serde(flatten)]
        reply: &'a Reply,
    }
    Json(Answer { success: reply.rejections().next().is_none(), reply }).into_response()
}
