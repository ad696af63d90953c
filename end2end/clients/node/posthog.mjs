// A bot that reports to PostHog: what is said as events, and each call of a language model as `$ai_generation`.
import { PostHog } from "posthog-node";
import { messages, properties } from "./messages.mjs";

const posthog = new PostHog(process.env.KEY, { host: process.env.BASE, flushAt: 20 });
let failed = 0;
posthog.on("error", (error) => {
  console.error(error.message);
  failed++;
});

for (const message of messages) {
  const timestamp = message.at && new Date(message.at);
  const common = { distinctId: message.user_id, uuid: message.id, timestamp };
  if (message.type === "identify") posthog.identify({ ...common, properties: message.traits });
  else if (message.type === "alias") posthog.alias({ ...common, alias: message.previous_id });
  else posthog.capture({ ...common, event: eventName(message), properties: describe(message) });
}
await posthog.shutdown();
process.exit(failed ? 1 : 0);

function eventName({ type, direction }) {
  if (type !== "message") return type;
  return direction === "incoming" ? "message_received" : "message_sent";
}

function describe(message) {
  const { session_id, input_tokens, output_tokens, cost_usd, latency_ms } = message;
  if (message.type !== "$ai_generation") return { $session_id: session_id, ...properties(message) };
  return {
    $session_id: session_id,
    $ai_trace_id: session_id,
    $ai_model: message.model,
    $ai_provider: "mock",
    $ai_input_tokens: input_tokens,
    $ai_output_tokens: output_tokens,
    $ai_total_cost_usd: cost_usd,
    $ai_latency: latency_ms / 1000,
  };
}
