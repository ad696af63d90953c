//! Bots that are written for this server.

use super::guide::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "code",
    title: "Your own code",
    intro: "One request when somebody writes to your bot, and one when it answers. No package is needed.",
    guides: &[
        Guide { title: "curl", note: SEND, blocks: &[Block { id: "curl", place: "Shell", code: CURL }] },
        Guide {
            title: "JavaScript",
            note: SEND,
            blocks: &[Block { id: "javascript", place: "bot.mjs", code: JAVASCRIPT }],
        },
        Guide {
            title: "Python",
            note: SEND,
            blocks: &[Block { id: "python", place: "bot.py", code: PYTHON }],
        },
    ],
};

const SEND: &str = "A user's message is incoming, an answer of the bot is outgoing. Send several messages as an array. With an id of your own, a message counts once, however often it is sent.";

const CURL: &str = r#"
curl {url}/api/v1/events \
  -H 'Authorization: Bearer {key}' \
  -d '{"direction": "incoming", "user_id": "user-1", "channel": "web"}'
"#;

const JAVASCRIPT: &str = r#"
await fetch("{url}/api/v1/events", {
  method: "POST",
  headers: { Authorization: "Bearer {key}" },
  body: JSON.stringify({ direction: "incoming", user_id: "user-1", channel: "web" }),
});
"#;

const PYTHON: &str = r#"
import json, urllib.request

message = {"direction": "incoming", "user_id": "user-1", "channel": "web"}
request = urllib.request.Request(
    "{url}/api/v1/events",
    data=json.dumps(message).encode(),
    headers={"Authorization": "Bearer {key}"},
)
print(urllib.request.urlopen(request).read().decode())
"#;
