//! Clients of product analytics.

use super::guide::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "products",
    title: "Product analytics",
    intro: "A bot that already reports to Segment, RudderStack or PostHog only needs another address and key.",
    guides: &[
        Guide {
            title: "Segment, Node.js",
            note: SEGMENT,
            blocks: &[
                Block {
                    id: "segment-node-install",
                    place: "Install",
                    code: "npm install @segment/analytics-node",
                },
                Block { id: "segment-node", place: "bot.mjs", code: SEGMENT_NODE },
            ],
        },
        Guide {
            title: "Segment, Python",
            note: SEGMENT,
            blocks: &[
                Block {
                    id: "segment-python-install",
                    place: "Install",
                    code: "pip install segment-analytics-python",
                },
                Block { id: "segment-python", place: "bot.py", code: SEGMENT_PYTHON },
            ],
        },
        Guide {
            title: "RudderStack, Node.js",
            note: SEGMENT,
            blocks: &[
                Block {
                    id: "rudderstack-node-install",
                    place: "Install",
                    code: "npm install @rudderstack/rudder-sdk-node",
                },
                Block { id: "rudderstack-node", place: "bot.mjs", code: RUDDERSTACK_NODE },
            ],
        },
        Guide {
            title: "PostHog, Node.js",
            note: POSTHOG,
            blocks: &[
                Block { id: "posthog-node-install", place: "Install", code: "npm install posthog-node" },
                Block { id: "posthog-node", place: "bot.mjs", code: POSTHOG_NODE },
            ],
        },
        Guide {
            title: "PostHog, Python",
            note: POSTHOG,
            blocks: &[
                Block { id: "posthog-python-install", place: "Install", code: "pip install posthog" },
                Block { id: "posthog-python", place: "bot.py", code: POSTHOG_PYTHON },
            ],
        },
    ],
};

const SEGMENT: &str = "The events “Message Received” and “Message Sent” count as messages, all others as custom events of their names. Page views, traits and groups are left out.";
const POSTHOG: &str = "The events message_received and message_sent count as messages, $ai_generation as a call of a language model, all others as custom events of their names. PostHog's own events are left out.";

const SEGMENT_NODE: &str = r#"
import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({ writeKey: "{key}", host: "{url}" });
analytics.track({ userId: "user-1", event: "Message Received", properties: { channel: "web" } });
analytics.track({ userId: "user-1", event: "Message Sent", properties: { channel: "web" } });
await analytics.closeAndFlush();
"#;

const SEGMENT_PYTHON: &str = r#"
import segment.analytics as analytics

analytics.write_key = "{key}"
analytics.host = "{url}"
analytics.track("user-1", "Message Received", {"channel": "web"})
analytics.track("user-1", "Message Sent", {"channel": "web"})
analytics.shutdown()
"#;

const RUDDERSTACK_NODE: &str = r#"
import Rudder from "@rudderstack/rudder-sdk-node";

const rudder = new Rudder("{key}", { dataPlaneUrl: "{url}" });
rudder.track({ userId: "user-1", event: "Message Received", properties: { channel: "web" } });
rudder.track({ userId: "user-1", event: "Message Sent", properties: { channel: "web" } });
rudder.flush();
"#;

const POSTHOG_NODE: &str = r#"
import { PostHog } from "posthog-node";

const posthog = new PostHog("{key}", { host: "{url}" });
posthog.capture({ distinctId: "user-1", event: "message_received", properties: { channel: "web" } });
posthog.capture({ distinctId: "user-1", event: "message_sent", properties: { channel: "web" } });
await posthog.shutdown();
"#;

const POSTHOG_PYTHON: &str = r#"
from posthog import Posthog

posthog = Posthog("{key}", host="{url}")
posthog.capture("message_received", distinct_id="user-1", properties={"channel": "web"})
posthog.capture("message_sent", distinct_id="user-1", properties={"channel": "web"})
posthog.shutdown()
"#;
