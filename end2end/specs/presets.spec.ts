import { expect, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { metrics, written, type Report } from "../read-api.ts";

const presets = [
  ["Today", "d", "today"],
  ["Yesterday", "e", "yesterday"],
  ["Past 24 hours", "2", "24h"],
  ["Past 7 days", "w", "7d"],
  ["Past 28 days", "f", "28d"],
  ["Past 91 days", "n", "91d"],
  ["7 full days", "7", "7d_full"],
  ["28 full days", "8", "28d_full"],
  ["91 full days", "9", "91d_full"],
  ["This week", "h", "week"],
  ["Last week", "r", "last_week"],
  ["Month to date", "m", "month"],
  ["Last month", "p", "last_month"],
  ["Year to date", "y", "year"],
  ["Past 12 months", "l", "12mo"],
  ["All time", "a", "all"],
] as const;

for (const [name, key, word] of presets) {
  test(`${name} shows what the read API says, whether picked by its key or in the menu`, async ({
    page,
    history,
    signIn,
  }) => {
    await signIn(history.account);
    const dashboard = new DashboardPage(page);
    const other = word === "7d" ? "28d" : "7d";
    await dashboard.open(history.bot, `period=${other}`);
    const report = await history.api.report(history.bot, `period=${word}`);

    await page.keyboard.press(key);
    await expectPreset(dashboard, name, word, report);
    await page.goBack();
    await dashboard.expectQuery(`period=${other}`);
    await dashboard.pickPreset(name);
    await expectPreset(dashboard, name, word, report);

    await dashboard.periodButton.click();
    await expect(dashboard.periodMenu.locator("[aria-current]")).toContainText(name);
  });
}

async function expectPreset(dashboard: DashboardPage, name: string, word: string, report: Report) {
  await dashboard.expectQuery(`period=${word}`);
  await expect(dashboard.periodButton).toHaveAccessibleName(new RegExp(`^Period: ${name}, .*\\d{2}, \\S+$`));
  await expect(dashboard.periodButton).toContainText(report.time_zone);
  await expect(dashboard.page).toHaveTitle("History · Analytics · Parlance");
  await dashboard.expectFigures(report);
}

test("the CSV that the page offers has the rows of its chart and its table", async ({
  page,
  history,
  signIn,
}) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=28d&channel=web");

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/^parlance-.*\.csv$/);

  const csv = await history.api.csv(history.bot, "period=28d&channel=web");
  const report = await history.api.report(history.bot, "period=28d&channel=web");
  expect(csv).toHaveLength(28);
  expect(csv.map((line) => metrics.map((metric) => line[metric]))).toEqual(
    report.timeseries.map((row) => metrics.map((metric) => String(row[metric] ?? ""))),
  );
  const table = await dashboard.tableLines();
  expect(table.map(([, ...cells]) => cells.slice(0, metrics.length))).toEqual(
    csv.map((line) => metrics.map((metric) => written(Number(line[metric])))),
  );
});
