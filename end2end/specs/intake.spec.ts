import { expect, expectNoAxeViolations, expectNoSidewaysScroll, goTo, test } from "../fixtures.ts";
import { IntakePage } from "../pages/intake.ts";
import type { Bot, Parlance } from "../parlance.ts";
import { messages } from "../traffic.ts";

const secret = "what somebody wrote";

/** Posts to a door as a client does, with the key in the address. */
async function post(parlance: Parlance, bot: Bot, path: string, body: unknown): Promise<number> {
  const response = await fetch(`${parlance.url}${path}?api_key=${bot.writeKey}`, {
    method: "POST",
    headers: { authorization: `Bearer ${bot.writeKey}`, "user-agent": "test-client/1.0" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return response.status;
}

/** Some of everything: what is counted, what is not, and a request that is refused. */
async function sendEverything(parlance: Parlance, bot: Bot): Promise<void> {
  await parlance.send(bot, messages(3));
  const bad = [
    { direction: "incoming", text: secret, at: "yesterday" },
    { direction: "incoming", user_id: "ada", at: "yesterday", text: secret },
  ];
  expect(await post(parlance, bot, "/api/v1/events", bad)).toBe(200);
  expect(await post(parlance, bot, "/api/v1/events", "[{")).toBe(400);
  const batch = [
    { type: "identify", userId: "ada", messageId: "1" },
    { type: "track", userId: "ada", messageId: "2", event: "Message Received" },
  ];
  expect(await post(parlance, bot, "/v1/batch", { batch })).toBe(200);
}

test("what arrives appears by itself, and what to do about what does not count", async ({
  page,
  account,
  bot,
  parlance,
  signIn,
}) => {
  await signIn(account);
  const intake = new IntakePage(page);
  await intake.open(bot);
  await expect(page.getByRole("heading", { name: "Nothing has come yet" })).toBeVisible();
  await expectNoAxeViolations(page);
  await parlance.send(bot, messages(3));
  await expect(intake.rows).toHaveCount(1);
  await expect(intake.rows.first()).toContainText("Parlance API");
  await expect(intake.problems).toContainText("All recent items were counted.");

  await sendEverything(parlance, bot);
  await expect(intake.rows).toHaveCount(5);
  await expect(intake.problems).toContainText("user_id is required");
  await expect(intake.problems).toContainText("yesterday");
  await expect(intake.problems).toContainText("at, direction, text, user_id");
  await expect(intake.problems).toContainText("The array is not valid JSON");
  await expect(intake.ignored).toContainText("identify");
  await expect(page.locator("body")).not.toContainText(secret);
  await expect(page).toHaveTitle("Support · Intake · Parlance");
});

test("requests are filtered by problems and by the way in, with the choice in the address", async ({
  page,
  account,
  bot,
  parlance,
  signIn,
}) => {
  await sendEverything(parlance, bot);
  await signIn(account);
  const intake = new IntakePage(page);
  await intake.open(bot);
  await expect(intake.rows).toHaveCount(4);
  await intake.filter("With problems").click();
  await expect(intake.rows).toHaveCount(2);
  await expect(page).toHaveURL(/\?show=problems$/);
  await intake.filter("Segment, RudderStack").click();
  await expect(intake.requests).toContainText("No recent request matches.");
  await intake.filter("All").click();
  await expect(intake.rows).toHaveCount(1);
  await expect(page).toHaveURL(/\?door=segment$/);
  await expect(intake.filter("Segment, RudderStack")).toHaveAttribute("aria-current", "true");
  await page.reload();
  await expect(intake.rows).toHaveCount(1);
  await page.goBack();
  await expect(intake.requests).toContainText("No recent request matches.");
});

test("what an inactive bot sends is shown as refused", async ({ page, account, parlance, signIn }) => {
  const draft = await parlance.createBot(account.email, "Draft", { activate: false });
  expect(await post(parlance, draft, "/api/v1/events", messages(1))).toBe(403);
  await signIn(account);
  const intake = new IntakePage(page);
  await intake.open(draft);
  await expect(intake.rows.first()).toContainText("403");
  await expect(intake.problems).toContainText("bot_inactive");
});

test("nobody sees what came for another's bot", async ({
  page,
  bot,
  history,
  parlance,
  signIn,
  expectComplaint,
}) => {
  await parlance.send(bot, messages(1));
  await signIn(history.account);
  for (const name of ["intake", "connect"]) {
    const response = await page.goto(`/bots/${bot.id}/${name}`);
    expect(response?.status()).toBe(404);
  }
  expectComplaint(/status of 404/);
});

test("while the server is away, what was there stays, and comes up to date afterwards", async ({
  page,
  account,
  bot,
  parlance,
  signIn,
  expectComplaint,
}) => {
  await parlance.send(bot, messages(1));
  await signIn(account);
  const intake = new IntakePage(page);
  await intake.open(bot);
  await expect(intake.rows).toHaveCount(1);
  await page.route("**/fn/load_intake*", (route) => route.abort());
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await expect(intake.rows).toHaveCount(1);
  await page.unroute("**/fn/load_intake*");
  await parlance.send(bot, messages(1));
  await expect(intake.rows).toHaveCount(2);
  await expect(page.getByRole("alert")).toHaveCount(0);
  expectComplaint(/ERR_FAILED/);
});

test("the tabs lead from the figures to what came, and to how to connect", async ({
  page,
  account,
  bot,
  parlance,
  signIn,
}) => {
  await parlance.send(bot, messages(1));
  await signIn(account);
  await goTo(page, `/bots/${bot.id}/analytics`);
  const tabs = page.getByRole("navigation", { name: "Pages of this bot" });
  await tabs.getByRole("link", { name: "Intake" }).click();
  await expect(new IntakePage(page).rows).toHaveCount(1);
  await tabs.getByRole("link", { name: "Connect" }).click();
  await expect(page.getByRole("heading", { name: "Write key" })).toBeVisible();
  await tabs.getByRole("link", { name: "Analytics" }).click();
  await expect(page).toHaveURL(/\/analytics/);
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
      parlance,
      signIn,
    }) => {
      await sendEverything(parlance, bot);
      await signIn(account);
      const intake = new IntakePage(page);
      await intake.open(bot);
      await expect(intake.rows).toHaveCount(4);
      await expectNoAxeViolations(page);
      await expectNoSidewaysScroll(page);
    });
  });
}

test.describe("Without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("the log is read and filtered", async ({ page, account, bot, parlance, signIn }) => {
    await sendEverything(parlance, bot);
    await signIn(account);
    const intake = new IntakePage(page);
    await expect(async () => {
      await page.goto(`/bots/${bot.id}/intake`);
      await expect(intake.rows).toHaveCount(4, { timeout: 100 });
    }).toPass();
    await intake.filter("With problems").click();
    await expect(intake.rows).toHaveCount(2);
    await expect(intake.problems).toContainText("user_id is required");
  });
});
