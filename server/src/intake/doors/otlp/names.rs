//! The names under which instrumentations write the same thing, best first. docs/INTAKE.md has the same table; a test
//! compares them.

/// Where the name of a person, a conversation or a channel stands.
#[derive(Debug)]
pub(super) struct Names {
    /// Attributes of their own.
    pub(super) own: &'static [&'static str],
    /// Words that authors of bots choose, behind one of [`METADATA`] or in one of [`OBJECTS`].
    pub(super) words: &'static [&'static str],
    /// Attributes that say less, and count only where nothing else does.
    pub(super) weak: &'static [&'static str],
}

/// Prefixes of attributes that authors of bots name themselves.
pub(super) const METADATA: [&str; 11] = [
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
pub(super) const OBJECTS: [&str; 6] = [
    "metadata",
    "langfuse.trace.metadata",
    "langfuse.observation.metadata",
    "langfuse.metadata",
    "langwatch.metadata",
    "langwatch.trace",
];

pub(super) const USER: Names = Names {
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
    ],
    weak: &["gen_ai.user", "gen_ai.request.user", "llm.user", "user_id", "userId", "lk.participant_identity"],
};
pub(super) const CONVERSATION: Names = Names {
    own: &[
        "gen_ai.conversation.id",
        "langfuse.session.id",
        "langfuse.sessionId",
        "session.id",
        "gen_ai.session.id",
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
};
/// No convention has a name for the channel; these carry what a bot's author adds.
pub(super) const CHANNEL: Names = Names { own: &["channel"], words: &["channel"], weak: &[] };

pub(super) const MODEL: [&str; 18] = [
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.response.model_name",
    "llm.request.model_name",
    "llm.model_name",
    "llm.response.model",
    "llm.request.model",
    "ai.response.model",
    "ai.model.id",
    "langfuse.observation.model.name",
    "mlflow.llm.model",
    "langsmith.metadata.ls_model_name",
    "embedding.model_name",
    "llm.model",
    "gen_ai.llm.model",
    "gen_ai.response_model",
    "gen_ai.request_model",
    "litellm.provider.model",
];

/// Where a number stands.
#[derive(Debug)]
pub(super) struct Numbers {
    /// Attributes of their own.
    pub(super) own: &'static [&'static str],
    /// Attributes that hold a JSON object, with the way to the number in it.
    pub(super) inside: &'static [(&'static str, &'static str)],
}

pub(super) const INPUT_TOKENS: Numbers = Numbers {
    own: &[
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
        "llm.token_count.prompt",
        "ai.usage.inputTokens",
        "ai.usage.promptTokens",
        "ai.usage.tokens",
        "llm.usage.prompt_tokens",
        "llm.usage.input_tokens",
        "usage.prompt_tokens",
        "llm.token.counts.prompt",
        "llm.prompt_tokens",
        "gen_ai.token.usage.input",
        "gen_ai.response.prompt_tokens",
        "codex.turn.token_usage.input_tokens",
        "input_tokens",
    ],
    inside: &[
        ("mlflow.chat.tokenUsage", "input_tokens"),
        ("langsmith.usage_metadata", "input_tokens"),
        ("langwatch.metrics", "prompt_tokens"),
        ("langwatch.metrics", "value.promptTokens"),
        ("genkit:output", "usage.inputTokens"),
        ("gcp.vertex.agent.llm_response", "usage_metadata.prompt_token_count"),
        ("response_data", "usage.prompt_tokens"),
        ("response_data", "usage.input_tokens"),
    ],
};
pub(super) const OUTPUT_TOKENS: Numbers = Numbers {
    own: &[
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
        "ai.usage.outputTokens",
        "ai.usage.completionTokens",
        "llm.usage.completion_tokens",
        "llm.usage.output_tokens",
        "usage.completion_tokens",
        "llm.token.counts.completion",
        "llm.completion_tokens",
        "gen_ai.token.usage.output",
        "gen_ai.response.completion_tokens",
        "codex.turn.token_usage.output_tokens",
        "output_tokens",
    ],
    inside: &[
        ("mlflow.chat.tokenUsage", "output_tokens"),
        ("langsmith.usage_metadata", "output_tokens"),
        ("langwatch.metrics", "completion_tokens"),
        ("langwatch.metrics", "value.completionTokens"),
        ("genkit:output", "usage.outputTokens"),
        ("gcp.vertex.agent.llm_response", "usage_metadata.candidates_token_count"),
        ("response_data", "usage.completion_tokens"),
        ("response_data", "usage.output_tokens"),
    ],
};
pub(super) const COST: Numbers = Numbers {
    own: &[
        "operation.cost",
        "gen_ai.cost.total_cost",
        "gen_ai.usage.cost",
        "gen_ai.usage.total_cost",
        "llm.cost.total",
        "llm.response.cost",
        "litellm.cost.total",
        "langwatch.span.cost",
        "llm.usage.total_cost",
        "gen_ai.token.cost.total",
    ],
    inside: &[
        ("mlflow.llm.cost", "total_cost"),
        ("langwatch.metrics", "cost"),
        ("langwatch.metrics", "value.cost"),
        ("langsmith.usage_metadata", "total_cost"),
        ("hidden_params", "response_cost"),
    ],
};
/// Pairs whose sum is the cost where no attribute has it.
pub(super) const COST_PARTS: [[&str; 2]; 4] = [
    ["gen_ai.cost.input_cost", "gen_ai.cost.output_cost"],
    ["llm.cost.prompt", "llm.cost.completion"],
    ["gen_ai.usage.input_cost", "gen_ai.usage.output_cost"],
    ["litellm.cost.input", "litellm.cost.output"],
];
/// Langfuse's objects: what was cached stands beside `input`, and the total may be absent.
pub(super) const LANGFUSE_USAGE: &str = "langfuse.observation.usage_details";
pub(super) const LANGFUSE_COST: &str = "langfuse.observation.cost_details";
/// Tokens that were read from a cache, or written to it. They are part of the input, unless they are more than that.
pub(super) const CACHED_TOKENS: [&str; 8] = [
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "gen_ai.usage.cache_write_input_tokens",
    "cache_read_tokens",
    "cache_creation_tokens",
];
/// Sums of both: they tell nothing that is stored, and that the span is a call.
pub(super) const TOTAL_TOKENS: [&str; 6] = [
    "gen_ai.usage.total_tokens",
    "llm.usage.total_tokens",
    "llm.token_count.total",
    "ai.usage.totalTokens",
    "usage.total_tokens",
    "llm.token.counts.total",
];

/// Where instrumentations say what a span is, in the order in which they are believed.
pub(super) const KIND: [&str; 13] = [
    "langfuse.observation.type",
    "openinference.span.kind",
    "ai.operationId",
    "langsmith.span.kind",
    "mlflow.spanType",
    "langwatch.span.type",
    "gen_ai.span.kind",
    "mastra.span.type",
    "genkit:metadata:subtype",
    "span.type",
    "lmnr.span.type",
    "gen_ai.operation.name",
    "llm.request.type",
];
/// The words there for a call of a model. Others end with `.doGenerate` or `.doStream`.
pub(super) const CALLS: [&str; 31] = [
    "acompletion",
    "agenerate_content",
    "anthropic_messages",
    "aresponses",
    "atext_completion",
    "background-model",
    "cached",
    "chat",
    "chat.completions",
    "chat_completion",
    "chat_completions",
    "chat_model",
    "completion",
    "completions",
    "generate",
    "generate_content",
    "generation",
    "llm",
    "llm_call",
    "llm_request",
    "message",
    "messages",
    "model",
    "model_step",
    "response",
    "responses",
    "text.completions",
    "text_completion",
    "text_completions",
    "chat-model",
    "fetch_completion",
];
/// The words for a call that is no part of what is said.
pub(super) const SILENT: [&str; 8] =
    ["decision", "evaluation", "evaluator", "guardrail", "moderation", "prompt", "rerank", "reranker"];
/// The words for what is no call of a language model, whatever else it says.
pub(super) const NO_CALLS: [&str; 20] = [
    "ai.toolcall",
    "audio",
    "audio_speech",
    "event",
    "execute_tool",
    "image",
    "image_generation",
    "mcp_tool_call",
    "parser",
    "retrieval",
    "retriever",
    "speech",
    "stt",
    "tool",
    "tool_call",
    "transcription",
    "tts",
    "vector_db_retrieve",
    "vector_store",
    "vectordb",
];
/// Who serves the model: a span of a client that names it together with a model calls it.
pub(super) const VENDOR: [&str; 5] =
    ["gen_ai.system", "gen_ai.provider.name", "ai.model.provider", "llm.system", "llm.provider"];

/// Names of spans that are one turn of a trace that holds several.
pub(super) const TURNS: [&str; 5] =
    ["turn", "agent_turn", "pipecat.conversation.turn", "claude_code.interaction", "session_task.turn"];
/// Attributes that a span of one turn has.
pub(super) const TURN_NUMBERS: [&str; 3] = ["turn.number", "turn.index", "conversation.turn_number"];

/// Where the purpose of a call stands, beside the name of its span.
pub(super) const PURPOSE: [&str; 12] = [
    "ai.telemetry.functionId",
    "langfuse.trace.name",
    "langsmith.trace.name",
    "gen_ai.agent.name",
    "gen_ai.prompt.name",
    "langfuse.observation.prompt.name",
    "traceloop.workflow.name",
    "traceloop.entity.name",
    "langfuse.trace.metadata.task",
    "langfuse.observation.metadata.task",
    "query_source",
    "litellm.request.purpose",
];
/// Purposes that no person asked for, without case, spaces, underscores and hyphens. LiteLLM names a purpose only for
/// calls that it makes by itself.
pub(super) const HELPERS: [&str; 32] = [
    "autocompletegeneration",
    "autorouterclassifier",
    "chattitle",
    "conversationtitle",
    "emojigeneration",
    "followup",
    "followupgeneration",
    "followupprompts",
    "followupquestions",
    "followups",
    "followupsuggestions",
    "generatechattitle",
    "generateconversationname",
    "generateconversationtitle",
    "generatefollowups",
    "generatesessiontitle",
    "generatesuggestions",
    "generatetags",
    "generatethreadtitle",
    "generatetitle",
    "imagepromptgeneration",
    "promptsuggestion",
    "querygeneration",
    "suggestedquestion",
    "suggestedquestions",
    "suggestedreplies",
    "suggestions",
    "tagsgeneration",
    "threadtitle",
    "title",
    "titlegeneration",
    "titlegenerator",
];
