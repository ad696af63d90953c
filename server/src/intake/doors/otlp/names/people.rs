//! Persons, conversations and channels.

/// Where the name of a person, a conversation or a channel stands.
#[derive(Debug)]
pub(in crate::intake::doors::otlp) struct Names {
    /// Attributes of their own.
    pub(in crate::intake::doors::otlp) own: &'static [&'static str],
    /// Words that authors of bots choose, behind one of [`METADATA`] or in one of [`OBJECTS`].
    pub(in crate::intake::doors::otlp) words: &'static [&'static str],
    /// Attributes that say less, and count only where nothing else does.
    pub(in crate::intake::doors::otlp) weak: &'static [&'static str],
    /// Attributes that hold a request to a model as JSON, with the way to the name in it. They count last.
    pub(in crate::intake::doors::otlp) inside: &'static [(&'static str, &'static str)],
}

/// Prefixes of attributes that authors of bots name themselves.
pub(in crate::intake::doors::otlp) const METADATA: [&str; 11] = [
    "ai.telemetry.metadata.",
    "ai.settings.context.",
    "ai.settings.runtimeContext.",
    "traceloop.association.properties.",
    "langfuse.trace.metadata.",
    "langfuse.observation.metadata.",
    "langsmith.metadata.",
    "langwatch.metadata.",
    "mastra.metadata.",
    "lmnr.association.properties.",
    "metadata.",
];
/// Attributes that hold such words as one JSON object.
pub(in crate::intake::doors::otlp) const OBJECTS: [&str; 6] = [
    "metadata",
    "langfuse.trace.metadata",
    "langfuse.observation.metadata",
    "langfuse.metadata",
    "langwatch.metadata",
    "langwatch.trace",
];

pub(in crate::intake::doors::otlp) const USER: Names = Names {
    own: &[
        "user.id",
        "langfuse.user.id",
        "langfuse.userId",
        "enduser.id",
        "enduser.pseudo.id",
        "gen_ai.user.id",
        "langwatch.user.id",
        "langwatch.user_id",
        "mlflow.trace.user",
        "gcp.vertex.agent.user_id",
        "posthog.distinct_id",
        "litellm.end_user.id",
    ],
    words: &[
        "userId",
        "user_id",
        "user.id",
        "userID",
        "langfuse_user_id",
        "posthog_distinct_id",
        "end_user_id",
        "user_api_key_end_user_id",
        "resourceId",
        "user",
        "customer_id",
        "external_user_id",
    ],
    weak: &["gen_ai.user", "gen_ai.request.user", "llm.user", "user_id", "userId", "lk.participant_identity"],
    inside: &[
        ("request_data", "user"),
        ("request_data", "safety_identifier"),
        ("request_data", "metadata.user_id"),
        ("llm.invocation_parameters", "user"),
        ("llm.invocation_parameters", "safety_identifier"),
        ("llm.invocation_parameters", "metadata.user_id"),
        ("langfuse.observation.model.parameters", "user"),
    ],
};
pub(in crate::intake::doors::otlp) const CONVERSATION: Names = Names {
    own: &[
        "gen_ai.conversation.id",
        "langfuse.session.id",
        "langfuse.sessionId",
        "session.id",
        "gen_ai.session.id",
        "gen_ai.thread.id",
        "conversation.id",
        "langwatch.thread.id",
        "langwatch.thread_id",
        "langwatch.session.id",
        "langwatch.langgraph.thread_id",
        "mlflow.trace.session",
        "gcp.vertex.agent.session_id",
        "voltagent.conversation_id",
        "spring.ai.chat.client.conversation.id",
        "$ai_session_id",
    ],
    words: &[
        "conversationId",
        "conversation_id",
        "conversation.id",
        "chatId",
        "chat_id",
        "chat.id",
        "threadId",
        "thread_id",
        "thread.id",
        "sessionId",
        "session_id",
        "session.id",
        "langfuse_session_id",
        "$ai_session_id",
    ],
    weak: &["conversation_id", "thread_id", "session_id", "lk.room_name"],
    inside: &[],
};
/// No convention has a name for the channel; these carry what a bot's author adds.
pub(in crate::intake::doors::otlp) const CHANNEL: Names =
    Names { own: &["channel"], words: &["channel"], weak: &[], inside: &[] };
