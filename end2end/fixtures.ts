import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type APIRequestContext, type Page } from "@playwright/test";
import { Parlance, type Bot, type Credentials } from "./parlance.ts";
import { ReadApi } from "./read-api.ts";
import { fourteenMonths, zoneInTheAfternoon } from "./traffic.ts";

export { expect, Parlance };
export type { Bot, Credentials, Event } from "./parlance.ts";

/** A bot with history that tests of a worker share: they look at it and change nothing. */
interface History {
  account: Credentials & { login: string };
  bot: Bot;
  api: ReadApi;
}

interface TestFixtures {
  /** The servers that the page may ask; a test that starts another one adds its address. */
  ownServers: Set<string>;
  /** Complaints of the page so far; on by itself in every test, which fails if there are any at its end: see `watch`. */
  complaints: string[];
  /** For a test that provokes one, such as a failing request: it must come, and then does not count. */
  expectComplaint: (pattern: RegExp) => void;
  /** Signs the page in, without the sign-in page; with a login that was made before where there is one. */
  signIn: (account: Credentials & { login?: string }) => Promise<void>;
  /** A new account, with no bots, that only this test knows. */
  account: Credentials;
  /** An activated bot of that account, without a message yet. */
  bot: Bot;
  /** A server of this test's own, on which nobody has an account yet. */
  emptyParlance: Parlance;
}

interface WorkerFixtures {
  /** The server of this worker. Tests share it and keep apart by having accounts and bots of their own. */
  parlance: Parlance;
  history: History;
}

let accounts = 0;

export const test = base.extend<TestFixtures, WorkerFixtures>({
  parlance: [
    async ({}, use) => {
      // Each test comes from an address of its own, so that they do not use up each other's tries to sign in.
      const parlance = await Parlance.start({ PARLANCE_TRUSTED_PROXIES: "127.0.0.1" });
      await use(parlance);
      await parlance.stop();
    },
    { scope: "worker" },
  ],

  history: [
    async ({ parlance, playwright }, use) => {
      const account = { email: "history@example.org", password: "a long enough passphrase", login: "" };
      await parlance.createAccount(account);
      // One sign-in for all tests of the worker: more of them in a minute would be refused.
      const request = await playwright.request.newContext({ baseURL: parlance.url });
      account.login = await signIn(request, parlance, account);
      await request.dispose();
      const bot = await parlance.createBot(account.email, "History", { timeZone: zoneInTheAfternoon() });
      await parlance.send(bot, fourteenMonths());
      const api = new ReadApi(parlance, await parlance.createToken(account.email));
      await use({ account, bot, api });
    },
    { scope: "worker" },
  ],

  baseURL: async ({ parlance }, use) => use(parlance.url),

  extraHTTPHeaders: async ({}, use) => use({ "x-forwarded-for": ownAddress() }),

  ownServers: async ({ parlance }, use) => use(new Set([parlance.url])),

  complaints: [
    async ({ context, ownServers }, use) => {
      const complaints: string[] = [];
      context.on("page", (page) => watch(page, ownServers, complaints));
      await use(complaints);
      expect(complaints, "the page's console, its errors, and its requests to other hosts").toEqual([]);
    },
    { auto: true },
  ],

  expectComplaint: async ({ complaints }, use) => {
    const patterns: RegExp[] = [];
    await use((pattern) => patterns.push(pattern));
    for (const pattern of patterns) {
      const others = complaints.filter((complaint) => !pattern.test(complaint));
      expect(others.length, `complaints that match ${pattern}`).toBeLessThan(complaints.length);
      complaints.splice(0, complaints.length, ...others);
    }
  },

  account: async ({ parlance }, use) => {
    const account = {
      email: `owner-${process.pid}-${++accounts}@example.org`,
      password: "a long enough passphrase",
    };
    await parlance.createAccount(account);
    await use(account);
  },

  bot: async ({ parlance, account }, use) =>
    use(await parlance.createBot(account.email, "Support", { timeZone: zoneInTheAfternoon() })),

  emptyParlance: async ({ ownServers }, use) => {
    const parlance = await Parlance.start();
    ownServers.add(parlance.url);
    await use(parlance);
    await parlance.stop();
  },

  signIn: async ({ context, parlance }, use) => {
    await use(async (account) => {
      const value = account.login ?? (await signIn(context.request, parlance, account));
      await context.addCookies([{ name: "parlance_login", value, url: parlance.url }]);
    });
  },
});

/** Opens a page and waits until its script runs: what is pressed before is answered by the browser alone. */
export async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expectHydrated(page);
}

export async function expectHydrated(page: Page): Promise<void> {
  await expect(page.locator("html"), "the page's script runs").toHaveAttribute("data-hydrated", "");
}

/** Fails with what is wrong and where, on the page or within one part of it, in light and in dark. Leaves it in light. */
export async function expectNoAxeViolations(page: Page, within = "html"): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    // Without motion, no colour is caught halfway between the schemes.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Two frames later every element has the scheme's colours, not only those that were looked at in between.
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    const { violations } = await new AxeBuilder({ page }).include(within).analyze();
    const found = violations.map(({ id, help, nodes }) => ({
      id,
      help,
      where: nodes.map((node) => `${node.target.join(" ")}: ${node.any[0]?.message ?? ""}`),
    }));
    expect(found, `accessibility in ${colorScheme}`).toEqual([]);
  }
}

/** Fails if anything of the page lies beyond its right edge. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const width = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await width(), "pixels beyond the page's width").toBeLessThanOrEqual(0);
}

/** Signs in as a form without a script does; gives the login. */
async function signIn(
  request: APIRequestContext,
  parlance: Parlance,
  { email, password }: Credentials,
): Promise<string> {
  const response = await request.post("/fn/sign_in", {
    form: { email, password },
    headers: { accept: "text/html", origin: parlance.url },
    maxRedirects: 0,
  });
  const [, login] = /parlance_login=([^;]+)/.exec(response.headers()["set-cookie"] ?? "") ?? [];
  if (login === undefined) throw new Error(`signing in as ${email} led to ${await response.text()}`);
  return login;
}

/** Another address at each call. */
function ownAddress(): string {
  const byte = () => 1 + Math.floor(Math.random() * 254);
  return `10.${byte()}.${byte()}.${byte()}`;
}

/** Notes whatever a page must never do: print errors or warnings, throw, or ask another host. */
function watch(page: Page, ownServers: Set<string>, complaints: string[]): void {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`${message.type()} on the console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && !ownServers.has(origin))
      complaints.push(`request to another host: ${request.url()}`);
  });
}
