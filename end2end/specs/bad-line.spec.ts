import { expect, expectHydrated, goTo, Parlance, test as base } from "../fixtures.ts";
import { addressOf, DashboardPage } from "../pages/dashboard.ts";
import { IntakePage } from "../pages/intake.ts";
import { SettingsPage } from "../pages/settings.ts";
import { SignInPage } from "../pages/sign-in.ts";
import { BadLine } from "../bad-line.ts";
import { HOUR, messages } from "../traffic.ts";

/** The server of these tests stands behind a line that makes trouble. */
const test = base.extend<{ calm: void }, { line: BadLine }>({
  line: [
    async ({}, use) => {
      const line = await BadLine.start();
      await use(line);
      await line.stop();
    },
    { scope: "worker" },
  ],
  parlance: [
    async ({ line }, use) => {
      const parlance = await Parlance.start({ PARLANCE_TRUSTED_PROXIES: "127.0.0.1" }, line);
      await use(parlance);
      await parlance.stop();
    },
    { scope: "worker" },
  ],
  calm: [
    async ({ line }, use) => {
      await use();
      line.clear();
    },
    { auto: true },
  ],
});

test.describe("The dashboard on a bad line", () => {
  let dashboard: DashboardPage;

  test.beforeEach(async ({ page, history, signIn }) => {
    await signIn(history.account);
    await page.clock.install();
    dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=7d");
  });

  test("gives up a refresh that is never answered, says so, and tries again", async ({ page, line }) => {
    const lost = line.swallow(/load_report/);
    await page.clock.runFor("00:10");
    await expect.poll(() => lost.seen).toBe(1);
    await page.clock.runFor("00:10");
    await expect(page.getByText(/they could not be refreshed\. The server does not answer/)).toBeVisible();
    await expect.poll(() => lost.givenUp).toBeGreaterThan(0);
    line.clear();
    await page.clock.runFor("00:11");
    await expect(page.getByText(/they could not be refreshed/)).toBeHidden();
  });

  test("shows the newest choice at once, while an older one is unanswered", async ({
    page,
    line,
    history,
  }) => {
    const lost = line.swallow(/load_report.*12mo/);
    await page.keyboard.press("l");
    await expect.poll(() => lost.seen).toBe(1);
    await page.keyboard.press("n");
    await dashboard.expectFigures(await history.api.report(history.bot, "period=91d"));
    await expect.poll(() => lost.givenUp, "the older request is ended").toBe(1);
    await expect(dashboard.failures).toHaveCount(0);
  });

  test("never shows an answer that comes out of order", async ({ page, line, history }) => {
    const late = line.hold(/load_report.*28d/);
    await page.keyboard.press("f");
    await expect.poll(() => late.seen).toBe(1);
    await page.keyboard.press("n");
    const newest = await history.api.report(history.bot, "period=91d");
    await dashboard.expectFigures(newest);
    late.release();
    await page.clock.runFor("00:03");
    await dashboard.expectFigures(newest);
    await dashboard.expectQuery("period=91d");
  });

  for (const [what, trouble] of [
    ["is never answered", "swallow"],
    ["is cut in the middle", "cut"],
    ["stops in the middle", "stick"],
  ] as const) {
    test(`tells of a choice that ${what}, and tries again by itself`, async ({
      page,
      line,
      history,
      expectComplaint,
    }) => {
      const rule = line[trouble](/load_report.*28d/);
      await page.keyboard.press("f");
      await expect.poll(() => rule.seen).toBe(1);
      if (trouble !== "cut") await expect(dashboard.figures).toHaveAttribute("aria-busy", "true");
      await expect
        .poll(async () => {
          await page.clock.runFor(trouble === "cut" ? 0 : 1_000);
          return dashboard.failures.count();
        })
        .toBe(2);
      line.clear();
      await page.clock.runFor("00:11");
      await dashboard.expectFigures(await history.api.report(history.bot, "period=28d"));
      await expect(dashboard.failures).toHaveCount(0);
      if (trouble === "cut") expectComplaint(/ERR_|network/);
    });
  }

  test("lets nobody wait for a choice that could not be remembered", async ({ page, line, history }) => {
    const lost = line.swallow(/remember_choice/);
    await page.keyboard.press("f");
    await expect.poll(() => lost.seen).toBe(1);
    await page.keyboard.press("n");
    await dashboard.expectFigures(await history.api.report(history.bot, "period=91d"));
    await expect.poll(() => lost.givenUp, "the older choice is not remembered after the newer one").toBe(1);
  });
});

test("a chart library that never comes is told of, and drawn with at the next try", async ({
  page,
  line,
  history,
  signIn,
}) => {
  await signIn(history.account);
  await page.clock.install();
  line.swallow(/echarts\.js/);
  await page.goto(addressOf(history.bot, "period=28d"), { waitUntil: "domcontentloaded" });
  await expectHydrated(page);
  const failure = page.getByRole("alert").filter({ hasText: "The chart could not be loaded." });
  await expect
    .poll(async () => {
      await page.clock.runFor("00:05");
      return failure.count();
    })
    .toBe(1);
  line.clear();
  await failure.getByRole("button", { name: "Try again" }).click();
  await new DashboardPage(page).expectDrawn();
  await expect(failure).toBeHidden();
});

test.describe("The list of bots on a bad line", () => {
  test.beforeEach(async ({ page, parlance, account, signIn }) => {
    const bot = await parlance.createBot(account.email, "Booking");
    await parlance.createBot(account.email, "Aftercare");
    await parlance.send(bot, messages(9, { ago: 5 * HOUR }));
    await signIn(account);
    await page.clock.install();
    await goTo(page, "/");
  });

  test("keeps what was there, says so, and tries again", async ({ page, line }) => {
    const lost = line.swallow(/load_bots/);
    await page.clock.runFor("00:15");
    await expect.poll(() => lost.seen).toBe(1);
    await page.clock.runFor("00:10");
    await expect(page.getByRole("alert").filter({ hasText: "shows older data" })).toBeVisible();
    await expect(page.getByRole("article")).toHaveCount(2);
    line.clear();
    await page.clock.runFor("00:11");
    await expect(page.getByRole("alert").filter({ hasText: "shows older data" })).toHaveCount(0);
  });

  test("keeps itself fresh, and what somebody types stays", async ({ page, parlance, account }) => {
    await page.getByText("New bot").click();
    await page.getByLabel("Name", { exact: true }).fill("Half a na");
    const third = await parlance.createBot(account.email, "Concierge");
    await parlance.send(third, messages(1, { ago: 0 }));
    await page.clock.runFor("00:16");
    await expect(page.getByRole("article")).toHaveCount(3);
    await expect(page.getByRole("article").filter({ hasText: "Concierge" })).toContainText("Last message");
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Half a na");
  });
});

test.describe("The Intake page on a bad line", () => {
  test("shows the newest filter at once, and goes on when a refresh is unanswered", async ({
    page,
    line,
    parlance,
    account,
    bot,
    signIn,
  }) => {
    await parlance.send(bot, messages(3));
    await signIn(account);
    const intake = new IntakePage(page);
    await intake.open(bot);
    // A request is written to the log a moment after it is answered. The page shows it by itself, as long as time goes on.
    await expect(intake.rows).toHaveCount(1);
    await page.clock.install();
    await intake.open(bot);
    const lost = line.swallow(/load_intake/);
    await intake.filter("With problems").click();
    await expect.poll(() => lost.seen).toBeGreaterThan(0);
    line.clear();
    await intake.filter("All").click();
    await expect(intake.rows).toHaveCount(1);
    await expect(intake.filter("All")).toHaveAttribute("aria-current", "true");

    line.swallow(/load_intake/);
    await page.clock.runFor("00:13");
    await expect(page.getByText("shows older data")).toBeVisible();
    line.clear();
    await page.clock.runFor("00:11");
    await expect(page.getByText("shows older data")).toBeHidden();
  });
});

test("a page whose content never comes says so, and comes by itself later", async ({
  page,
  line,
  account,
  bot,
  signIn,
}) => {
  await signIn(account);
  await page.clock.install();
  await goTo(page, `/bots/${bot.id}/connect`);
  const lost = line.swallow(/load_settings/);
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await expect.poll(() => lost.seen).toBe(1);
  await page.clock.runFor("00:10");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This page could not be loaded");
  line.clear();
  await page.clock.runFor("00:11");
  await expect(page.getByRole("region", { name: "General" })).toBeVisible();
});

test("a waiting bot's page says that the server does not answer, and goes on asking", async ({
  page,
  line,
  parlance,
  account,
  bot,
  signIn,
}) => {
  await signIn(account);
  await page.clock.install();
  await goTo(page, addressOf(bot));
  const lost = line.swallow(/has_messages/);
  await page.clock.runFor("00:02");
  await expect.poll(() => lost.seen).toBe(1);
  await page.clock.runFor("00:07");
  expect(lost.seen - lost.givenUp, "questions at a time").toBeLessThanOrEqual(1);
  await page.clock.runFor("00:03");
  await expect(page.getByText("The server does not answer at the moment.")).toBeVisible();
  line.clear();
  await parlance.send(bot, messages(3));
  await page.clock.runFor("00:03");
  await new DashboardPage(page).expectDrawn();
});

test.describe("A form on a bad line", () => {
  test("of the settings is given up, keeps what was typed, and can be sent again", async ({
    page,
    line,
    account,
    bot,
    signIn,
  }) => {
    await signIn(account);
    await page.clock.install();
    const settings = new SettingsPage(page);
    await settings.open(bot);
    const lost = line.swallow(/save_bot/);
    const name = settings.general.getByLabel("Name");
    await name.fill("Renamed on a bad line");
    const save = settings.general.getByRole("button");
    await save.click();
    await expect.poll(() => lost.seen).toBe(1);
    await expect(save).toBeDisabled();
    await page.clock.runFor("00:10");
    await expect(settings.general.getByRole("alert").first()).toContainText("No answer came");
    await expect(name).toHaveValue("Renamed on a bad line");
    line.clear();
    await save.click();
    await expect(settings.heading).toHaveText("Renamed on a bad line");
  });

  test("for signing in is given up, keeps what was typed, and can be sent again", async ({
    page,
    line,
    account,
  }) => {
    await page.clock.install();
    await goTo(page, "/sign-in");
    const lost = line.swallow(/sign_in/);
    await page.getByLabel("E-mail").fill(account.email);
    await page.getByLabel("Password").fill(account.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect.poll(() => lost.seen).toBe(1);
    await page.clock.runFor("00:10");
    await expect(new SignInPage(page).error).toContainText("No answer came");
    line.clear();
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Bots" })).toBeVisible();
  });

  test("whose answer is cut does not claim that nothing was changed", async ({
    page,
    line,
    account,
    bot,
    signIn,
    expectComplaint,
  }) => {
    await signIn(account);
    const settings = new SettingsPage(page);
    await settings.open(bot);
    line.cut(/save_bot/);
    await settings.general.getByLabel("Name").fill("Renamed all the same");
    await settings.general.getByRole("button").click();
    await expect(settings.general.getByRole("alert").first()).toContainText("unknown whether this was done");
    await page.reload();
    await expect(settings.heading).toHaveText("Renamed all the same");
    expectComplaint(/ERR_/);
  });
});
