import { dateOf, firstOfMonth, monday, plusDays, shortDay } from "../dates.ts";
import { expect, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import type { Report, Row } from "../read-api.ts";

let dashboard: DashboardPage;

test.beforeEach(async ({ page, history, signIn }) => {
  await signIn(history.account);
  dashboard = new DashboardPage(page);
});

test("clicks lead from twelve months to the hour, and Back and Forward retrace them", async ({
  page,
  history,
}) => {
  const year = "period=12mo&granularity=month";
  await dashboard.open(history.bot, year);
  const months = await history.api.report(history.bot, year);
  await dashboard.clickBucket(months.timeseries.length - 3, months);

  const month = queryOf(months, months.timeseries.length - 3);
  await dashboard.expectQuery(month);
  const days = await history.api.report(history.bot, month);
  expect(days.granularity).toBe("day");
  await dashboard.expectFigures(days);
  await dashboard.clickBucket(9, days);

  const day = queryOf(days, 9);
  await dashboard.expectQuery(day);
  const hours = await history.api.report(history.bot, day);
  expect(hours.granularity).toBe("hour");
  await dashboard.expectFigures(hours);
  await expect(dashboard.granularityButton).toHaveText("By hour");
  await expect(dashboard.breadcrumb).toHaveText(/^All time\D*\d{4}\D*[A-Z][a-z]+\D*10 [A-Z][a-z]{2}$/);

  await page.goBack();
  await dashboard.expectQuery(month);
  await dashboard.expectFigures(days);
  await page.goBack();
  await dashboard.expectQuery(year);
  await dashboard.expectFigures(months);
  await page.goForward();
  await page.goForward();
  await dashboard.expectQuery(day);
  await dashboard.expectFigures(hours);
});

test("the hour is the finest level: it does not look clickable, and a click changes nothing", async ({
  page,
  history,
}) => {
  await dashboard.open(history.bot, "period=yesterday");
  const hours = await history.api.report(history.bot, "period=yesterday");
  await expect(dashboard.chart.locator("canvas")).not.toHaveCSS("cursor", "pointer");
  await dashboard.clickBucket(12, hours);
  await dashboard.chart.focus();
  await page.keyboard.press("Home");
  await expect(page.getByRole("button", { name: /^Open / })).toHaveCount(0);
  await page.keyboard.press("Enter");
  // Were either of them taken for a step, it would be done before this one.
  await dashboard.pickPreset("Past 28 days");
  await dashboard.expectQuery("period=28d");
  await page.goBack();
  await dashboard.expectQuery("period=yesterday");
});

test("the keyboard alone leads in and out", async ({ page, history }) => {
  await dashboard.open(history.bot, "period=12mo");
  const weeks = await history.api.report(history.bot, "period=12mo");
  await dashboard.chart.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  const week = weeks.timeseries.at(-3);
  await expect(dashboard.readout).toContainText(`messages ${week?.messages ?? ""}`);
  await page.keyboard.press("Enter");
  await dashboard.expectQuery(queryOf(weeks, weeks.timeseries.length - 3));

  const days = await history.api.report(history.bot, queryOf(weeks, weeks.timeseries.length - 3));
  await dashboard.expectFigures(days);
  await expect(dashboard.chart).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await dashboard.expectQuery(queryOf(days, 1));
  await dashboard.expectSettled();

  await page.keyboard.press("Escape");
  const outside = dashboard.breadcrumb.getByRole("listitem").last();
  await expect(outside).not.toHaveText(shortDay(dateOf(days.timeseries[1]?.start ?? "")));
  await expect(dashboard.chart).toBeFocused();
});

test("a drag picks the span from one point to the other", async ({ history }) => {
  await dashboard.open(history.bot, "period=28d");
  const days = await history.api.report(history.bot, "period=28d");
  await dashboard.drag(12, 5, days);
  await dashboard.expectQuery(
    `from=${dateOf(days.timeseries[5]?.start ?? "")}&to=${dateOf(days.timeseries[12]?.start ?? "")}`,
  );
});

test("a drag over hours picks those hours", async ({ page, history }) => {
  await dashboard.open(history.bot, "period=yesterday");
  const hours = await history.api.report(history.bot, "period=yesterday");
  await dashboard.drag(9, 14, hours);
  await expect(page).toHaveURL(/from=.*T.*&to=.*T/);
  const query = new URL(page.url()).search.slice(1);
  const picked = await history.api.report(history.bot, query);
  expect(picked.period.start).toBe(hours.timeseries[9]?.start);
  expect(picked.period.end).toBe(hours.timeseries[14]?.end);
  await dashboard.expectFigures(picked);
});

test("a double click leads out to the wider period", async ({ page, history }) => {
  const yesterday = await history.api.report(history.bot, "period=yesterday");
  const date = dateOf(yesterday.period.start);
  await dashboard.open(history.bot, `from=${date}&to=${date}`);
  const { x, y } = await dashboard.bucketAt(12, yesterday);
  await page.mouse.dblclick(x, y);
  await expect(page).not.toHaveURL(new RegExp(`from=${date}&to=${date}`));
  const wider = await history.api.report(history.bot, new URL(page.url()).search.slice(1));
  expect(wider.period.start <= yesterday.period.start).toBe(true);
  expect(wider.timeseries.length).toBeGreaterThan(0);
});

test("every part of the breadcrumb but the last leads there", async ({ page, history }) => {
  const { today } = await history.api.report(history.bot, "period=7d");
  const date = plusDays(firstOfMonth(today), -10);
  await dashboard.open(history.bot, `from=${date}&to=${date}`);
  const parts = dashboard.breadcrumb.getByRole("link");
  await expect(parts).toHaveCount(3);
  await expect(dashboard.breadcrumb.locator("[aria-current]")).toHaveText(shortDay(date));

  await parts.nth(2).click();
  await expect(dashboard.breadcrumb.getByRole("link")).toHaveCount(2);
  await expect(dashboard.granularityButton).toHaveText("By day");
  await dashboard.breadcrumb.getByRole("link", { name: "All time" }).click();
  await dashboard.expectQuery("period=all");
  await expect(dashboard.breadcrumb.locator("[aria-current]")).toHaveText("All time");
  await page.goBack();
  await expect(dashboard.breadcrumb.getByRole("link")).toHaveCount(2);
});

test("the arrows beside the period lead to the one before and back", async ({ page, history }) => {
  const { today } = await history.api.report(history.bot, "period=7d");
  // Five days have no name of their own, whatever today is.
  const shown = `from=${plusDays(today, -14)}&to=${plusDays(today, -10)}`;
  const before = `from=${plusDays(today, -19)}&to=${plusDays(today, -15)}`;
  await dashboard.open(history.bot, shown);
  await dashboard.previousPeriod.click();
  await dashboard.expectQuery(before);
  await dashboard.expectSettled();
  await dashboard.nextPeriod.click();
  await dashboard.expectQuery(shown);
  await dashboard.expectSettled();
  await page.keyboard.press("ArrowLeft");
  await dashboard.expectQuery(before);
  await dashboard.expectSettled();
  await page.keyboard.press("ArrowRight");
  await dashboard.expectQuery(shown);
});

test("the arrows lead back to the dates of last week as dates, where they began as dates", async ({
  history,
}) => {
  const { today } = await history.api.report(history.bot, "period=7d");
  const shown = `from=${plusDays(monday(today), -7)}&to=${plusDays(monday(today), -1)}`;
  await dashboard.open(history.bot, shown);
  await dashboard.previousPeriod.click();
  await dashboard.expectQuery(`from=${plusDays(monday(today), -14)}&to=${plusDays(monday(today), -8)}`);
  await dashboard.expectSettled();
  await dashboard.nextPeriod.click();
  await dashboard.expectQuery(shown);
});

test("nothing comes after a period that reaches today", async ({ page, history }) => {
  await dashboard.open(history.bot, "period=28d");
  await expect(dashboard.nextPeriod).toBeDisabled();
  await page.keyboard.press("ArrowRight");
  // Were it taken for a step, it would be done before this one.
  await page.keyboard.press("x");
  await dashboard.expectQuery("period=28d&compare=none");
});

/** The address of the dates of a bucket: from its first to its last. */
function queryOf(report: Report, place: number): string {
  const { start, end } = report.timeseries[place] as Row;
  return `from=${dateOf(start)}&to=${plusDays(dateOf(end), -1)}`;
}
