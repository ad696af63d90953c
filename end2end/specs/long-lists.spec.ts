import { expect, expectNoAxeViolations, expectNoSidewaysScroll, goTo, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { HOUR, messages } from "../traffic.ts";

test.describe("Whoever has many bots", () => {
  test.beforeEach(async ({ parlance, account, signIn }) => {
    const names = Array.from({ length: 53 }, (_, place) => `Bot ${String(place + 1).padStart(2, "0")}`);
    for (const name of names) await parlance.createBot(account.email, name);
    await signIn(account);
  });

  test("sees fifty at a time, and goes from page to page and back", async ({ page }) => {
    await goTo(page, "/");
    const pages = page.getByRole("navigation", { name: "Pages of bots" });
    const cards = page.getByRole("article");
    await expect(pages).toContainText("1 to 50 of 53 bots");
    await expect(cards).toHaveCount(50);
    await pages.getByRole("link", { name: "Next" }).click();
    await expect(pages).toContainText("51 to 53 of 53 bots");
    await expect(cards.getByRole("heading")).toHaveText(["Bot 51", "Bot 52", "Bot 53"]);
    await expect(pages.getByRole("link", { name: "Next" })).toHaveCount(0);
    await page.goBack();
    await expect(cards).toHaveCount(50);
    await page.goto("/?page=99&sort=messages");
    await expect(cards).toHaveCount(3);
    await page.getByLabel("Search by name").fill("bot 1");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(cards).toHaveCount(10);
    await expect(pages).toHaveCount(0);
  });

  test("finds one in the bar at the top while typing its name", async ({ page }) => {
    await goTo(page, "/?search=Bot 53");
    await page.getByRole("link", { name: "Bot 53" }).click();
    const switcher = page.getByRole("navigation", { name: "Bots" });
    await switcher.getByRole("button", { name: "Bot 53" }).click();
    await expect(switcher.getByRole("listitem")).toHaveCount(20);
    await expect(switcher.getByRole("link", { name: "All 53 bots" })).toBeVisible();
    const search = switcher.getByRole("searchbox");
    await expect(search).toBeFocused();
    await search.fill("OT 4");
    await expect(switcher.getByRole("listitem")).toHaveCount(10);
    await expectNoAxeViolations(page, "#bot-menu");
    await search.fill("nothing like it");
    await expect(switcher.getByText("No bot has such a name.")).toBeVisible();
    await search.fill("47");
    await switcher.getByRole("link", { name: "Bot 47" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bot 47");
  });
});

test.describe("A bot with many events and models", () => {
  let dashboard: DashboardPage;

  test.beforeEach(async ({ page, parlance, account, bot, signIn }) => {
    const at = Date.now() - HOUR;
    const number = (place: number) => String(place + 1).padStart(3, "0");
    const events = Array.from({ length: 120 }, (_, place) => ({
      type: `step_${number(place)}`,
      id: `event-${place}`,
      user_id: "user-0",
      at,
    }));
    const calls = Array.from({ length: 51 }, (_, place) => ({
      type: "model_call",
      id: `call-${place}`,
      model: `model-${number(place)}`,
      user_id: "user-0",
      at,
    }));
    await parlance.send(bot, [...messages(3), ...events, ...calls]);
    await signIn(account);
    dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=7d&metric=sessions");
  });

  test("shows fifty at a time, and keeps the rest of the state", async ({ page }) => {
    const events = page.getByRole("region", { name: "Events" });
    const pages = page.getByRole("navigation", { name: "Pages of events" });
    const rows = events.locator("tbody tr");
    await expect(pages).toContainText("1 to 50 of 120 events");
    await expect(rows).toHaveCount(50);
    await pages.getByRole("link", { name: "Next" }).click();
    await expect(pages).toContainText("51 to 100 of 120 events");
    await dashboard.expectQuery("period=7d&events_page=2&metric=sessions");
    await expect(pages.getByRole("link", { name: "Next" })).toBeFocused();
    await pages.getByRole("link", { name: "Next" }).click();
    await expect(rows).toHaveCount(20);
    await page.goBack();
    await expect(pages).toContainText("51 to 100 of 120 events");

    const models = page.getByRole("navigation", { name: "Pages of models" });
    await models.getByRole("link", { name: "Next" }).click();
    await expect(models).toContainText("51 to 51 of 51 models");
    await dashboard.expectQuery("period=7d&events_page=2&models_page=2&metric=sessions");
    await page.keyboard.press("f");
    await dashboard.expectQuery("period=28d&metric=sessions");
    await expectNoSidewaysScroll(page);
  });

  test("finds events by name, and a refresh leaves what is being typed", async ({ page }) => {
    const events = page.getByRole("region", { name: "Events" });
    const rows = events.locator("tbody tr");
    const search = events.getByRole("searchbox", { name: "Search events by name" });
    await search.fill("STEP_09");
    await search.press("Enter");
    await expect(rows).toHaveCount(10);
    await dashboard.expectQuery("period=7d&event_search=STEP_09&metric=sessions");
    await expect(search).toBeFocused();
    await search.fill("half a na");
    const refreshed = page.waitForResponse("**/fn/load_report**");
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
    await refreshed;
    await expect(search).toHaveValue("half a na");
    await expect(search).toBeFocused();
    await search.fill("<none>");
    await search.press("Enter");
    await expect(events).toContainText("No event's name has “<none>”.");
    await search.fill("");
    await search.press("Enter");
    await expect(rows).toHaveCount(50);
    await expectNoAxeViolations(page, ".uses");
  });
});
