//! Code that sends a bot's message, to be copied: with this server's address and, once, with the key.

/// Stands for the key where it is not known any more.
const KEY_PLACEHOLDER: &str = "YOUR_WRITE_KEY";

/// Name of the language and code, for each language.
pub(super) fn all(base_url: &str, key: Option<&str>) -> Vec<(String, String)> {
    [("curl", CURL), ("JavaScript", JAVASCRIPT), ("Python", PYTHON)]
        .map(|(language, code)| (language.to_owned(), fill(code, base_url, key.unwrap_or(KEY_PLACEHOLDER))))
        .to_vec()
}

fn fill(code: &str, base_url: &str, key: &str) -> String {
    code.replace("{url}", &format!("{base_url}/api/v1/events")).replace("{key}", key).trim().to_owned()
}

const CURL: &str = r#"
curl {url} \
  -H 'Authorization: Bearer {key}' \
  -d '{"direction": "incoming", "user_id": "user-1", "channel": "web"}'
"#;

const JAVASCRIPT: &str = r#"
await fetch("{url}", {
  method: "POST",
  headers: { Authorization: "Bearer {key}" },
  body: JSON.stringify({ direction: "incoming", user_id: "user-1", channel: "web" }),
});
"#;

const PYTHON: &str = r#"
import json, urllib.request

message = {"direction": "incoming", "user_id": "user-1", "channel": "web"}
request = urllib.request.Request(
    "{url}",
    data=json.dumps(message).encode(),
    headers={"Authorization": "Bearer {key}"},
)
print(urllib.request.urlopen(request).read().decode())
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_snippet_names_this_server_and_the_key() {
        for (language, code) in all("https://chat.example", Some("pw_abc")) {
            assert!(code.contains("https://chat.example/api/v1/events"), "{language}");
            assert!(code.contains("Bearer pw_abc"), "{language}");
            assert!(code.contains("incoming") && !code.contains("{url}"), "{language}");
        }
    }

    #[test]
    fn a_key_that_is_not_known_any_more_has_a_placeholder() {
        assert!(all("http://localhost", None).iter().all(|(_, code)| code.contains("Bearer YOUR_WRITE_KEY")));
    }
}
