// A bot that reports to Segment. PACKAGE names another release of the same client.
import { messages, properties } from "./messages.mjs";

const { Analytics } = await import(process.env.PACKAGE ?? "@segment/analytics-node");
const analytics = new Analytics({ writeKey: process.env.KEY, host: process.env.BASE, flushAt: 20 });
let failed = 0;
analytics.on("error", (error) => {
  console.error(`${error.code}: ${error.reason?.message ?? error.reason}`);
  failed++;
});

for (const message of messages) {
  const timestamp = message.at && new Date(message.at);
  const common = { userId: message.user_id, messageId: message.id, timestamp };
  if (message.type === "identify") analytics.identify({ ...common, traits: message.traits });
  else if (message.type === "alias") analytics.alias({ ...common, previousId: message.previous_id });
  else analytics.track({ ...common, event: eventName(message), properties: properties(message) });
}
await analytics.closeAndFlush();
process.exit(failed ? 1 : 0);

function eventName({ type, direction }) {
  if (type !== "message") return type;
  return direction === "incoming" ? "Message Received" : "Message Sent";
}
