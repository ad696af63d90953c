import { expect, goTo, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { DAY, HOUR, messages } from "../traffic.ts";

const figures = "**/fn/load_report**";

test.describe("When figures can't be loaded", () => {
  let dashboard: DashboardPage;

  test.beforeEach(async ({ page, history, signIn }) => {
    await signIn(history.account);
    dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=7d");
  });

  test("the page stays and offers to try again, which shows them", async ({
    page,
    history,
    expectComplaint,
  }) => {
    await page.route(figures, (route) => route.abort());
    await dashboard.pickPreset("Past 28 days");
    await expect(dashboard.failures).toContainText([
      /^The key figures could not be loaded.*The server does not answer at the moment\./s,
      /^The overall dashboard could not be loaded.*The server does not answer at the moment\./s,
    ]);
    await expect(dashboard.heading).toHaveText("History");
    await expect(dashboard.periodButton).toContainText("Past 28 days");

    await page.unroute(figures);
    await dashboard.failures.first().getByRole("button", { name: "Try again" }).click();
    await dashboard.expectFigures(await history.api.report(history.bot, "period=28d"));
    await expect(dashboard.failures).toHaveCount(0);
    expectComplaint(/ERR_FAILED/);
  });

  test("another period can be picked at once", async ({ page, history, expectComplaint }) => {
    await page.route(figures, (route) =>
      route.request().url().includes("28d") ? route.abort() : route.continue(),
    );
    await page.keyboard.press("f");
    await expect(dashboard.failures.first()).toBeVisible();
    await page.keyboard.press("n");
    await dashboard.expectFigures(await history.api.report(history.bot, "period=91d"));
    await expect(dashboard.failures).toHaveCount(0);
    expectComplaint(/ERR_FAILED/);
  });

  test("an error of the server has an incident to ask for", async ({ page, expectComplaint }) => {
    await page.route(figures, (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/json",
        body: JSON.stringify({ Internal: { incident: "0badcafe" } }),
      }),
    );
    await dashboard.pickPreset("Past 28 days");
    await expect(dashboard.failures.first()).toContainText("incident 0badcafe");
    expectComplaint(/status of 500/);
  });

  test("a whole page says so and offers to try again", async ({ page, history, expectComplaint }) => {
    await page.goto(`/bots/${history.bot.id}/settings`);
    await expect(page.locator("html[data-hydrated]")).toBeVisible();
    await page.route("**/fn/load_bots**", (route) => route.abort());
    await page.getByRole("link", { name: "Parlance: all bots" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This page could not be loaded");
    await page.unroute("**/fn/load_bots**");
    await page.getByRole("link", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bots");
    expectComplaint(/ERR_FAILED/);
  });
});

test("each question is asked once", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/fn/load_")) asked.push(new URL(request.url()).pathname);
  });
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=7d");
  await page.keyboard.press("f");
  await dashboard.expectFigures(await history.api.report(history.bot, "period=28d"));
  expect(asked).toEqual(["/fn/load_report"]);
});

test("a chart library that can't be loaded leaves the figures, and can be tried again", async ({
  page,
  history,
  signIn,
  expectComplaint,
}) => {
  await signIn(history.account);
  await page.route("**/echarts.js", (route) => route.abort());
  await goTo(page, `/bots/${history.bot.id}/analytics?period=7d`);
  const dashboard = new DashboardPage(page);
  const failure = page.getByRole("alert").filter({ hasText: "The chart could not be loaded." });
  await expect(failure).toBeVisible();
  await dashboard.expectFigures(await history.api.report(history.bot, "period=7d"));
  await page.unroute("**/echarts.js");
  await failure.getByRole("button", { name: "Try again" }).click();
  await dashboard.expectDrawn();
  await expect(failure).toBeHidden();
  expectComplaint(/ERR_FAILED/);
});

test("while figures are slow, the old ones stay, dimmed, and the page can be used", async ({
  page,
  history,
  signIn,
}) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=7d");
  const before = await history.api.report(history.bot, "period=7d");
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(figures, async (route) => {
    await released;
    await route.continue();
  });

  await page.keyboard.press("n");
  await expect(dashboard.figures).toHaveAttribute("aria-busy", "true");
  await expect(dashboard.value("messages")).toHaveAttribute("value", String(before.totals.messages.value));
  await expect(dashboard.keyFigures).not.toHaveCSS("opacity", "1");
  await dashboard.tableButton.click();
  await expect(dashboard.tableButton).toHaveAttribute("aria-pressed", "true");

  release();
  await dashboard.expectFigures(await history.api.report(history.bot, "period=91d"));
  await expect(dashboard.keyFigures).toHaveCSS("opacity", "1");
});

test.describe("Figures refresh by themselves", () => {
  test("while the page is visible: without flicker, and the focus stays", async ({
    page,
    account,
    bot,
    parlance,
    signIn,
  }) => {
    await parlance.send(bot, messages(3, { ago: HOUR / 2 }));
    await signIn(account);
    const dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=28d");
    await expect(dashboard.value("messages")).toHaveText("3");
    await dashboard.card("sessions").focus();
    const canvas = await dashboard.chart.locator("canvas").elementHandle();

    await parlance.send(bot, [{ user_id: "somebody-new", at: Date.now() }]);
    await expect(dashboard.value("messages")).toHaveText("4", { timeout: 20_000 });
    await expect(dashboard.value("new_users")).toHaveText("4");
    await expect(dashboard.card("sessions")).toBeFocused();
    expect(await canvas?.evaluate((canvas) => canvas.isConnected), "the same chart").toBe(true);
    await dashboard.expectQuery("period=28d");
  });

  test("and leave open what somebody is reading", async ({ page, account, bot, parlance, signIn }) => {
    await parlance.send(bot, messages(3, { ago: HOUR / 2 }));
    await signIn(account);
    await page.clock.install();
    const dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=7d");
    await page.getByRole("button", { name: "About sessions" }).click();
    const panel = page.locator(":popover-open");
    await expect(panel).toContainText("Sessions");
    await parlance.send(bot, [{ user_id: "somebody-new", at: Date.now() }]);
    await page.clock.runFor("00:11");
    await expect(dashboard.value("messages")).toHaveText("4");
    await expect(panel).toContainText("Sessions");
  });

  test("not while it is hidden, and at once when it is looked at again", async ({
    page,
    account,
    bot,
    parlance,
    signIn,
  }) => {
    await parlance.send(bot, messages(3, { ago: HOUR / 2 }));
    await signIn(account);
    await page.clock.install();
    const dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=7d");
    let requests = 0;
    page.on("request", (request) => (requests += Number(request.url().includes("/fn/load_report"))));

    await show(false);
    await page.clock.runFor("01:00");
    expect(requests).toBe(0);
    await parlance.send(bot, [{ user_id: "somebody-new", at: Date.now() }]);
    await show(true);
    await expect(dashboard.value("messages")).toHaveText("4");

    async function show(isVisible: boolean) {
      await page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      }, !isVisible);
    }
  });

  test("less often where the period is over: what comes late shows, too", async ({
    page,
    account,
    bot,
    parlance,
    signIn,
  }) => {
    await parlance.send(bot, messages(3, { ago: DAY }));
    await signIn(account);
    await page.clock.install();
    const dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=yesterday");
    let requests = 0;
    page.on("request", (request) => (requests += Number(request.url().includes("/fn/load_report"))));
    await parlance.send(bot, [{ user_id: "late", at: Date.now() - DAY }]);
    await page.clock.runFor("00:50");
    expect(requests).toBe(0);
    await page.clock.runFor("00:11");
    await expect(dashboard.value("messages")).toHaveText("4");
    expect(requests).toBe(1);
  });

  for (const how of ["its key", "the menu"]) {
    test(`at once when the period that is shown is chosen again by ${how}`, async ({
      page,
      account,
      bot,
      parlance,
      signIn,
    }) => {
      await parlance.send(bot, messages(3, { ago: DAY }));
      await signIn(account);
      const dashboard = new DashboardPage(page);
      await dashboard.open(bot, "period=yesterday");
      await parlance.send(bot, [{ user_id: "late", at: Date.now() - DAY }]);
      if (how === "its key") await page.keyboard.press("e");
      else await dashboard.pickPreset("Yesterday");
      await expect(dashboard.value("messages")).toHaveText("4", { timeout: 5_000 });
      await dashboard.expectQuery("period=yesterday");
    });
  }

  test("and say where to sign in once the login has ended", async ({
    page,
    account,
    bot,
    parlance,
    signIn,
    expectComplaint,
  }) => {
    await parlance.send(bot, messages(3, { ago: HOUR / 2 }));
    await signIn(account);
    await page.clock.install();
    const dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=7d&metric=sessions");
    await page.context().clearCookies();
    await page.clock.runFor("00:11");
    const notice = page.getByRole("status").filter({ hasText: "You are signed out." });
    await notice.getByRole("link", { name: "Sign in" }).click();
    await expect(page).toHaveURL(
      new RegExp(
        `/sign-in\\?next=${encodeURIComponent(`/bots/${bot.id}/analytics?period=7d&metric=sessions`)}$`,
      ),
    );
    expectComplaint(/status of 401/);
  });

  test("and one refresh that fails leaves them, with a word about it", async ({
    page,
    account,
    bot,
    parlance,
    signIn,
    expectComplaint,
  }) => {
    await parlance.send(bot, messages(3, { ago: HOUR / 2 }));
    await signIn(account);
    await page.clock.install();
    const dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=7d");
    await page.route(figures, (route) => route.abort());
    await page.clock.runFor("00:11");
    await expect(page.getByText(/they could not be refreshed/)).toBeVisible();
    await expect(dashboard.value("messages")).toHaveText("3");
    await page.unroute(figures);
    await page.clock.runFor("00:11");
    await expect(page.getByText(/they could not be refreshed/)).toBeHidden();
    expectComplaint(/ERR_FAILED/);
  });
});
