// A bot on the AI SDK of the major version MAJOR, traced as that version's guide says; LEGACY=1 takes the spans of before
// from version 7.
import { makeProvider, model as name, question, read, settings, talk } from "./talk.mjs";

const major = process.env.MAJOR;
const alias = (title) => (major === "7" ? title : `${title}-${major}`);
const compatible = { 5: "openai-compatible-1", 6: "openai-compatible-2", 7: "@ai-sdk/openai-compatible" };
const ai = await import(alias("ai"));
const { createOpenAICompatible } = await import(compatible[major]);
const provider = makeProvider();
if (major === "7") await register();

const told = (includeUsage) =>
  createOpenAICompatible({ ...settings, name: "mock", includeUsage }).chatModel(name);
const track = ai.tool({ inputSchema: ai.jsonSchema({ type: "object" }), execute: () => "in Hamburg" });
const stop = (ai.isStepCount ?? ai.stepCountIs)(3);
const complain = (error) => {
  throw error;
};
await talk((user, session, ask) => ask(about(user, session)), {
  chat: (who) => ai.generateText({ model: told(true), prompt: question, ...who }),
  stream: (who) =>
    read(ai.streamText({ model: told(false), prompt: question, onError: complain, ...who }).textStream),
  "stream-usage": (who) =>
    read(ai.streamText({ model: told(true), prompt: question, onError: complain, ...who }).textStream),
  tools: (who) =>
    ai.generateText({ model: told(true), prompt: question, tools: { track }, stopWhen: stop, ...who }),
  fails: (who) =>
    ai.generateText({ model: told(true), prompt: "Please fail.", maxRetries: 0, ...who }).catch(() => {}),
});
await provider.shutdown();

async function register() {
  const { LegacyOpenTelemetry, OpenTelemetry } = await import("@ai-sdk/otel");
  const integration = process.env.LEGACY
    ? new LegacyOpenTelemetry()
    : new OpenTelemetry({ runtimeContext: true });
  ai.registerTelemetry(integration);
}

/** Who talks: from version 7 on in the context of the run, of which the named parts go into the spans. */
function about(userId, sessionId) {
  const metadata = { userId, sessionId, channel: "web" };
  if (major !== "7") return { experimental_telemetry: { isEnabled: true, functionId: "support", metadata } };
  const included = { userId: true, sessionId: true, channel: true };
  return { runtimeContext: metadata, telemetry: { functionId: "support", includeRuntimeContext: included } };
}
