// A bot on the AI SDK whose calls are traced; the model is a mock, which FAILS=1 makes fail. SPANS=proto speaks protobuf
// instead of JSON.
import { generateText, stepCountIs, tool, jsonSchema } from "ai";
import { MockLanguageModelV3, mockValues } from "ai/test";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const exporter = process.env.SPANS === "proto" ? new ProtoExporter() : new JsonExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
provider.register();

const doGenerate = process.env.FAILS ? fail : mockValues(lookUp(), answer());
const model = new MockLanguageModelV3({ modelId: "mock-1", doGenerate });
await generateText({
  model,
  prompt: "Where is my parcel?",
  stopWhen: stepCountIs(3),
  maxRetries: 0,
  tools: { track: tool({ inputSchema: jsonSchema({ type: "object" }), execute: () => "in Hamburg" }) },
  experimental_telemetry: {
    isEnabled: true,
    functionId: "support",
    metadata: { userId: "user-1", sessionId: "c-1" },
  },
}).catch((error) => console.log(error.message));
await provider.shutdown();

async function fail() {
  throw new Error("The model is overloaded.");
}

function lookUp() {
  return turn("tool-calls", 11, 3, {
    type: "tool-call",
    toolCallId: "call-1",
    toolName: "track",
    input: "{}",
  });
}

function answer() {
  return turn("stop", 23, 5, { type: "text", text: "It is in Hamburg." });
}

function turn(reason, input, output, content) {
  const usage = { inputTokens: { total: input }, outputTokens: { total: output } };
  return { content: [content], finishReason: { unified: reason, raw: reason }, usage, warnings: [] };
}
