import { expect, expectHydrated, expectNoAxeViolations, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";

test("from the first start to the first message: set up, make a bot, activate it, send, and see it", async ({
  page,
  emptyParlance,
}) => {
  const [link] = /http:\S+\/set-up\?token=\S+/.exec(emptyParlance.output) ?? [];
  await page.goto(emptyParlance.url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome to Parlance");
  await expect(page.getByLabel("Set-up token")).toBeVisible();

  await page.goto(link ?? "no link was printed");
  await expectNoAxeViolations(page);
  await page.getByLabel("E-mail").fill("first@example.org");
  await page.getByLabel("Password").fill("a few words in a row");
  await page.getByRole("button", { name: "Create account" }).click();

  await expect(page.getByRole("heading", { name: "Start with your first bot" })).toBeVisible();
  await expectHydrated(page);
  await expectNoAxeViolations(page);
  await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Berlin");
  await page.getByLabel("Name").fill("Concierge");
  await page.getByLabel("Activate it at once, so that it can send").uncheck();
  await page.getByRole("button", { name: "Create bot" }).click();

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Concierge");
  await expect(page.getByRole("heading", { name: "This bot is not activated" })).toBeVisible();
  await expectNoAxeViolations(page);
  await page.getByRole("button", { name: "Activate" }).click();

  await expect(page.getByRole("heading", { name: "Waiting for the first message" })).toBeVisible();
  await page.getByRole("button", { name: "Make a write key" }).click();
  await expect(page.getByText("It is shown this once: copy it now.")).toBeVisible();
  await expectNoAxeViolations(page);
  const key = await page.locator(".secret-text code").innerText();
  await expect(page.locator(".snippet:visible")).toContainText(`Authorization: Bearer ${key}`);
  await expect(page.locator(".snippet:visible")).toContainText(`${emptyParlance.url}/api/v1/events`);

  await expectHydrated(page);
  const sent = await fetch(`${emptyParlance.url}/api/v1/events`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: '{"direction": "incoming", "user_id": "user-1", "channel": "web"}',
  });
  expect(sent.status).toBe(200);

  const dashboard = new DashboardPage(page);
  await expect(dashboard.value("messages")).toHaveText("1");
  await expect(dashboard.value("new_users")).toHaveText("1");
  await dashboard.expectDrawn();
  await expectNoAxeViolations(page);

  await page.goto(link ?? "");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Set up already");
});

test("a wrong set-up token and a short password are told, and nothing is made", async ({
  page,
  emptyParlance,
}) => {
  await page.goto(`${emptyParlance.url}/set-up`);
  await expectHydrated(page);
  await page.getByLabel("Set-up token").fill("not the token");
  await page.getByLabel("E-mail").fill("first@example.org");
  await page.getByLabel("Password").fill("a few words in a row");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("This token is not valid.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue("first@example.org");
  await page.goto(emptyParlance.url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Welcome to Parlance");
});

test("the test message is a real one, and brings the dashboard", async ({ page, account, bot, signIn }) => {
  await signIn(account);
  await page.goto(`/bots/${bot.id}/analytics`);
  await page.getByRole("button", { name: "Send a test message" }).click();
  const dashboard = new DashboardPage(page);
  await expect(dashboard.value("messages")).toHaveText("1");
  await dashboard.expectDrawn();
  await dashboard.channelButton.click();
  await expect(page.getByRole("group", { name: "Channel" }).getByRole("link")).toHaveText([
    "All channels",
    "test",
  ]);
});

test("the code to send with is there in three languages", async ({ page, account, bot, signIn }) => {
  await signIn(account);
  await page.goto(`/bots/${bot.id}/analytics`);
  for (const [language, word] of [
    ["curl", "curl http"],
    ["JavaScript", "await fetch("],
    ["Python", "urllib.request"],
  ] as const) {
    await page.getByText(language, { exact: true }).click();
    await expect(page.locator(".snippet:visible")).toContainText(word);
  }
});
