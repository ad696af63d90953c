//! Chatwoot's webhook. Its key stands in the address; where the bot has a secret, the signature must be right as well.

use std::borrow::Cow;

use analytics::error::RejectionCode;
use analytics::fact::Direction;
use analytics::instant::{Instant, MINUTE_MS};
use axum::Json;
use axum::response::IntoResponse;
use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, Mac};
use http::HeaderMap;
use sha2::Sha256;
use store::doors::Door as DoorName;

use super::items::split_body;
use super::json_body::read_text;
use super::moment::{at_or_as_sent, read_moment};
use super::sent::{Sent, ignored_name};
use crate::intake::door::{Door, Guard, Senders, Takes};
use crate::intake::item::{Item, Value};
use crate::intake::key::KeyPlaces;
use crate::intake::request::{Admitted, Asked};
use crate::intake::translation::Translation;
use crate::problem::Problem;
use crate::state::ServerState;

/// How old a signed request may be: whoever saw one pass by cannot send it again later.
const MAX_AGE_MS: i64 = 5 * MINUTE_MS;
/// How Chatwoot writes the name of a channel: `Channel::WebWidget`.
const CHANNEL_PREFIX: &str = "Channel::";

/// `POST /chatwoot?api_key=…`
pub static WEBHOOK: Door = Door {
    name: DoorName::Chatwoot,
    paths: &["/chatwoot"],
    keys: KeyPlaces::Anywhere,
    guard: Guard::ChatwootSignature,
    senders: Senders::Servers,
    takes: Takes::Events(translate),
    answer: |_, reply| Json(reply).into_response(),
};

/// Looks at the signature, now that it is known whose key it is: the key may stand wherever a door takes one.
///
/// # Errors
/// 401 for a signature that is missing, wrong or old, if the bot has a secret.
pub async fn check_signature(
    state: &ServerState,
    Admitted { asked, access, .. }: &Admitted,
) -> Result<(), Problem> {
    let secret = state.context.store.find_chatwoot_secret(access.write.bot_id).await?;
    match secret {
        Some(secret) if !is_signed(&asked.headers, &asked.body, &secret, asked.arrived_at) => {
            Err(Problem::unauthorized("The signature of this webhook is missing, wrong or old."))
        }
        _ => Ok(()),
    }
}

fn is_signed(headers: &HeaderMap, body: &[u8], secret: &str, now: Instant) -> bool {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(signature), Some(signed_at)) = (header("x-chatwoot-signature"), header("x-chatwoot-timestamp"))
    else {
        return false;
    };
    let signature = signature.strip_prefix("sha256=").unwrap_or_default();
    let signature = HEXLOWER_PERMISSIVE.decode(signature.as_bytes()).unwrap_or_default();
    is_recent(signed_at, now) && is_signature(&signature, &[signed_at.as_bytes(), b".", body], secret)
}

fn is_recent(signed_at: &str, now: Instant) -> bool {
    let signed_at = signed_at.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1_000));
    signed_at.is_some_and(|signed_at| now.as_ms().abs_diff(signed_at) <= MAX_AGE_MS.unsigned_abs())
}

/// Takes as long for a wrong signature as for a right one.
fn is_signature(signature: &[u8], parts: &[&[u8]], secret: &str) -> bool {
    let Ok(mut hmac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    parts.iter().for_each(|part| hmac.update(part));
    hmac.verify_slice(signature).is_ok()
}

fn translate(asked: &Asked, translation: &mut Translation) -> Result<(), Problem> {
    translation.client = Some("chatwoot".to_owned());
    let body = read_text(&asked.body);
    for (index, item) in split_body(&body)?.into_iter().enumerate() {
        match Sent::parse(item) {
            Some(sent) => add_webhook(index, &sent, translation),
            None => translation.reject(index, RejectionCode::NotAnObject),
        }
    }
    Ok(())
}

fn add_webhook(index: usize, sent: &Sent<'_>, translation: &mut Translation) {
    let event = sent.text("event").unwrap_or_default();
    if event != "message_created" {
        return translation.ignore(index, ignored_name(&event));
    }
    if sent.flag("private") == Some(true) {
        return translation.ignore(index, "private");
    }
    match read_direction(sent) {
        Ok(direction) => translation.push(index, &draft(sent, direction)),
        Err(kind) => translation.ignore(index, ignored_name(&kind)),
    }
}

/// By its word, or by the number that Chatwoot's database has for it. What was done to a conversation is no message.
fn read_direction<'a>(sent: &Sent<'a>) -> Result<Direction, Cow<'a, str>> {
    let kind = sent.id("message_type").unwrap_or_default();
    match &*kind {
        "incoming" | "0" => Ok(Direction::Incoming),
        "outgoing" | "1" | "template" | "3" => Ok(Direction::Outgoing),
        "2" => Err(Cow::Borrowed("activity")),
        _ => Err(kind),
    }
}

/// A conversation of Chatwoot's goes on for as long as the contact does: it is no session.
fn draft<'a>(sent: &Sent<'a>, direction: Direction) -> Item<'a> {
    let sent_at = sent.find("created_at");
    Item {
        // Chatwoot counts its messages from 1, as other senders may.
        id: sent.id("id").map(|id| format!("chatwoot-{id}").into()),
        user_id: find_contact(sent, direction).map(Value::from),
        at: at_or_as_sent(sent_at.and_then(read_moment), sent_at),
        direction: Some(direction.into()),
        channel: find_channel(sent).map(Value::from),
        text: sent.find("content").map(Value::from),
        ..Item::default()
    }
}

/// The person, whichever side speaks. The conversation knows them; an incoming message was sent by them.
fn find_contact<'a>(sent: &Sent<'a>, direction: Direction) -> Option<Cow<'a, str>> {
    let sender = || sent.object("sender").filter(|_| direction == Direction::Incoming)?.id("id");
    let conversation = sent.object("conversation");
    let of_conversation = || conversation.as_ref()?.object("meta")?.object("sender")?.id("id");
    let of_inbox = || conversation.as_ref()?.object("contact_inbox")?.id("contact_id");
    let contact = || sent.object("contact")?.id("id");
    sender().or_else(of_conversation).or_else(of_inbox).or_else(contact)
}

fn find_channel(sent: &Sent<'_>) -> Option<String> {
    let channel = sent.object("conversation")?.text("channel")?;
    Some(channel.strip_prefix(CHANNEL_PREFIX).unwrap_or(&channel).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_the_time_and_the_body() {
        // From `openssl dgst -sha256 -hmac secret`.
        let now = Instant::from_ms(1_767_323_045_000);
        let headers = |signature: &str, at: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-chatwoot-signature", signature.parse().unwrap());
            headers.insert("x-chatwoot-timestamp", at.parse().unwrap());
            headers
        };
        let good = "sha256=4a10b40c9c842e332be9ba9d790f8f8df44002dca45fd184d766fa8db55ef209";
        assert!(is_signed(&headers(good, "1767323045"), b"{}", "secret", now));
        assert!(is_signed(&headers(good, "1767323045"), b"{}", "secret", now.plus_ms(MAX_AGE_MS)));
        assert!(!is_signed(&headers(good, "1767323045"), b"{}", "secret", now.plus_ms(MAX_AGE_MS + 1)));
        assert!(!is_signed(&headers(good, "1767323045"), b"{ }", "secret", now));
        assert!(!is_signed(&headers(good, "1767323046"), b"{}", "secret", now));
        assert!(!is_signed(&headers(good, "1767323045"), b"{}", "Secret", now));
        for bad in ["", "sha256=", "sha256=00", "sha256=xyz", &good[7..]] {
            assert!(!is_signed(&headers(bad, "1767323045"), b"{}", "secret", now), "{bad}");
        }
        assert!(!is_signed(&headers(good, "99999999999999999999"), b"{}", "secret", now));
        assert!(!is_signed(&HeaderMap::new(), b"{}", "secret", now));
    }
}
