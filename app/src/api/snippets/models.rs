//! Traces of bots on language models.

use super::guide::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "models",
    title: "Language models",
    intro: "If your bot's calls of a language model are traced, the traces have everything that is counted: users, answers and tokens.",
    guides: &[
        Guide {
            title: "OpenTelemetry",
            note: "For every library that traces with the GenAI conventions over OTLP/HTTP. A trace counts as one turn: a message of the user and the bot's answer. Set user.id and session.id on the trace to tell users and conversations apart.",
            blocks: &[Block { id: "opentelemetry", place: "Environment", code: OPENTELEMETRY }],
        },
        Guide {
            title: "Langfuse",
            note: "For all versions of Langfuse's clients: each reads the address under one of the names. The public key can be any word.",
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
