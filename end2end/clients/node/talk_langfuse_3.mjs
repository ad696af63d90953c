// A bot that reports with Langfuse's SDK of before it spoke OpenTelemetry, and its wrapper of OpenAI's client.
import { Langfuse, observeOpenAI } from "langfuse";
import OpenAI from "openai";
import { openai, settings, talk } from "./talk.mjs";

const langfuse = new Langfuse();
const client = new OpenAI(settings);
let parent;

await talk(
  async (userId, sessionId, ask) => {
    parent = langfuse.trace({ name: "answer", userId, sessionId, metadata: { channel: "web" } });
    await ask();
  },
  openai(() => observeOpenAI(client, { parent })),
);
await langfuse.flushAsync();
await langfuse.shutdownAsync();
