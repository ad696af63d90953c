//! Bodies of forms: scripts in pages put their JSON into one field of a form, mostly in base64, since a browser sends a
//! form to another site without asking before.

use std::borrow::Cow;

use data_encoding::BASE64_NOPAD;

/// How such a body begins. No JSON begins so.
const FIELD: &[u8] = b"data=";

/// Whether a body is a form with JSON in it.
pub fn is_form(body: &[u8]) -> bool {
    body.starts_with(FIELD)
}

/// The JSON in a form; any other body as it is, and so is a form that holds neither JSON nor base64.
pub fn unwrap(body: Vec<u8>) -> Vec<u8> {
    let json = if is_form(&body) { read_form(&body) } else { None };
    json.unwrap_or(body)
}

/// The beginning of the JSON in a form that may break off; of any other body, the body.
pub fn unwrap_start(body: &[u8]) -> Cow<'_, [u8]> {
    let json = if is_form(body) { read_form(body) } else { None };
    json.map_or(Cow::Borrowed(body), Cow::Owned)
}

/// Base64 in either alphabet, as far as it goes.
fn read_form(body: &[u8]) -> Option<Vec<u8>> {
    let (_, data) = form_urlencoded::parse(body).next()?;
    let data = data.trim();
    if data.starts_with(['{', '[']) {
        return Some(data.as_bytes().to_vec());
    }
    // A plus that nobody encoded has become a blank.
    let letters = data.chars().map(|letter| match letter {
        ' ' | '-' => '+',
        '_' => '/',
        other => other,
    });
    let is_base64 = |letter: &char| letter.is_ascii_alphanumeric() || "+/".contains(*letter);
    let mut encoded: String = letters.take_while(is_base64).collect();
    if encoded.len() % 4 == 1 {
        encoded.pop();
    }
    let mut decoder = BASE64_NOPAD.specification();
    decoder.check_trailing_bits = false;
    let json = decoder.encoding().ok()?.decode(encoded.as_bytes()).ok()?;
    if json.trim_ascii_start().starts_with(b"{") || json.trim_ascii_start().starts_with(b"[") {
        Some(json)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL};

    use super::*;

    const JSON: &str = r#"{"a": "é~>?ü", "b": [1, 2, 3]}"#;

    fn text(body: &str) -> String {
        String::from_utf8(unwrap(body.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn json_is_found_in_a_form_however_it_is_encoded() {
        let standard = BASE64.encode(JSON.as_bytes());
        let percent: String = form_urlencoded::byte_serialize(standard.as_bytes()).collect();
        let plain: String = form_urlencoded::byte_serialize(JSON.as_bytes()).collect();
        for data in [
            standard.trim_end_matches('=').to_owned(),
            format!("{standard}&compression=base64&ip=1"),
            standard,
            percent,
            plain,
            BASE64URL.encode(JSON.as_bytes()),
        ] {
            assert_eq!(text(&format!("data={data}")), JSON, "{data}");
        }
    }

    #[test]
    fn what_is_no_form_stays_as_it_is() {
        for body in ["", "{}", "[1]", "data", "x=1&data=e30=", "data=%%%", "data=!", "data=cHdfa2V5"] {
            assert_eq!(text(body), body);
        }
    }

    #[test]
    fn the_start_of_a_form_is_read() {
        let json = r#"{"api_key": "pw_key", "batch": [{"event": "a>?~"}]}"#;
        let data: String =
            form_urlencoded::byte_serialize(BASE64.encode(json.as_bytes()).as_bytes()).collect();
        let form = format!("data={data}");
        for length in 40..form.len() {
            let start = unwrap_start(&form.as_bytes()[..length]).into_owned();
            assert!(json.as_bytes().starts_with(&start) && start.len() > 22, "{length}");
        }
        assert_eq!(&*unwrap_start(b"{}"), b"{}");
    }
}
