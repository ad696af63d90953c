// What a bot on a language model does: turns of two users, each by another way to ask the model at MODELS. ASKS names the
// ways that are taken, in their order.
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

export const model = "mock-1";
export const question = "Where is my parcel?";
export const settings = { baseURL: process.env.MODELS, apiKey: "mock", maxRetries: 0 };
const messages = [{ role: "user", content: question }];
const tools = [
  { type: "function", function: { name: "track", parameters: { type: "object", properties: {} } } },
];
// Who asks otherwise than user-1.
const users = { tools: "user-2", fails: "user-2" };

/** `turn` runs what it is given as one turn of a user in a conversation; `asks` has other ways to ask. */
export async function talk(turn, asks) {
  for (const name of process.env.ASKS.split(" ")) {
    const user = users[name] ?? "user-1";
    await turn(user, `c-${user}`, asks[name]);
  }
}

/** The ways to ask by OpenAI's client, or by what wraps it. */
export function openai(make) {
  const chat = (options) => make().chat.completions.create({ model, messages, ...options });
  const responses = (options) => make().responses.create({ model, input: question, ...options });
  return {
    chat,
    stream: async () => read(await chat({ stream: true })),
    "stream-usage": async () => read(await chat({ stream: true, stream_options: { include_usage: true } })),
    responses,
    "responses-stream": async () => read(await responses({ stream: true })),
    tools: () => callTool(chat),
    fails: () => chat({ messages: [{ role: "user", content: "Please fail." }] }).catch(() => {}),
  };
}

/** The model asks for a tool, is told its result, and answers. */
async function callTool(chat) {
  const [first] = (await chat({ tools })).choices;
  const told = { role: "tool", tool_call_id: first.message.tool_calls[0].id, content: '"in Hamburg"' };
  await chat({ tools, messages: [...messages, first.message, told] });
}

export async function read(pieces) {
  for await (const _ of pieces);
}

/** OpenTelemetry as its own guide sets it up: everything else is in the environment. */
export function makeProvider(...processors) {
  const own = processors.length > 0 ? processors : [new BatchSpanProcessor(new OTLPTraceExporter())];
  const provider = new NodeTracerProvider({ spanProcessors: own });
  provider.register();
  return provider;
}

/** A turn as a span of the bot's own, which names who talks. */
export function namedSpan(user, session, ask) {
  const attributes = { "user.id": user, "session.id": session, channel: "web" };
  return trace.getTracer("bot").startActiveSpan("answer", { attributes }, async (span) => {
    await ask();
    span.end();
  });
}
