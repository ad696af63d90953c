import { expect, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { metrics, written } from "../read-api.ts";

let dashboard: DashboardPage;

test.beforeEach(async ({ page, history, signIn }) => {
  await signIn(history.account);
  dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=last_week");
});

test("Tab leads through the whole dashboard in the order in which it is read", async ({ page }) => {
  const stops: string[] = [];
  do {
    await page.keyboard.press("Tab");
    stops.push(await page.evaluate(nameOfFocused));
  } while (!stops.at(-1)?.startsWith("Chart of") && stops.length < 60);

  const order = [
    /^Skip to content/,
    /^Parlance: all bots/,
    /^History/,
    /^history@example\.org/,
    /^Analytics/,
    /^Settings/,
    /^Previous period/,
    /^Period: Last week/,
    /^Next period/,
    /^Comparison: /,
    /^Channel: /,
    /^Keyboard shortcuts/,
    /^Total users/,
    /^About total users/,
    /^Messages/,
    /^Granularity: /,
    /^Table/,
    /^CSV/,
    /^Chart of/,
  ];
  const places = order.map((name) => stops.findIndex((stop) => name.test(stop)));
  expect(places, stops.join("\n")).not.toContain(-1);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
});

test("the skip link leads past the bar at the top", async ({ page }) => {
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();
});

test("whatever has the focus shows it", async ({ page }) => {
  for (let stop = 0; stop < 25; stop++) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
      return outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
    });
    expect(outline, await page.evaluate(nameOfFocused)).toBeGreaterThan(0);
  }
});

test("a menu is opened, walked and closed by keys, and gives the focus back", async ({ page }) => {
  await dashboard.comparisonButton.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await expect(dashboard.comparisonButton).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await dashboard.expectQuery("period=last_week&compare=none");
});

test("a card is picked by key, and its metric leads the chart", async ({ page }) => {
  await dashboard.card("new_users").focus();
  await page.keyboard.press("Enter");
  await dashboard.expectQuery("period=last_week&metric=new_users");
  await expect(dashboard.card("new_users")).toHaveAttribute("aria-pressed", "true");
  await expect(dashboard.chart).toHaveAccessibleName(/^Chart of new users/);
  await expect(dashboard.card("new_users")).toBeFocused();
});

test("? shows all keys, and Escape closes them", async ({ page }) => {
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toBeVisible();
  await expect(help.getByRole("term")).toHaveText([..."DE2WFN789HRMPYLA", ..."C←→XI?"]);
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
});

test("keys mean nothing while one types, while something is open, or with a modifier", async ({ page }) => {
  await page.keyboard.press("Alt+d");
  await page.keyboard.press("Control+e");
  await page.keyboard.press("?");
  await page.keyboard.press("d");
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await dashboard.calendar.typed.focus();
  await page.keyboard.type("wfn");
  await expect(dashboard.calendar.typed).toHaveValue("wfn");
  await page.keyboard.press("Escape");
  await expect(dashboard.periodMenu).toBeHidden();
  // Were one of them taken for a step, it would be done before this one.
  await page.keyboard.press("x");
  await dashboard.expectQuery("period=last_week&compare=none");
});

test("what a key opens is closed by Escape, and the focus returns", async ({ page }) => {
  await page.keyboard.press("c");
  await expect(dashboard.calendar.form).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dashboard.periodMenu).toBeHidden();
  await expect(dashboard.periodButton).toBeFocused();
});

test("the table has the figures of the chart, bucket by bucket, with those before", async ({ history }) => {
  await dashboard.tableButton.click();
  await expect(dashboard.table).toBeVisible();
  const report = await history.api.report(history.bot, "period=last_week");
  const rows = report.timeseries.map((row, place) => [
    ...metrics.map((metric) => written(row[metric] ?? 0)),
    written(report.comparison?.timeseries[place]?.total_users ?? 0),
  ]);
  const lines = await dashboard.tableLines();
  expect(lines.map(([, ...cells]) => [...cells.slice(0, metrics.length), cells.at(-1)])).toEqual(rows);
  await expect(dashboard.table.getByRole("columnheader", { name: "Compared with" })).toBeVisible();
  const compared = lines.map((cells) => cells[metrics.length + 1]);
  expect(compared).toHaveLength(7);
  for (const name of compared) expect(name).toMatch(/^[A-Z][a-z]{2} \d+ [A-Z][a-z]{2} \d{4}$/);

  await dashboard.card("sessions").click();
  await expect(dashboard.table.getByRole("columnheader").last()).toHaveText("Sessions before");
  const before = (await dashboard.tableLines()).map((cells) => cells.at(-1));
  expect(before).toEqual(report.comparison?.timeseries.map((row) => written(row.sessions ?? 0)));
});

test("hours that are still to come are gaps in the table, not zeros", async ({ history }) => {
  await dashboard.open(history.bot, "period=today");
  const report = await history.api.report(history.bot, "period=today");
  const lines = await dashboard.tableLines();
  const running = report.timeseries.findIndex((row) => row.running);
  expect(lines[running]?.[0]).toContain("so far");
  expect(lines.slice(running + 1).every((cells) => cells[1] === "–")).toBe(true);
  expect(lines.length).toBe(report.timeseries.length);
});

test("the legend switches a series off and on", async () => {
  const sessions = dashboard.legend.getByRole("button", { name: "Sessions" });
  await expect(sessions).toHaveAttribute("aria-pressed", "true");
  await sessions.click();
  await expect(sessions).toHaveAttribute("aria-pressed", "false");
  await sessions.click();
  await expect(sessions).toHaveAttribute("aria-pressed", "true");
});

test("the panel about a figure gives rule, window and zone", async ({ page, history }) => {
  const report = await history.api.report(history.bot, "period=last_week");
  await page.getByRole("button", { name: "About sessions" }).click();
  const panel = page.getByRole("dialog", { name: "Sessions" });
  await expect(panel).toContainText("Each counts once, where it began.");
  await expect(panel).toContainText("a session ends after 30 minutes of silence");
  await expect(panel).toContainText(report.time_zone);
  await panel.getByRole("button", { name: "Close" }).click();
  await expect(panel).toBeHidden();
});

function nameOfFocused(): string {
  const focused = document.activeElement;
  return (focused?.getAttribute("aria-label") ?? focused?.textContent ?? "").trim().slice(0, 40);
}
