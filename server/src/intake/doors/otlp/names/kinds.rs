//! What a span is, and what a call is for.

/// Where instrumentations say what a span is, in the order in which they are believed.
pub(in crate::intake::doors::otlp) const KIND: [&str; 13] = [
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
pub(in crate::intake::doors::otlp) const CALLS: [&str; 31] = [
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
pub(in crate::intake::doors::otlp) const SILENT: [&str; 8] =
    ["decision", "evaluation", "evaluator", "guardrail", "moderation", "prompt", "rerank", "reranker"];
/// The words for what is no call of a language model, whatever else it says.
pub(in crate::intake::doors::otlp) const NO_CALLS: [&str; 20] = [
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
/// Events of spans that are calls and say nothing in attributes: LlamaIndex puts all of it into them.
pub(in crate::intake::doors::otlp) const CALL_EVENTS: [&str; 3] =
    ["LLMChatEndEvent", "LLMCompletionEndEvent", "LLMStructuredPredictEndEvent"];
/// Who serves the model: a span of a client that names it together with a model calls it.
pub(in crate::intake::doors::otlp) const VENDOR: [&str; 5] =
    ["gen_ai.system", "gen_ai.provider.name", "ai.model.provider", "llm.system", "llm.provider"];

/// Names of spans that are one turn of a trace that holds several.
pub(in crate::intake::doors::otlp) const TURNS: [&str; 5] =
    ["turn", "agent_turn", "pipecat.conversation.turn", "claude_code.interaction", "session_task.turn"];
/// Names of calls that are a turn each, where one trace holds all of a chat: alone, or before a colon.
pub(in crate::intake::doors::otlp) const TURN_CALLS: [&str; 1] = ["llm_response"];
/// The same if nothing lies above them: LiteLLM's callback for Langfuse makes one trace of a session.
pub(in crate::intake::doors::otlp) const TURN_ROOTS: [&str; 4] =
    ["litellm-acompletion", "litellm-aresponses", "litellm-completion", "litellm-responses"];
/// Attributes that a span of one turn has.
pub(in crate::intake::doors::otlp) const TURN_NUMBERS: [&str; 3] =
    ["turn.number", "turn.index", "conversation.turn_number"];

/// Where the purpose of a call stands, beside the name of its span.
pub(in crate::intake::doors::otlp) const PURPOSE: [&str; 12] = [
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
pub(in crate::intake::doors::otlp) const HELPERS: [&str; 26] = [
    "autocompletegeneration",
    "autorouterclassifier",
    "chattitle",
    "conversationtitle",
    "emojigeneration",
    "followupgeneration",
    "followupprompts",
    "followupquestions",
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
    "tagsgeneration",
    "threadtitle",
    "titleagent",
    "titlegeneration",
    "titlegenerator",
];
/// Words of such purposes: a name is one if it holds one of these, and otherwise only [`HELPER_FILLERS`].
pub(in crate::intake::doors::otlp) const HELPER_WORDS: [&str; 21] = [
    "followup",
    "followups",
    "nextquestions",
    "recommendedquestion",
    "recommendedquestions",
    "relatedqueries",
    "relatedquestion",
    "relatedquestions",
    "suggestedprompt",
    "suggestedprompts",
    "suggestedquestion",
    "suggestedquestions",
    "suggestedreplies",
    "suggestedreply",
    "suggestion",
    "suggestions",
    "tag",
    "tags",
    "title",
    "titler",
    "titles",
];
/// Words that may stand beside those.
pub(in crate::intake::doors::otlp) const HELPER_FILLERS: [&str; 36] = [
    "a",
    "an",
    "auto",
    "automatic",
    "chat",
    "conversation",
    "create",
    "creation",
    "creator",
    "first",
    "for",
    "from",
    "gen",
    "generate",
    "generates",
    "generating",
    "generation",
    "generator",
    "get",
    "history",
    "llm",
    "make",
    "message",
    "messages",
    "of",
    "prompt",
    "prompts",
    "question",
    "questions",
    "session",
    "short",
    "suggest",
    "task",
    "the",
    "thread",
    "user",
];
