import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { expect, goTo, test } from "../fixtures.ts";
import type { Bot, Parlance } from "../parlance.ts";
import { ReadApi } from "../read-api.ts";

/** A shop on another site, whose page holds the lines that the Connect page prints. */
let shop: { url: string; server: Server; lines: string };

const lines = (parlance: Parlance, bot: Bot, calls = "") => `
  <script>window.parlance ??= (...call) => (parlance.q ??= []).push(call);</script>
  <script>${calls}</script>
  <script async src="${parlance.url}/parlance.js" data-key="${bot.writeKey}"></script>`;

test.beforeEach(async ({ ownServers, parlance, bot }) => {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1></main>${shop.lines}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // Another host name is another site.
  shop = { url: `http://localhost:${(server.address() as AddressInfo).port}`, server, lines: "" };
  ownServers.add(shop.url);
  const { keys } = (await parlance.command(["key", "list", "--bot", bot.id])) as {
    keys: { key_id: number }[];
  };
  const key = String(keys[0]?.key_id);
  await parlance.command(["key", "set", "--bot", bot.id, "--key", key, "--sites", shop.url]);
});

test.afterEach(() => {
  shop.server.closeAllConnections();
  shop.server.close();
});

/** Messages of both sides, and users, as the dashboard would show them. */
async function counted(parlance: Parlance, account: { email: string }, bot: Bot): Promise<number[]> {
  const api = new ReadApi(parlance, await parlance.createToken(account.email));
  const { totals } = await api.report(bot, "period=7d");
  const values = totals as Record<string, { value: number }>;
  return ["messages", "bot_messages", "total_users"].map((metric) => values[metric]?.value ?? -1);
}

test("the script is small", () => {
  const file = readFileSync(path.resolve(import.meta.dirname, "../../public/parlance.js"));
  expect(brotliCompressSync(file).length).toBeLessThan(2000);
});

test("a widget's messages arrive from a page of another site, without a cookie", async ({
  page,
  parlance,
  account,
  bot,
}) => {
  shop.lines = lines(parlance, bot, `parlance("message", { user_id: "ada", text: "early" })`);
  const answered = page.waitForResponse((response) => response.url().includes("/api/v1/events"));
  await page.goto(shop.url);
  expect((await answered).status()).toBe(200);
  await page.evaluate(`parlance("message", { direction: "outgoing", user_id: "ada", text: "hi" })`);
  await expect.poll(() => counted(parlance, account, bot)).toEqual([1, 1, 1]);
  await expect.poll(() => page.evaluate("localStorage.length")).toBe(0);
  expect(await page.context().cookies()).toEqual([]);
});

test("what is said while offline waits, and counts once", async ({
  page,
  context,
  parlance,
  account,
  bot,
  expectComplaint,
}) => {
  shop.lines = lines(parlance, bot);
  await page.goto(shop.url);
  await page.waitForFunction("!parlance.q && parlance.length > 0");
  await context.setOffline(true);
  await page.evaluate(
    `parlance("message", { user_id: "ada" }); parlance("event", { user_id: "ada", type: "handoff" })`,
  );
  await expect.poll(() => page.evaluate("localStorage.length")).toBe(2);
  await page.waitForTimeout(500);
  expect(await counted(parlance, account, bot)).toEqual([0, 0, 0]);
  await context.setOffline(false);
  await expect.poll(() => counted(parlance, account, bot)).toEqual([1, 0, 1]);
  await expect.poll(() => page.evaluate("localStorage.length")).toBe(0);
  await page.reload();
  await page.waitForTimeout(500);
  expect(await counted(parlance, account, bot)).toEqual([1, 0, 1]);
  expectComplaint(/ERR_INTERNET_DISCONNECTED/);
});

test("what was said last is sent when the page is left, and counts once when the visitor comes back", async ({
  page,
  parlance,
  account,
  bot,
}) => {
  shop.lines = lines(parlance, bot);
  await page.goto(shop.url);
  await page.waitForFunction("!parlance.q && parlance.length > 0");
  await page.evaluate(`parlance("message", { text: "bye" }); location.href = "about:blank"`);
  await expect.poll(() => counted(parlance, account, bot)).toEqual([1, 0, 1]);
  await page.goto(shop.url);
  await expect.poll(() => page.evaluate("localStorage.length")).toBe(0);
  expect(await counted(parlance, account, bot)).toEqual([1, 0, 1]);
});

test("no more waits than a browser can well keep", async ({ page, context, parlance, bot }) => {
  shop.lines = lines(parlance, bot);
  await page.goto(shop.url);
  await page.waitForFunction("!parlance.q && parlance.length > 0");
  await context.route("**/api/v1/events*", (route) => route.fulfill({ status: 503 }));
  await page.evaluate(`for (let n = 0; n < 250; n++) parlance("message", { user_id: "u" + n })`);
  expect(await page.evaluate("localStorage.length")).toBe(200);
  expect(await page.evaluate("JSON.stringify(localStorage).includes('u249')")).toBe(true);
  expect(await page.evaluate("JSON.stringify(localStorage).includes('u49\\\\')")).toBe(false);
});

test("the Connect page prints these lines", async ({ page, account, bot, signIn, parlance }) => {
  await signIn(account);
  await goTo(page, `/bots/${bot.id}/connect`);
  const block = page.locator('[data-snippet="web-page"]');
  const printed = (await block.textContent()) ?? "";
  shop.lines = printed.replace("YOUR_WRITE_KEY", bot.writeKey);
  await page.goto(shop.url);
  await expect.poll(() => counted(parlance, account, bot)).toEqual([1, 1, 1]);
});
