//! Write keys: where clients put them, and what they open.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use data_encoding::BASE64;
use http::HeaderMap;
use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use store::credentials::Secret;
use store::keys::{KeyAccess, WriteAccess};

use super::json;
use super::log::note::Note;
use super::query::Query;
use super::split::BYTE_ORDER_MARK;
use crate::problem::Problem;
use crate::state::ServerState;
use crate::web::bearer::read_authorization;

/// Where the key of a request may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlaces {
    /// In `Authorization: Bearer`, or in the query: a page that is left sends no headers.
    BearerOrQuery,
    /// In the header, in the query, or in the body, wherever clients of other products put one.
    Anywhere,
}

/// The bot that one of these keys opens: the first known one. It is noted, whether or not it may send.
///
/// # Errors
/// 401 when none is known, 429 when it is used too often, 403 when a page of a site that it does not name sends, it opens
/// another door only, or the bot is not activated.
pub async fn authorise(state: &ServerState, keys: &[Secret], note: &mut Note) -> Result<KeyAccess, Problem> {
    let (key, access) = find_bot(state, keys).await?;
    note.set_bot(access.write.bot_id);
    note.check_sites(&access.sites)?;
    state.intake_limit.check(key)?;
    if access.write.limit.is_some_and(|limit| !limit.opens(note.door())) {
        return Err(Problem::key_of_other_door());
    }
    if access.write.is_activated { Ok(access) } else { Err(Problem::bot_inactive()) }
}

/// The bot that one of these keys opens, for somebody who asks and sends nothing.
///
/// # Errors
/// 401 when none is known, 429 when it is used too often, 403 when the bot is not activated.
pub async fn open_bot(state: &ServerState, keys: &[Secret]) -> Result<WriteAccess, Problem> {
    let (key, access) = find_bot(state, keys).await?;
    state.intake_limit.check(key)?;
    if access.write.is_activated { Ok(access.write) } else { Err(Problem::bot_inactive()) }
}

async fn find_bot<'k>(state: &ServerState, keys: &'k [Secret]) -> Result<(&'k Secret, KeyAccess), Problem> {
    for key in keys {
        let access = state.context.store.find_key_access(key, state.context.clock.now()).await?;
        if let Some(access) = access {
            return Ok((key, access));
        }
    }
    Err(Problem::unauthorized("This write key is unknown or revoked."))
}

/// Names of a key in the query.
const IN_QUERY: [&str; 4] = ["apiKey", "api_key", "writeKey", "token"];

/// Keys in the `Authorization` header (`Bearer`, `Token`, or either part of `Basic`) and in the query (`apiKey`,
/// `api_key`, `writeKey`, `token`).
pub fn find_keys(headers: &HeaderMap, query: &Query) -> Vec<Secret> {
    let in_header = read_authorization(headers).map(read_header).unwrap_or_default();
    let keys = in_header.into_iter().filter(|key| !key.is_empty()).map(Secret::presented);
    keys.chain(find_in_query(query)).collect()
}

/// Keys in the query.
pub fn find_in_query(query: &Query) -> impl Iterator<Item = Secret> {
    let found = IN_QUERY.into_iter().filter_map(|name| query.find(name));
    found.filter(|key| !key.is_empty()).map(|key| Secret::presented(key.to_owned()))
}

fn read_header((scheme, value): (&str, &str)) -> Vec<String> {
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => vec![value.to_owned()],
        "basic" => {
            let pair = BASE64.decode(value.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            pair.unwrap_or_default().splitn(2, ':').map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// The key inside a JSON body: `writeKey`, `api_key` or `token` at its top, or `token` among its `properties`; in an
/// array, those of the first event. A body that breaks off behind its key has one all the same.
///
/// # Errors
/// When the body cannot be read, and no key was found before.
pub fn find_key_in_body(body: impl Read) -> io::Result<Option<Secret>> {
    let mut found = FoundKeys::default();
    let mut body = BufReader::new(body);
    if body.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        body.consume(BYTE_ORDER_MARK.len());
    }
    let mut json = serde_json::Deserializer::from_reader(body);
    let read = json.deserialize_any(&mut found);
    match (found.0.into_iter().flatten().next(), read) {
        (Some(key), _) => Ok(Some(Secret::presented(key))),
        (None, Err(error)) if error.is_io() => Err(error.into()),
        // What the door makes of a body that is no JSON is its own affair.
        (None, _) => Ok(None),
    }
}

/// By rank, the first counts.
#[derive(Default)]
struct FoundKeys([Option<String>; 4]);

impl FoundKeys {
    fn note(&mut self, rank: usize, value: &RawValue) {
        if let (Some(place), Some(key)) = (self.0.get_mut(rank), json::read_text(value)) {
            *place = Some(key.into_owned()).filter(|key| !key.is_empty());
        }
    }

    fn note_properties(&mut self, properties: &RawValue) {
        #[derive(Deserialize)]
        struct Properties<'a> {
            #[serde(borrow)]
            token: Option<&'a RawValue>,
        }
        let properties = serde_json::from_str(properties.get()).ok();
        if let Some(Properties { token: Some(token) }) = properties {
            self.note(3, token);
        }
    }
}

impl<'de> Visitor<'de> for &mut FoundKeys {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "writeKey" => self.note(0, &map.next_value::<Box<RawValue>>()?),
                "api_key" => self.note(1, &map.next_value::<Box<RawValue>>()?),
                "token" => self.note(2, &map.next_value::<Box<RawValue>>()?),
                "properties" => self.note_properties(&map.next_value::<Box<RawValue>>()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    /// Reading stops behind the first event.
    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let first: Option<Box<RawValue>> = array.next_element()?;
        match first.filter(|event| event.get().starts_with('{')) {
            Some(event) => serde_json::Deserializer::from_str(event.get())
                .deserialize_map(self)
                .map_err(A::Error::custom),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::AUTHORIZATION;

    use super::*;

    fn found(header: &str, query: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        if !header.is_empty() {
            headers.insert(AUTHORIZATION, HeaderValue::from_str(header).unwrap());
        }
        let keys = find_keys(&headers, &Query::parse(query));
        keys.iter().map(|key| key.expose().to_owned()).collect()
    }

    #[test]
    fn a_key_is_found_wherever_clients_put_it() {
        for (header, query) in [
            ("Bearer pw_key", ""),
            ("token pw_key", ""),
            ("Basic cHdfa2V5Og==", ""),
            ("", "type=incoming&apiKey=pw_key"),
            ("", "api_key=pw_key"),
            ("", "writeKey=pw_key"),
            ("", "token=pw_key"),
            ("Bearer%20pw_key", ""),
            ("Basic%20cHdfa2V5Og==", ""),
        ] {
            assert_eq!(found(header, query), ["pw_key"], "{header} {query}");
        }
        assert_eq!(found("Basic cGs6cHdfa2V5", ""), ["pk", "pw_key"]);
        assert!(found("Basic !", "").is_empty());
    }

    fn found_in(body: &str) -> Option<String> {
        find_key_in_body(body.as_bytes()).unwrap().map(|key| key.expose().to_owned())
    }

    #[test]
    fn a_key_in_the_body_is_found_beside_anything() {
        for body in [
            r#"{"batch": [1, {"writeKey": "no"}], "writeKey": "pw_key"}"#,
            r#"{"api_key": "pw_key", "event": null}"#,
            r#"{"api_key": null, "writeKey": "", "token": "pw_key"}"#,
            r#"{"properties": {"token": "pw_key", "a": "\ud800"}}"#,
            r#"[{"api_key": "pw_key"}, {"api_key": "other"}]"#,
            r#"{"token": "other", "api_key": "pw_key"}"#,
            "\u{feff}{\"writeKey\": \"pw_key\"}",
        ] {
            assert_eq!(found_in(body).as_deref(), Some("pw_key"), "{body}");
        }
    }

    #[test]
    fn a_key_is_found_in_a_body_that_breaks_off_behind_it() {
        for body in [
            r#"{"api_key": "pw_key", "batch": [{"#,
            r#"[{"api_key": "pw_key"}, "#,
            r#"{"writeKey": "pw_key"} x"#,
        ] {
            assert_eq!(found_in(body).as_deref(), Some("pw_key"), "{body}");
        }
    }

    #[test]
    fn a_body_without_a_key_has_none() {
        let deep = format!(r#"{{"batch": {}"#, "[".repeat(1_000_000));
        for body in
            ["", "[]", "{", "[1]", "7", "\"pw_key\"", r#"{"writeKey": 1}"#, "{}", "\u{a}\u{b}pw_key", &deep]
        {
            assert_eq!(found_in(body), None);
        }
    }
}
