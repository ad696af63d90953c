// What a bot has to tell: lines of JSON in the file that MESSAGES names.
import { readFileSync } from "node:fs";

const lines = readFileSync(process.env.MESSAGES, "utf8").trim().split("\n");
export const messages = lines.map((line) => JSON.parse(line));

/** The properties of a message or event that every product-analytics client carries along as they are. */
export function properties({ session_id, channel, text, intent, handled, model, value, ...rest }) {
  const { input_tokens, output_tokens, cost_usd, latency_ms } = rest;
  const conversation = { conversation_id: session_id, channel, text, intent, handled, value };
  return { ...conversation, model, input_tokens, output_tokens, cost_usd, latency_ms };
}
