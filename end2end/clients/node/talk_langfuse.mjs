// A bot that reports with Langfuse's SDK and its wrapper of OpenAI's client.
import { observeOpenAI } from "@langfuse/openai";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import OpenAI from "openai";
import { makeProvider, openai, settings, talk } from "./talk.mjs";

const provider = makeProvider(new LangfuseSpanProcessor());
const client = observeOpenAI(new OpenAI(settings));

await talk(
  (userId, sessionId, ask) =>
    propagateAttributes({ userId, sessionId, metadata: { channel: "web" } }, () =>
      startActiveObservation("answer", () => ask()),
    ),
  openai(() => client),
);
await provider.shutdown();
