//! Write keys: where clients put them, and what they open.

use data_encoding::BASE64;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::Deserialize;
use store::credentials::Secret;
use store::keys::WriteAccess;

use super::doors::Query;
use crate::problem::Problem;
use crate::state::ServerState;

/// The bot that one of these keys opens: the first known one.
///
/// # Errors
/// 401 when none is known, 429 when it is used too often, 403 when the bot is not activated.
pub async fn authorise(state: &ServerState, keys: &[Secret]) -> Result<WriteAccess, Problem> {
    for key in keys {
        let access = state.context.store.find_write_access(key, state.context.clock.now()).await?;
        if let Some(access) = access {
            state.intake_limit.check(key)?;
            return if access.is_activated { Ok(access) } else { Err(Problem::bot_inactive()) };
        }
    }
    Err(Problem::unauthorized("This write key is unknown or revoked."))
}

/// Keys in the `Authorization` header (`Bearer`, `Token`, or either part of `Basic`) and in the query (`apiKey`, `api_key`).
pub fn find_keys(headers: &HeaderMap, query: &Query) -> Vec<Secret> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let in_header = header.and_then(|value| value.split_once(' ')).map(read_header).unwrap_or_default();
    let in_query = ["apiKey", "api_key"].into_iter().filter_map(|name| query.find(name)).map(str::to_owned);
    let keys = in_header.into_iter().chain(in_query).filter(|key| !key.is_empty());
    keys.map(Secret::presented).collect()
}

fn read_header((scheme, value): (&str, &str)) -> Vec<String> {
    let value = value.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => vec![value.to_owned()],
        "basic" => {
            let pair = BASE64.decode(value.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            pair.unwrap_or_default().splitn(2, ':').map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// The key inside a JSON body: `writeKey` or `api_key`, beside whatever else it holds.
pub fn find_key_in_body(body: &[u8]) -> Option<Secret> {
    #[derive(Deserialize)]
    struct Keys {
        #[serde(rename = "writeKey")]
        write_key: Option<String>,
        api_key: Option<String>,
    }
    let keys: Keys = serde_json::from_slice(body).ok()?;
    keys.write_key.or(keys.api_key).map(Secret::presented)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

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
        ] {
            assert_eq!(found(header, query), ["pw_key"], "{header} {query}");
        }
        assert_eq!(found("Basic cGs6cHdfa2V5", ""), ["pk", "pw_key"]);
        assert!(found("Basic !", "").is_empty());
    }

    #[test]
    fn a_key_in_the_body_is_found_beside_anything() {
        for body in [r#"{"batch": [1, {"writeKey": "no"}], "writeKey": "pw_key"}"#, r#"{"api_key": "pw_key", "event": null}"#] {
            assert_eq!(find_key_in_body(body.as_bytes()).unwrap().expose(), "pw_key");
        }
        for body in ["", "[]", "{", r#"{"writeKey": 1}"#, "{}"] {
            assert!(find_key_in_body(body.as_bytes()).is_none(), "{body}");
        }
    }
}
