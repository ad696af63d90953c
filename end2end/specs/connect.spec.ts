import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, expectNoAxeViolations, expectNoSidewaysScroll, goTo, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import type { Bot } from "../parlance.ts";

const run = promisify(execFile);
const groups = [
  "Your own code",
  "Your web page",
  "Product analytics",
  "Language models",
  "Chatbot frameworks",
  "History",
];
const connectOf = (bot: Bot) => `/bots/${bot.id}/connect`;

test("a new key stands in every way to send, this once, and the lines work as they are printed", async ({
  page,
  account,
  parlance,
  signIn,
}) => {
  const { bot_id: id } = await parlance.command([
    ...["bot", "create", "--owner", account.email, "--name", "Fresh", "--time-zone", "UTC", "--activate"],
  ]);
  const bot = { id: String(id), writeKey: "" };
  await signIn(account);
  await goTo(page, connectOf(bot));
  await expect(page.locator('[data-snippet="curl"]')).toContainText("YOUR_WRITE_KEY");
  await page.getByRole("button", { name: "Make a write key" }).click();
  await expect(page.getByText("It is shown this once: copy it now.")).toBeVisible();
  const key = await page.locator(".secret-text code").innerText();
  const snippets = page.locator("[data-snippet]");
  const lines = await snippets.allTextContents();
  expect(lines.filter((text) => text.includes(key)).length).toBeGreaterThan(12);
  expect(lines.filter((text) => text.includes("YOUR_WRITE_KEY"))).toEqual([]);

  const curl = (await page.locator('[data-snippet="curl"]').textContent()) ?? "";
  const { stdout } = await run("bash", ["-c", curl.trim()]);
  expect(JSON.parse(stdout)).toMatchObject({ accepted: 1, rejected: [] });
  const python = (await page.locator('[data-snippet="python"]').textContent()) ?? "";
  const answer = await run("python3", ["-c", python.trim()]);
  expect(JSON.parse(answer.stdout)).toMatchObject({ accepted: 1 });

  await page.getByRole("link", { name: "Intake" }).first().click();
  await expect(page.getByRole("region", { name: "Latest requests" })).toContainText("curl/");
  await goTo(page, connectOf(bot));
  await expect(page.locator("body")).not.toContainText(key);
});

test("each way in shows its lines when it is chosen", async ({ page, account, bot, signIn }) => {
  await signIn(account);
  await goTo(page, connectOf(bot));
  for (const name of groups) await expect(page.getByRole("region", { name })).toBeVisible();
  const products = page.getByRole("region", { name: "Product analytics" });
  await expect(products.locator('[data-snippet="segment-node"]')).toBeVisible();
  await products.getByText("PostHog, Python", { exact: true }).click();
  await expect(products.locator('[data-snippet="posthog-python"]')).toBeVisible();
  await expect(products.locator('[data-snippet="segment-node"]')).toBeHidden();
  await expect(page.getByRole("region", { name: "History" })).toContainText(`--bot ${bot.id}`);
});

test("two keys are as many as there can be", async ({ page, account, bot, signIn }) => {
  await signIn(account);
  await goTo(page, connectOf(bot));
  await page.getByRole("button", { name: "Make a write key" }).click();
  await expect(page.getByText("It is shown this once: copy it now.")).toBeVisible();
  await goTo(page, connectOf(bot));
  await expect(page.getByText("This bot has two keys, the most that it can have.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Make a write key" })).toHaveCount(0);
});

test("an inactive bot says so, and is activated from there", async ({ page, account, parlance, signIn }) => {
  const draft = await parlance.createBot(account.email, "Draft", { activate: false });
  await signIn(account);
  await goTo(page, connectOf(draft));
  await expect(page.getByText("This bot is not activated")).toBeVisible();
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByText("This bot is not activated")).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`${connectOf(draft)}$`));
});

test("whoever waits for the first message finds every other way", async ({ page, account, bot, signIn }) => {
  await signIn(account);
  await goTo(page, `/bots/${bot.id}/analytics`);
  await page.getByRole("link", { name: "Other ways to connect" }).click();
  await expect(page.getByRole("region", { name: "Chatbot frameworks" })).toBeVisible();
  await expect(new DashboardPage(page).heading).toHaveText("Support");
});

for (const [width, height] of [
  [1280, 800],
  [390, 844],
] as const) {
  test.describe(`At ${width} pixels`, () => {
    test.use({ viewport: { width, height } });

    test("the page is accessible in light and dark and does not scroll sideways", async ({
      page,
      account,
      bot,
      signIn,
    }) => {
      await signIn(account);
      await goTo(page, connectOf(bot));
      await page.getByRole("button", { name: "Make a write key" }).click();
      await expect(page.getByText("It is shown this once: copy it now.")).toBeVisible();
      await expectNoAxeViolations(page);
      await expectNoSidewaysScroll(page);
    });
  });
}

test.describe("Without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("the lines are read and chosen, and a key is made", async ({ page, account, bot, signIn }) => {
    await signIn(account);
    await page.goto(connectOf(bot));
    await page.getByText("Rasa, with hecho", { exact: true }).click();
    await expect(page.locator('[data-snippet="rasa-hecho"]')).toBeVisible();
    await page.getByRole("button", { name: "Make a write key" }).click();
    const key = await page.locator(".secret-text code").innerText();
    await expect(page.locator('[data-snippet="rasa-hecho"]')).toContainText(key);
  });
});
