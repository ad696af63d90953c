// A bot whose calls an instrumentation of OpenAI's client tells of: OpenInference's, or OpenLLMetry's with LLMETRY=1.
import OpenAI from "openai";
import { makeProvider, namedSpan, openai, settings, talk } from "./talk.mjs";

const packages = ["@arizeai/openinference-instrumentation-openai", "@traceloop/instrumentation-openai"];
const { OpenAIInstrumentation } = await import(packages[process.env.LLMETRY ? 1 : 0]);
const provider = makeProvider();
const instrumentation = new OpenAIInstrumentation();
instrumentation.setTracerProvider(provider);
instrumentation.manuallyInstrument(OpenAI);
const client = new OpenAI(settings);
await talk(
  namedSpan,
  openai(() => client),
);
await provider.shutdown();
