import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { Parlance, type Bot, type Credentials } from "./parlance.ts";

export { expect, Parlance };
export type { Bot, Credentials, Event } from "./parlance.ts";

interface TestFixtures {
  /** Complaints of the page so far; on by itself in every test, which fails if there are any at its end: see `watch`. */
  complaints: string[];
  /** For a test that provokes one, such as a failing request: it must come, and then does not count. */
  expectComplaint: (pattern: RegExp) => void;
  /** Signs the page in. */
  signIn: (account: Credentials) => Promise<void>;
  /** A new account, with no bots, that only this test knows. */
  account: Credentials;
  /** An activated bot of that account, without a message yet. */
  bot: Bot;
}

interface WorkerFixtures {
  /** The server of this worker. Tests share it and keep apart by having accounts and bots of their own. */
  parlance: Parlance;
}

let accounts = 0;

export const test = base.extend<TestFixtures, WorkerFixtures>({
  parlance: [
    async ({}, use) => {
      const parlance = await Parlance.start();
      await use(parlance);
      await parlance.stop();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ parlance }, use) => use(parlance.url),

  complaints: [
    async ({ context, parlance }, use) => {
      const complaints: string[] = [];
      context.on("page", (page) => watch(page, parlance.url, complaints));
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

  bot: async ({ parlance, account }, use) => use(await parlance.createBot(account.email, "Support")),

  signIn: async ({ page }, use) => {
    await use(async ({ email, password }) => {
      await page.goto("/");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Bots" })).toBeVisible();
    });
  },
});

/** Fails with what is wrong and where, in the colours that the page shows now. */
export async function expectNoAxeViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map((node) => node.target.join(" ")),
  }));
  expect(found, "accessibility").toEqual([]);
}

/** Notes whatever a page must never do: print errors or warnings, throw, or ask another host. */
function watch(page: Page, url: string, complaints: string[]): void {
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`${message.type()} on the console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== url)
      complaints.push(`request to another host: ${request.url()}`);
  });
}
