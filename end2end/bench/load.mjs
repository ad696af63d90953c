// Holds the intake at full speed: N connections, each sending one message a request and waiting for its answer.
// Prints requests per second and the 50th and 99th percentile of the answer times. Exit code 1 on any error.
//
//   node load.mjs --parlance target/release/parlance [--connections 32] [--seconds 60]
//   node load.mjs --url http://127.0.0.1:3000 --key pw_… [--connections 32] [--seconds 60]
//
// The first form starts a server of its own and recounts everything at the end with `parlance verify`.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    parlance: { type: "string" },
    url: { type: "string" },
    key: { type: "string" },
    connections: { type: "string", default: "32" },
    seconds: { type: "string", default: "60" },
  },
});

const target = options.parlance
  ? await startServer(options.parlance)
  : { url: options.url, key: options.key };
const failures = await hold(target, Number(options.connections), Number(options.seconds) * 1000);
target.finish?.();
process.exitCode = failures > 0 ? 1 : 0;

async function hold({ url, key }, connections, milliseconds) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const message = messages();
  const times = [];
  const failures = new Map();
  const began = performance.now();
  const connection = async () => {
    while (performance.now() < began + milliseconds) {
      const from = performance.now();
      const failure = await send(agent, url, key, message());
      times.push(performance.now() - from);
      if (failure) failures.set(failure, (failures.get(failure) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  print(times, connections, (performance.now() - began) / 1000, failures);
  return failures.size;
}

function print(times, connections, seconds, failures) {
  times.sort((a, b) => a - b);
  const percentile = (share) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2);
  console.log(
    `${times.length} requests on ${connections} connections in ${seconds.toFixed(1)} s: ` +
      `${Math.round(times.length / seconds)} requests/s, p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms, ` +
      `${failures.size === 0 ? "no error" : "errors:"}`,
  );
  for (const [failure, count] of failures) console.log(`${count} × ${failure}`);
}

function messages() {
  const run = process.pid.toString(36) + Math.floor(performance.timeOrigin).toString(36);
  let sent = 0;
  return () => {
    sent += 1;
    return JSON.stringify({
      id: `${run}-${sent}`,
      user_id: `load-${Math.floor(Math.random() ** 3 * 5000)}`,
      direction: sent % 5 < 3 ? "incoming" : "outgoing",
      channel: sent % 3 === 0 ? "web" : "telegram",
    });
  };
}

/** Sends one message; resolves to what went wrong, if anything. */
function send(agent, url, key, body) {
  const headers = { authorization: `Bearer ${key}`, "content-length": Buffer.byteLength(body) };
  return new Promise((resolve) => {
    const request = http.request(`${url}/api/v1/events`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => {
        const isStored = response.statusCode === 200 && JSON.parse(text).accepted === 1;
        resolve(isStored ? undefined : `${response.statusCode} ${text}`);
      });
    });
    request.on("error", (error) => resolve(String(error)));
    request.end(body);
  });
}

async function startServer(parlance) {
  const folder = mkdtempSync(join(tmpdir(), "parlance-load-"));
  const address = `127.0.0.1:${await freePort()}`;
  const env = { ...process.env, DATABASE_URL: `sqlite://${folder}/load.db`, PARLANCE_ADDR: address };
  const run = (words, input) =>
    execFileSync(parlance, words, { env, input, stdio: ["pipe", "pipe", "inherit"] });
  run(["account", "create", "--email", "load@example.org"], "a long enough password");
  const bot = [
    "bot",
    "create",
    "--owner",
    "load@example.org",
    "--name",
    "Load",
    "--time-zone",
    "UTC",
    "--activate",
  ];
  const { bot_id, write_key } = JSON.parse(run(bot));
  const server = spawn(parlance, ["serve"], { env, stdio: "ignore" });
  const url = `http://${address}`;
  while (!(await fetch(`${url}/readyz`).catch(() => undefined))?.ok) await new Promise(setImmediate);
  const finish = () => {
    console.log(run(["verify", "--bot", bot_id]).toString().trim() || "verify: no difference");
    server.kill();
    rmSync(folder, { recursive: true });
  };
  return { url, key: write_key, finish };
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
