import { expect, expectNoAxeViolations, expectNoSidewaysScroll, goTo, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { messages } from "../traffic.ts";

/** Every page that a signed-in owner meets, and what makes it look as it does. */
const pages = {
  "the list of bots": "/",
  "the dashboard": "/bots/{busy}/analytics?period=28d",
  "the dashboard by the hour": "/bots/{busy}/analytics?period=today",
  "the settings": "/bots/{busy}/settings",
  "the settings with a preview": "/bots/{busy}/settings?timeout_min=5",
  "an inactive bot": "/bots/{draft}/analytics",
  "a waiting bot": "/bots/{waiting}/analytics",
  "the account": "/account",
  "a page that is not there": "/nowhere",
};

for (const [width, height] of [
  [1280, 800],
  [390, 844],
] as const) {
  test.describe(`At ${width} pixels`, () => {
    test.use({ viewport: { width, height } });

    for (const [name, path] of Object.entries(pages)) {
      test(`${name} is accessible in light and dark and does not scroll sideways`, async ({
        page,
        account,
        parlance,
        signIn,
        complaints,
      }) => {
        const ids = {
          busy: await parlance.createBot(account.email, "A bot with quite a long name, as people give them"),
          draft: await parlance.createBot(account.email, "Drafts", { activate: false }),
          waiting: await parlance.createBot(account.email, "Waiting"),
        };
        await parlance.send(ids.busy, messages(40));
        await signIn(account);
        const filled = path.replace(/\{(\w+)\}/, (_, key: keyof typeof ids) => ids[key].id);
        await goTo(page, filled);
        if (path.includes("{busy}/analytics")) await new DashboardPage(page).expectDrawn();
        await expectNoAxeViolations(page);
        await expectNoSidewaysScroll(page);
        if (path === "/nowhere") expect(complaints.splice(0)).toEqual([expect.stringContaining("404")]);
      });
    }

    test("signing in is accessible in light and dark and does not scroll sideways", async ({
      page,
      account: _account,
    }) => {
      await goTo(page, "/sign-in");
      await expectNoAxeViolations(page);
      await expectNoSidewaysScroll(page);
    });

    test("everything that opens on the dashboard stays on the screen and is accessible", async ({
      page,
      history,
      signIn,
    }) => {
      await signIn(history.account);
      const dashboard = new DashboardPage(page);
      await dashboard.open(history.bot, "period=28d");
      const buttons = [
        dashboard.periodButton,
        dashboard.comparisonButton,
        dashboard.granularityButton,
        dashboard.channelButton,
        page.getByRole("button", { name: "About sessions" }),
        page.getByRole("button", { name: "History", exact: true }),
        page.getByRole("button", { name: history.account.email }),
      ];
      // A phone has no keys to tell about.
      if (width > 720) buttons.push(page.getByRole("button", { name: "Keyboard shortcuts" }));
      for (const button of buttons) {
        await button.click();
        const box = await page.locator(":popover-open").boundingBox();
        expect(box?.x, "left edge").toBeGreaterThanOrEqual(0);
        expect((box?.x ?? 0) + (box?.width ?? 0), "right edge").toBeLessThanOrEqual(width);
        await expectNoAxeViolations(page, ":popover-open");
        await page.keyboard.press("Escape");
        await expect(page.locator(":popover-open")).toHaveCount(0);
      }
      await dashboard.tableButton.click();
      await expectNoAxeViolations(page);
      await expectNoSidewaysScroll(page);
    });
  });
}

test.describe("At 390 pixels", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the dashboard is used with a finger: period, card, table", async ({ page, history, signIn }) => {
    await signIn(history.account);
    const dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=7d");
    await dashboard.periodButton.tap();
    await dashboard.periodMenu.getByRole("link", { name: "Past 28 days" }).tap();
    await dashboard.expectFigures(await history.api.report(history.bot, "period=28d"));
    await dashboard.card("messages").tap();
    await dashboard.expectQuery("period=28d&metric=messages");
    await dashboard.tableButton.tap();
    await expect(dashboard.table).toBeVisible();
    await expectNoSidewaysScroll(page);
  });

  test("every part of the breadcrumb is high enough for a finger", async ({ page, history, signIn }) => {
    await signIn(history.account);
    const dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=yesterday");
    const parts = dashboard.breadcrumb.getByRole("link");
    await expect(parts).toHaveCount(3);
    for (const part of await parts.all()) {
      expect((await part.boundingBox())?.height, await part.innerText()).toBeGreaterThanOrEqual(32);
    }
  });
});

test.describe("Whoever wants less motion", () => {
  test.use({ reducedMotion: "reduce" });

  test("sees no transition and no animation", async ({ page, account, bot, signIn }) => {
    await signIn(account);
    await goTo(page, `/bots/${bot.id}/analytics`);
    const slowest = await page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll("*")].flatMap((element) => {
          const { animationDuration, transitionDuration } = getComputedStyle(element);
          return `${animationDuration},${transitionDuration}`.split(",").map(parseFloat);
        }),
      ),
    );
    expect(slowest, "seconds").toBeLessThan(0.001);
  });
});

test.describe("In the dark", () => {
  test.use({ colorScheme: "dark" });

  test("the page is dark from the first paint, without a script", async ({ browser, parlance, account }) => {
    expect(account.email).toBeTruthy();
    const context = await browser.newContext({
      baseURL: parlance.url,
      colorScheme: "dark",
      javaScriptEnabled: false,
    });
    const page = await context.newPage();
    await page.goto("/sign-in");
    await expect(page.locator("body")).toHaveCSS("background-color", "rgb(15, 18, 23)");
    await context.close();
  });
});
