import { dateOf, plusDays, span, timeOf } from "../dates.ts";
import { expect, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { metrics, type Report } from "../read-api.ts";
import { DAY, HOUR, messages } from "../traffic.ts";

test.describe("The comparison", () => {
  let dashboard: DashboardPage;

  test.beforeEach(async ({ page, history, signIn }) => {
    await signIn(history.account);
    dashboard = new DashboardPage(page);
  });

  test("is with the period before, up to the same time of day, and says so", async ({ history }) => {
    await dashboard.open(history.bot, "period=7d");
    // The page's minute may end between the two answers; it looks again by itself.
    await expect(async () => {
      const report = await history.api.report(history.bot, "period=7d");
      const words = `compared with ${comparisonDates(report)}, up to ${timeOf(report.comparison?.cut ?? "")}`;
      await expect(dashboard.comparisonButton).toHaveText(words, { timeout: 1_000 });
      expect(dateOf(report.comparison?.start ?? "")).toBe(plusDays(report.today, -13));
      expect(dateOf(report.comparison?.cut ?? "")).toBe(plusDays(report.today, -7));
    }).toPass();
    await expectIndexes(dashboard, await history.api.report(history.bot, "period=7d"));
  });

  test("of whole days has no cut", async ({ history }) => {
    const report = await history.api.report(history.bot, "period=last_week");
    expect(report.comparison?.cut).toBeNull();
    await dashboard.open(history.bot, "period=last_week");
    await expect(dashboard.comparisonButton).toHaveText(`compared with ${comparisonDates(report)}`);
    await expectIndexes(dashboard, report);
  });

  test("can be with a year before", async ({ history }) => {
    await dashboard.open(history.bot, "period=last_week");
    await dashboard.pick(dashboard.comparisonButton, "A year before");
    await dashboard.expectQuery("period=last_week&compare=year");
    const report = await history.api.report(history.bot, "period=last_week&compare=year");
    await dashboard.expectFigures(report);
    await expect(dashboard.comparisonButton).toHaveText(`compared with ${comparisonDates(report)}`);
    await expectIndexes(dashboard, report);
  });

  test("can be left out, and comes back with the same key", async ({ page, history }) => {
    await dashboard.open(history.bot, "period=last_week");
    await page.keyboard.press("x");
    await dashboard.expectQuery("period=last_week&compare=none");
    await expect(dashboard.comparisonButton).toHaveText("not compared");
    await expectIndexes(dashboard, await history.api.report(history.bot, "period=last_week&compare=none"));
    await expect(dashboard.legend.getByRole("button")).toHaveCount(3);
    await page.keyboard.press("x");
    await dashboard.expectQuery("period=last_week");
    await expect(dashboard.legend.getByRole("button")).toHaveCount(4);
  });

  test("with the year before comes back as that", async ({ page, history }) => {
    await dashboard.open(history.bot, "period=last_week&compare=year");
    await page.keyboard.press("x");
    await dashboard.expectQuery("period=last_week&compare=none");
    await page.keyboard.press("x");
    await dashboard.expectQuery("period=last_week&compare=year");
  });

  test("of all time does not exist, and the page says why", async ({ history }) => {
    await dashboard.open(history.bot, "period=all");
    await expect(dashboard.comparisonButton).toHaveText("no earlier data");
    await expect(dashboard.card("returning_users")).toHaveAccessibleDescription(/nobody can return/);
  });

  test("names both counts and both windows of every card", async ({ history }) => {
    const report = await history.api.report(history.bot, "period=last_week");
    await dashboard.open(history.bot, "period=last_week");
    const dates = span(dateOf(report.period.start), plusDays(dateOf(report.period.end), -1));
    for (const metric of metrics) {
      const { value, previous } = report.totals[metric];
      await expect(dashboard.card(metric)).toHaveAccessibleDescription(
        new RegExp(`${value} in ${dates}\\. ${previous} in ${comparisonDates(report)}`),
      );
    }
  });

  test("of a card is shown beside it while the pointer is on it", async ({ history }) => {
    await dashboard.open(history.bot, "period=last_week");
    const detail = dashboard.page.locator("#sessions-detail");
    await dashboard.card("sessions").hover();
    await expect(detail).toBeVisible();
    await expect(detail).toHaveCSS("opacity", "1");
  });
});

test("a bot without earlier messages is not compared, and says so", async ({
  page,
  account,
  bot,
  parlance,
  signIn,
}) => {
  await parlance.send(bot, messages(3, { ago: 2 * HOUR }));
  await signIn(account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(bot, "period=7d");
  await expect(dashboard.comparisonButton).toContainText("no earlier data");
  await expect(dashboard.card("messages")).toHaveAccessibleDescription(/no earlier data/);
});

test("a figure that was zero before is new, without a percentage", async ({
  page,
  account,
  parlance,
  signIn,
}) => {
  const bot = await parlance.createBot(account.email, "Pausing");
  await parlance.send(bot, messages(1, { ago: 40 * DAY }));
  await parlance.send(bot, messages(2, { ago: 2 * HOUR }));
  await signIn(account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(bot, "period=7d");
  await expect(dashboard.card("messages")).toContainText("new");
  await expect(dashboard.card("messages")).toHaveAccessibleDescription(/new: none before/);
  await expect(dashboard.card("messages")).not.toContainText("%");
});

test.describe("The bar", () => {
  let dashboard: DashboardPage;

  test.beforeEach(async ({ page, history, signIn }) => {
    await signIn(history.account);
    dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=7d");
  });

  test("offers the granularities that suit the period", async ({ page, history }) => {
    await page.keyboard.press("i");
    const offered = page.locator(".pop:popover-open").getByRole("link");
    await expect(offered).toHaveText(["By hour", "By day"]);
    await page.keyboard.press("Escape");
    await dashboard.pick(dashboard.granularityButton, "By hour");
    await dashboard.expectQuery("period=7d&granularity=hour");
    const report = await history.api.report(history.bot, "period=7d&granularity=hour");
    await dashboard.expectFigures(report);
    expect(await dashboard.tableLines()).toHaveLength(report.timeseries.length);
    expect(report.timeseries.length).toBeGreaterThan(160);
  });

  test("forgets a granularity with the period that it was picked for", async () => {
    await dashboard.pick(dashboard.granularityButton, "By hour");
    await dashboard.expectQuery("period=7d&granularity=hour");
    await dashboard.pickPreset("Past 91 days");
    await dashboard.expectQuery("period=91d");
  });

  test("answers for one channel, and keeps it from period to period", async ({ history }) => {
    await dashboard.pick(dashboard.channelButton, "telegram");
    await dashboard.expectQuery("period=7d&channel=telegram");
    await dashboard.expectFigures(await history.api.report(history.bot, "period=7d&channel=telegram"));
    await dashboard.pickPreset("Past 28 days");
    await dashboard.expectQuery("period=28d&channel=telegram");
    await dashboard.expectFigures(await history.api.report(history.bot, "period=28d&channel=telegram"));
    await dashboard.pick(dashboard.channelButton, "All channels");
    await dashboard.expectQuery("period=28d");
    await dashboard.expectFigures(await history.api.report(history.bot, "period=28d"));
  });

  test("remembers the last choice for the next visit", async ({ page, account, parlance, signIn }) => {
    const bot = await parlance.createBot(account.email, "Habits");
    await parlance.send(bot, messages(3));
    await signIn(account);
    await dashboard.open(bot);
    await expect(dashboard.periodButton).toContainText("Past 7 days");
    const remembered = page.waitForResponse(/remember_choice/);
    await page.keyboard.press("f");
    await remembered;
    await dashboard.open(bot);
    await expect(dashboard.periodButton).toContainText("Past 28 days");
  });
});

/** The dates of the comparison, the year left out where it is this one. */
function comparisonDates({ comparison, today }: Report): string {
  if (comparison === null) throw new Error("the report has no comparison");
  const dates = span(dateOf(comparison.start), plusDays(dateOf(comparison.end), -1));
  return dates.replace(new RegExp(` ${today.slice(0, 4)}$`), "");
}

/** Every card shows the change that the API tells: sign, arrow and words. */
async function expectIndexes(dashboard: DashboardPage, report: Report): Promise<void> {
  for (const metric of metrics) {
    const { value, previous, change } = report.totals[metric];
    const card = dashboard.card(metric);
    await expect(card).toHaveAccessibleDescription(new RegExp(`^${value}\\b`));
    if (change === null) {
      await expect(card).toContainText(previous === 0 && value > 0 ? "new" : "—");
    } else if (change === 0) {
      await expect(card).toContainText("0 %");
    } else {
      await expect(card).toContainText(`${change > 0 ? "↑+" : "↓−"}${percent(change)}`);
      await expect(card).toHaveAccessibleDescription(
        new RegExp(`${percent(change)} ${change > 0 ? "more" : "fewer"}`),
      );
    }
  }
}

/** One decimal below 10 %, none above. */
function percent(change: number): string {
  const percent = Math.abs(change) * 100;
  return `${percent.toFixed(Math.round(percent * 10) < 100 ? 1 : 0)} %`;
}
