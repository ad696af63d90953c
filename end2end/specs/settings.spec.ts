import { dateOf, longDay } from "../dates.ts";
import { expect, goTo, test } from "../fixtures.ts";
import { addressOf, DashboardPage } from "../pages/dashboard.ts";
import { SettingsPage } from "../pages/settings.ts";
import { ReadApi } from "../read-api.ts";
import { HOUR, messages } from "../traffic.ts";

let settings: SettingsPage;

test.beforeEach(async ({ page, account, bot, signIn }) => {
  await signIn(account);
  settings = new SettingsPage(page);
  await settings.open(bot);
});

test.describe("General settings", () => {
  test("rename the bot everywhere", async ({ page }) => {
    await settings.general.getByLabel("Name").fill("Concierge");
    await settings.general.getByRole("button", { name: "Save" }).click();
    await expect(settings.heading).toHaveText("Concierge");
    await expect(page.getByText("Saved. All figures now follow the new settings.")).toBeVisible();
    await expect(page).toHaveTitle("Concierge · Settings · Parlance");
    await page.reload();
    await expect(settings.heading).toHaveText("Concierge");
    await expect(page.getByText("Saved. All figures now follow the new settings.")).toBeHidden();
  });

  test("move all history to another zone", async ({ page, account, bot, parlance }) => {
    // Where it is the next day before anywhere else: 14 hours ahead of UTC.
    await parlance.send(bot, [{ user_id: "u", at: "2026-06-15T11:00:00Z" }]);
    const api = new ReadApi(parlance, await parlance.createToken(account.email));
    const messagesOn = async (date: string) =>
      (await api.report(bot, `from=${date}&to=${date}`)).totals.messages.value;
    expect(await messagesOn("2026-06-15")).toBe(1);

    await settings.general.getByLabel("Time zone").fill("Pacific/Kiritimati");
    await settings.general.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved. All figures now follow the new settings.")).toBeVisible();
    await expect(settings.general.getByLabel("Time zone")).toHaveValue("Pacific/Kiritimati");
    expect(await messagesOn("2026-06-15")).toBe(0);
    expect(await messagesOn("2026-06-16")).toBe(1);

    const dashboard = new DashboardPage(page);
    await dashboard.open(bot, "from=2026-06-16&to=2026-06-16");
    await expect(dashboard.periodButton).toContainText("Pacific/Kiritimati");
    await expect(dashboard.value("messages")).toHaveText("1");
  });

  test("refuse a zone that does not exist, and keep what was typed", async ({ page }) => {
    await settings.general.getByLabel("Time zone").fill("Europe/Atlantis");
    await settings.general.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("There is no such time zone")).toBeVisible();
    await expect(settings.general.getByLabel("Time zone")).toHaveValue("Europe/Atlantis");
    await expect(settings.general.getByLabel("Time zone")).toHaveAttribute("aria-invalid", "true");
  });

  test("refuse a name of spaces", async ({ page }) => {
    await settings.general.getByLabel("Name").fill("   ");
    await settings.general.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("A name has 1 to 100 characters")).toBeVisible();
    await page.reload();
    await expect(settings.heading).toHaveText("Support");
  });

  test("move the start of the week", async ({ page, account, bot, parlance }) => {
    await settings.general.getByLabel("Weeks begin on").selectOption("Wednesday");
    await settings.general.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Saved. All figures now follow the new settings.")).toBeVisible();
    await expect(settings.general.getByLabel("Weeks begin on")).toHaveValue("wednesday");
    await parlance.send(bot, messages(1));
    const api = new ReadApi(parlance, await parlance.createToken(account.email));
    const { start } = (await api.report(bot, "period=last_week")).period;
    expect(longDay(dateOf(start))).toMatch(/^Wednesday /);
  });
});

test("the effect of another timeout is shown before it is applied, and holds for all history after", async ({
  page,
  account,
  bot,
  parlance,
}) => {
  const at = Date.now() - 3 * HOUR;
  await parlance.send(bot, [
    { user_id: "u", at },
    { user_id: "u", at: at + HOUR / 3 },
  ]);
  const api = new ReadApi(parlance, await parlance.createToken(account.email));
  await settings.sessions.getByLabel("Timeout in minutes").fill("10");
  await settings.sessions.getByRole("button", { name: "Preview" }).click();
  await expect(settings.sessions.getByRole("status")).toContainText(
    "With a timeout of 10 minutes the past 28 days have 2 sessions; as counted now they have 1.",
  );
  expect((await api.report(bot, "period=28d")).totals.sessions.value).toBe(1);

  await settings.sessions.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("Saved. All sessions now follow the new timeout.")).toBeVisible();
  await expect(settings.sessions).toContainText("It is 10 minutes now.");
  expect((await api.report(bot, "period=28d")).totals.sessions.value).toBe(2);
});

test("a big bot says how far other settings have come, and follows them in the end", async ({
  page,
  bot,
  parlance,
}) => {
  test.slow();
  const first = Date.now() - 3 * HOUR;
  const lines = Array.from({ length: 51_000 }, (_, n) =>
    JSON.stringify({ id: `m${n}`, user_id: `u${n}`, at: first + n, direction: "incoming" }),
  );
  await parlance.command(["import", "--bot", bot.id, "--format", "ndjson", "-"], lines.join("\n"));
  // Its hours begin elsewhere, so that each user is counted anew.
  await settings.general.getByLabel("Time zone").fill("Asia/Kathmandu");
  await settings.general.getByRole("button", { name: "Save" }).click();
  const notice = page.getByText(
    /^New settings are being applied to all history: recalculating, \d+ %\. Until then the old settings apply\.$/,
  );
  await expect(notice).toBeVisible();

  const dashboard = new DashboardPage(page);
  await expect(async () => {
    await dashboard.open(bot, "period=28d");
    await expect(dashboard.value("messages")).toHaveAttribute("value", "51000", { timeout: 2_000 });
    await expect(dashboard.periodButton).toContainText("Asia/Kathmandu", { timeout: 500 });
  }).toPass();
  await expect(notice).toBeHidden();
});

test("a timeout out of range is told", async ({ page, bot }) => {
  await goTo(page, `/bots/${bot.id}/settings?timeout_min=100000`);
  await expect(settings.sessions.getByRole("alert")).toHaveText("A timeout is 1 to 1440 minutes.");
});

test.describe("Write keys", () => {
  test("are shown once, copied, and replaced without losing a message", async ({
    page,
    bot,
    parlance,
    context,
  }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await settings.keys.getByRole("button", { name: "Make another key" }).click();
    await expect(settings.keys.getByText("Your new write key.")).toBeVisible();
    const writeKey = await settings.newSecret();
    await settings.keys.getByRole("button", { name: "Copy the write key" }).click();
    await expect(settings.keys.getByRole("button", { name: "Copy the write key" })).toHaveText("Copied");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(writeKey);

    await page.reload();
    await expect(page.getByText("Your new write key.")).toBeHidden();
    await expect(page.getByText(writeKey)).toHaveCount(0);
    await expect(settings.keys.getByText("There are two keys")).toBeVisible();
    const opens = settings.keys.getByLabel("May be used by");
    await expect(opens.getByRole("option", { name: "Every door" })).toHaveCount(0);
    await expect(opens.getByRole("option", { name: "Chatwoot" })).toHaveCount(1);

    const second = { ...bot, writeKey };
    await parlance.send(bot, messages(1));
    await parlance.send(second, messages(1, { user_id: "other" }));
    const prefix = bot.writeKey.slice(0, 5);
    await settings.keys.getByRole("button", { name: new RegExp(`^Revoke the key ${prefix}`) }).click();
    await expect(page.getByText("The key is revoked")).toBeVisible();
    await expect(parlance.send(bot, messages(1))).rejects.toThrow("401");
    await parlance.send(second, messages(1, { user_id: "third" }));
  });

  test("open one way in, if so chosen", async ({ bot, parlance }) => {
    await settings.keys.getByLabel("May be used by").selectOption("Chatwoot");
    await settings.keys.getByRole("button", { name: "Make another key" }).click();
    await expect(settings.keys.getByText("Your new write key.")).toBeVisible();
    const writeKey = await settings.newSecret();
    await expect(settings.keys.getByRole("row", { name: /Chatwoot/ })).toContainText(writeKey.slice(0, 9));
    await expect(parlance.send({ ...bot, writeKey }, messages(1))).rejects.toThrow("key_of_other_door");
  });

  test("all revoked, another can be made", async ({ page }) => {
    await settings.keys.getByRole("button", { name: /^Revoke/ }).click();
    await expect(page.getByText("The key is revoked")).toBeVisible();
    await settings.keys.getByRole("button", { name: "Make a write key" }).click();
    await expect(settings.keys.getByText("Your new write key.")).toBeVisible();
  });
});

test("a deactivated bot has no dashboard and takes nothing in; activated again, its history is back", async ({
  page,
  account,
  bot,
  parlance,
}) => {
  await parlance.send(bot, messages(4));
  const api = new ReadApi(parlance, await parlance.createToken(account.email));
  await settings.activation.getByRole("button", { name: "Deactivate" }).click();
  await expect(settings.activation).toContainText("It is not activated");
  await expect(parlance.send(bot, messages(1))).rejects.toThrow("bot_inactive");
  expect(await api.status(`/api/v1/bots/${bot.id}/analytics`)).toBe(403);

  await page.goto(addressOf(bot, "period=28d"));
  await expect(page.getByRole("heading", { name: "This bot is not activated" })).toBeVisible();
  await expect(page.getByText("Everything it sent before is kept")).toBeVisible();
  await page.getByRole("button", { name: "Activate" }).click();
  const dashboard = new DashboardPage(page);
  await expect(dashboard.value("messages")).toHaveText("4");
  await parlance.send(bot, messages(1, { user_id: "later", ago: 60_000 }));
  expect((await api.report(bot, "period=28d")).totals.messages.value).toBe(5);
});

test("message text is stored only where it was switched on", async () => {
  await expect(settings.text).toContainText("The text of messages is not stored");
  await settings.text.getByRole("button", { name: "Store text" }).click();
  await expect(settings.text).toContainText("The text of messages is stored.");
  await settings.text.getByRole("button", { name: "Stop storing text" }).click();
  await expect(settings.text).toContainText("The text of messages is not stored");
});

test("the channels seen are listed", async ({ page, bot, parlance }) => {
  await expect(settings.channels).toContainText("None yet.");
  await parlance.send(bot, messages(1, { channel: "web" }));
  await parlance.send(bot, messages(1, { channel: "telegram", user_id: "t" }));
  await page.reload();
  await expect(settings.channels.getByRole("listitem")).toHaveText(["telegram", "web"]);
});

test("a bot is deleted when its name is typed, with all that it sent", async ({
  page,
  account,
  bot,
  parlance,
  expectComplaint,
}) => {
  await parlance.send(bot, messages(4));
  const api = new ReadApi(parlance, await parlance.createToken(account.email));
  const confirmation = settings.deletion.getByLabel("Type the bot's name to confirm");
  await confirmation.fill("support");
  await settings.deletion.getByRole("button", { name: "Delete this bot" }).click();
  await expect(page.getByText("This is not the bot's name")).toBeVisible();
  await expect(confirmation).toHaveValue("support");
  expect(await api.status(`/api/v1/bots/${bot.id}`)).toBe(200);

  await confirmation.fill("Support");
  await settings.deletion.getByRole("button", { name: "Delete this bot" }).click();
  await expect(page.getByRole("heading", { name: "Start with your first bot" })).toBeVisible();
  expect(await api.status(`/api/v1/bots/${bot.id}`)).toBe(404);
  await expect(parlance.send(bot, messages(1))).rejects.toThrow("401");
  const response = await page.goto(addressOf(bot));
  expect(response?.status()).toBe(404);
  expectComplaint(/status of 404/);
});
