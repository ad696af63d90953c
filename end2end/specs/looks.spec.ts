import { expect, expectNoAxeViolations, expectNoSidewaysScroll, goTo, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import type { Event } from "../parlance.ts";
import { HOUR, messages } from "../traffic.ts";

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

/** What is looked at where there is little room: every page, with a bot whose name is as wide as can be. */
const narrow = {
  ...pages,
  "the intake": "/bots/{busy}/intake",
  "the ways to connect": "/bots/{busy}/connect",
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

// What a window of 1280 pixels shows at 400 %, and letters of twice their size.
for (const [what, width, fontSize] of [
  ["At 320 pixels", 320, "100%"],
  ["With letters of twice their size", 1280, "200%"],
] as const) {
  test.describe(what, () => {
    test.use({ viewport: { width, height: 800 } });

    for (const [name, path] of Object.entries(narrow)) {
      test(`${name} does not scroll sideways, and nothing is cut`, async ({
        page,
        account,
        parlance,
        signIn,
        complaints,
      }) => {
        const ids = {
          busy: await parlance.createBot(account.email, "W".repeat(80)),
          draft: await parlance.createBot(account.email, "Drafts", { activate: false }),
          waiting: await parlance.createBot(account.email, "Waiting"),
        };
        await parlance.send(ids.busy, [...messages(40), ...expensiveCalls()]);
        await signIn(account);
        await page.addInitScript((size) => {
          addEventListener("DOMContentLoaded", () => (document.documentElement.style.fontSize = size));
        }, fontSize);
        await goTo(
          page,
          path.replace(/\{(\w+)\}/, (_, key: keyof typeof ids) => ids[key].id),
        );
        if (path.includes("{busy}/analytics")) await new DashboardPage(page).expectDrawn();
        await expectNoSidewaysScroll(page);
        expect(await page.evaluate(findCut), "texts that are wider than their place").toEqual([]);
        if (path === "/nowhere") complaints.splice(0);
      });
    }
  });
}

/** Model calls whose cost has ten digits. */
function expensiveCalls(): Event[] {
  return [1, 2].map((call) => ({
    type: "model_call",
    id: `call-${call}`,
    user_id: "user-0",
    at: Date.now() - HOUR,
    model: "large",
    cost_usd: 987_654_321,
    input_tokens: 1_485,
    latency_ms: 1_000,
  }));
}

/** Texts that stick out of their card, other than those that scroll or are shortened on purpose. */
function findCut(): string[] {
  const isOpen = (element: Element) => {
    for (let up: Element | null = element; up; up = up.parentElement) {
      const { overflowX, position, visibility } = getComputedStyle(up);
      if (overflowX !== "visible" || visibility === "hidden" || position === "fixed") return false;
    }
    return true;
  };
  const texts = [...document.querySelectorAll(".card :is(dd, dt, h2, h3, span, p, data, button)")];
  return texts
    .filter((text) => text.textContent?.trim() && text.getClientRects().length > 0 && isOpen(text))
    .filter((text) => {
      const place = text.closest(".uses-figures > div, .bot-figure, .card")?.getBoundingClientRect();
      return place !== undefined && text.getBoundingClientRect().right > place.right + 1;
    })
    .map((text) => `${text.className || text.tagName}: ${text.textContent?.trim().slice(0, 40)}`);
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
