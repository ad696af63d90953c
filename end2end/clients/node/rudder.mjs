// A bot that reports to RudderStack.
import Rudder from "@rudderstack/rudder-sdk-node";
import { messages, properties } from "./messages.mjs";

const rudder = new Rudder(process.env.KEY, {
  dataPlaneUrl: process.env.BASE,
  flushAt: 20,
  flushInterval: 100_000,
});

for (const message of messages) {
  const timestamp = message.at && new Date(message.at);
  const common = { userId: message.user_id, messageId: message.id, timestamp };
  if (message.type === "identify") rudder.identify({ ...common, traits: message.traits });
  else if (message.type === "alias") rudder.alias({ ...common, previousId: message.previous_id });
  else rudder.track({ ...common, event: eventName(message), properties: properties(message) });
}
await rudder.flush();

function eventName({ type, direction }) {
  if (type !== "message") return type;
  return direction === "incoming" ? "user message" : "bot message";
}
