//! Traces of bots on language models.

use super::guide::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "models",
    title: "Language models",
    intro: "If the calls of your bot's language model are traced, the traces have all that is counted: who asked, what was answered, with how many tokens.",
    guides: &[
        Guide {
            title: "OpenTelemetry",
            note: "For every library that traces by the GenAI conventions over OTLP/HTTP. A trace counts as one turn: what the user said, and what the bot answered. Set user.id and session.id on the trace to tell users and conversations apart.",
            blocks: &[Block { id: "opentelemetry", place: "Environment", code: OPENTELEMETRY }],
        },
        Guide {
            title: "Langfuse",
            note: "For Langfuse's clients of all versions: each reads one of the names of the address. The public key can be any word.",
            blocks: &[Block { id: "langfuse", place: "Environment", code: LANGFUSE }],
        },
    ],
};

const OPENTELEMETRY: &str = r#"
export OTEL_EXPORTER_OTLP_ENDPOINT="{url}"
export OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf"
export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20{key}"
"#;

const LANGFUSE: &str = r#"
export LANGFUSE_BASE_URL="{url}"
export LANGFUSE_BASEURL="{url}"
export LANGFUSE_HOST="{url}"
export LANGFUSE_PUBLIC_KEY="parlance"
export LANGFUSE_SECRET_KEY="{key}"
"#;
