// Holds the intake at full speed: N connections, each sending one message a request and waiting for the answer.
// Prints requests per second and the 50th and 99th percentile of the answer times. Exit code 1 on any error.
//
//   node load.mjs --url http://127.0.0.1:3000 --key pw_… [--connections 32] [--seconds 60]

import http from "node:http";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    key: { type: "string" },
    connections: { type: "string", default: "32" },
    seconds: { type: "string", default: "60" },
  },
});

const connections = Number(options.connections);
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
const stopAt = performance.now() + Number(options.seconds) * 1000;
const run = process.pid.toString(36) + Math.floor(performance.timeOrigin).toString(36);
const times = [];
const failures = new Map();
let sent = 0;

function message() {
  sent += 1;
  return JSON.stringify({
    id: `${run}-${sent}`,
    user_id: `load-${Math.floor(Math.random() ** 3 * 5000)}`,
    direction: sent % 5 < 3 ? "incoming" : "outgoing",
    channel: sent % 3 === 0 ? "web" : "telegram",
  });
}

function post(body) {
  const headers = { authorization: `Bearer ${options.key}`, "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const request = http.request(`${options.url}/api/v1/events`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

function count(failure) {
  failures.set(failure, (failures.get(failure) ?? 0) + 1);
}

async function connection() {
  while (performance.now() < stopAt) {
    const from = performance.now();
    try {
      const answer = await post(message());
      if (answer.status !== 200 || JSON.parse(answer.text).accepted !== 1) count(`${answer.status} ${answer.text}`);
    } catch (error) {
      count(String(error));
    }
    times.push(performance.now() - from);
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: connections }, connection));
const seconds = (performance.now() - began) / 1000;
times.sort((a, b) => a - b);
const percentile = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2);
console.log(
  `${times.length} requests on ${connections} connections in ${seconds.toFixed(1)} s: ` +
    `${Math.round(times.length / seconds)} requests/s, p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`,
);
for (const [failure, times] of failures) console.log(`${times} × ${failure}`);
agent.destroy();
process.exitCode = failures.size > 0 ? 1 : 0;
