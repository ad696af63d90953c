//! Chat widgets in web pages.

use super::guide::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "page",
    title: "Your web page",
    intro: "A script for the page with your chat widget. Your server then sends nothing.",
    guides: &[Guide {
        title: "Any chat widget",
        note: PAGE,
        blocks: &[Block { id: "web-page", place: "The page with your chat widget", code: WEB_PAGE }],
    }],
};

const PAGE: &str = "For a chat widget in a web page. The script is small and sets no cookie; messages that cannot be sent yet wait in the browser, and count once. Name the page's site on Settings, under Web pages: visitors can read the key. Without a user_id a visitor is one user as long as the tab is open.";

const WEB_PAGE: &str = r#"
<script>
  window.parlance ??= (...call) => (parlance.q ??= []).push(call);
</script>
<script async src="{url}/parlance.js" data-key="{key}"></script>
<script>
  // In your widget, for each message:
  parlance("message", { direction: "incoming", user_id: "user-1", text: "Hello" });
  parlance("message", { direction: "outgoing", user_id: "user-1", text: "Hi!" });
</script>
"#;
