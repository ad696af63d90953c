//! What a call has used.

pub(in crate::intake::doors::otlp) const MODEL: [&str; 20] = [
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
    "response.raw.model",
    "model",
];

/// Where the model stands in a JSON object, if nowhere else: a call that failed may tell only what it has asked for.
pub(in crate::intake::doors::otlp) const MODEL_INSIDE: (&str, &str) = ("llm.invocation_parameters", "model");

/// Where a number stands.
#[derive(Debug)]
pub(in crate::intake::doors::otlp) struct Numbers {
    /// Attributes of their own.
    pub(in crate::intake::doors::otlp) own: &'static [&'static str],
    /// Attributes that hold a JSON object, with the way to the number in it.
    pub(in crate::intake::doors::otlp) inside: &'static [(&'static str, &'static str)],
}

pub(in crate::intake::doors::otlp) const INPUT_TOKENS: Numbers = Numbers {
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
        "response.raw.usage.prompt_tokens",
        "input_tokens",
    ],
    inside: &[
        ("mlflow.chat.tokenUsage", "input_tokens"),
        ("langsmith.usage_metadata", "input_tokens"),
        ("langwatch.metrics", "prompt_tokens"),
        ("langwatch.metrics", "value.promptTokens"),
        ("genkit:output", "usage.inputTokens"),
        ("gcp.vertex.agent.llm_response", "usage_metadata.prompt_token_count"),
        ("gcp.vertex.agent.llm_response", "usageMetadata.promptTokenCount"),
        ("response_data", "usage.prompt_tokens"),
        ("response_data", "usage.input_tokens"),
    ],
};
pub(in crate::intake::doors::otlp) const OUTPUT_TOKENS: Numbers = Numbers {
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
        "response.raw.usage.completion_tokens",
        "output_tokens",
    ],
    inside: &[
        ("mlflow.chat.tokenUsage", "output_tokens"),
        ("langsmith.usage_metadata", "output_tokens"),
        ("langwatch.metrics", "completion_tokens"),
        ("langwatch.metrics", "value.completionTokens"),
        ("genkit:output", "usage.outputTokens"),
        ("gcp.vertex.agent.llm_response", "usage_metadata.candidates_token_count"),
        ("gcp.vertex.agent.llm_response", "usageMetadata.candidatesTokenCount"),
        ("response_data", "usage.completion_tokens"),
        ("response_data", "usage.output_tokens"),
    ],
};
pub(in crate::intake::doors::otlp) const COST: Numbers = Numbers {
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
pub(in crate::intake::doors::otlp) const COST_PARTS: [[&str; 2]; 4] = [
    ["gen_ai.cost.input_cost", "gen_ai.cost.output_cost"],
    ["llm.cost.prompt", "llm.cost.completion"],
    ["gen_ai.usage.input_cost", "gen_ai.usage.output_cost"],
    ["litellm.cost.input", "litellm.cost.output"],
];
/// Langfuse's objects: what was cached stands beside `input`, and the total may be absent.
pub(in crate::intake::doors::otlp) const LANGFUSE_USAGE: &str = "langfuse.observation.usage_details";
pub(in crate::intake::doors::otlp) const LANGFUSE_COST: &str = "langfuse.observation.cost_details";
/// Tokens that were read from a cache, or written to it. They are part of the input, unless they are more than that.
pub(in crate::intake::doors::otlp) const CACHED_TOKENS: [&str; 8] = [
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
pub(in crate::intake::doors::otlp) const TOTAL_TOKENS: [&str; 6] = [
    "gen_ai.usage.total_tokens",
    "llm.usage.total_tokens",
    "llm.token_count.total",
    "ai.usage.totalTokens",
    "usage.total_tokens",
    "llm.token.counts.total",
];
