import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "@playwright/test";
import type { BadLine } from "./bad-line.ts";

const root = path.resolve(import.meta.dirname, "..");
const binary = path.resolve(root, process.env["PARLANCE_BIN"] ?? "target/release/parlance");

export interface Credentials {
  email: string;
  password: string;
}

export interface Bot {
  id: string;
  writeKey: string;
}

/** One item of `POST /api/v1/events`; the specification of every field is in `/openapi.json`. */
export interface Event {
  user_id: string;
  direction?: "incoming" | "outgoing";
  type?: string;
  id?: string;
  session_id?: string;
  at?: string | number;
  channel?: string;
  text?: string;
  [field: string]: unknown;
}

export interface Receipt {
  accepted: number;
  duplicates: number;
  rejected: { index: number; code: string; detail: string }[];
}

/** The real binary, serving a database of its own that goes when it stops. */
export class Parlance {
  private log = "";

  private constructor(
    readonly url: string,
    private readonly directory: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly server: ChildProcess,
  ) {
    const keep = (chunk: unknown) => (this.log += String(chunk));
    server.stdout?.on("data", keep);
    server.stderr?.on("data", keep);
  }

  /** Starts a server on a free port, or behind a bad line. `settings` are more `PARLANCE_…` variables. */
  static async start(settings: Record<string, string> = {}, line?: BadLine): Promise<Parlance> {
    const directory = await mkdtemp(path.join(tmpdir(), "parlance-"));
    const address = `127.0.0.1:${await freePort()}`;
    const url = line?.url ?? `http://${address}`;
    if (line) line.target = `http://${address}`;
    const environment = {
      ...process.env,
      DATABASE_URL: `sqlite://${directory}/parlance.db`,
      PARLANCE_ADDR: address,
      PARLANCE_BASE_URL: url,
      ...settings,
    };
    const server = spawn(binary, ["serve"], {
      cwd: root,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const parlance = new Parlance(url, directory, environment, server);
    await parlance.ready();
    return parlance;
  }

  /** What the server has written so far: its log, and the one-time set-up token. */
  get output(): string {
    return this.log;
  }

  async stop(): Promise<void> {
    if (this.server.exitCode === null && this.server.signalCode === null) {
      const exited = once(this.server, "exit");
      this.server.kill("SIGTERM");
      await exited;
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  async createAccount(account: Credentials, { admin = false } = {}): Promise<string> {
    const flags = admin ? ["--admin"] : [];
    const created = await this.command(
      ["account", "create", "--email", account.email, ...flags],
      account.password,
    );
    return created["account_id"] as string;
  }

  async createBot(
    owner: string,
    name: string,
    { timeZone = "Europe/Berlin", activate = true } = {},
  ): Promise<Bot> {
    const flags = activate ? ["--activate"] : [];
    const created = await this.command([
      ...["bot", "create", "--owner", owner, "--name", name, "--time-zone", timeZone],
      ...flags,
    ]);
    return { id: created["bot_id"] as string, writeKey: created["write_key"] as string };
  }

  async createToken(account: string): Promise<string> {
    const created = await this.command(["token", "create", "--account", account]);
    return created["token"] as string;
  }

  /** Posts events as the bot's owner would, and fails unless each of them is accepted. */
  async send(bot: Bot, events: Event[]): Promise<Receipt> {
    const response = await fetch(`${this.url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${bot.writeKey}` },
      body: JSON.stringify(events.map((event) => (event.type ? event : { direction: "incoming", ...event }))),
    });
    if (!response.ok) throw new Error(`the intake answered ${response.status}: ${await response.text()}`);
    const receipt = (await response.json()) as Receipt;
    if (receipt.rejected.length > 0) throw new Error(`rejected: ${JSON.stringify(receipt.rejected)}`);
    return receipt;
  }

  /** Runs the command line on this server's database and returns the one JSON object that it prints. */
  async command(args: string[], input = ""): Promise<Record<string, unknown>> {
    const child = spawn(binary, args, { cwd: root, env: this.environment });
    // A command that reads nothing may be done before its input is closed; what matters is how it ended.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const [output, log, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    if (code !== 0) throw new Error(`parlance ${args.join(" ")} exited with ${code}:\n${log}`);
    return JSON.parse(output) as Record<string, unknown>;
  }

  /** Resolves when the server listens and its database answers; fails at once if it exits instead. */
  private async ready(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.server.once("error", reject);
      this.server.once("exit", (code) =>
        reject(new Error(`parlance serve exited with ${code}:\n${this.log}`)),
      );
    });
    const answers = expect
      .poll(() => isReady(`${this.url}/readyz`), {
        message: "parlance serve is ready",
        timeout: 20_000,
        intervals: [25],
      })
      .toBe(true);
    await Promise.race([failed, answers]);
    failed.catch(() => {});
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** A port that nothing listens on: the kernel picks it, and it is free again at once. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
