import { expect, test } from "../fixtures.ts";
import { dateOf, plusDays } from "../dates.ts";
import { addressOf, DashboardPage } from "../pages/dashboard.ts";
import { messages } from "../traffic.ts";

test.describe("A comparison with dates of one's own", () => {
  let dashboard: DashboardPage;

  test.beforeEach(async ({ page, history, signIn }) => {
    await signIn(history.account);
    dashboard = new DashboardPage(page);
  });

  test("is picked in the menu, and is in the address, the figures, the chart and the table", async ({
    page,
    history,
  }) => {
    const { today } = await history.api.report(history.bot, "period=last_week");
    const [first, last] = [plusDays(today, -100), plusDays(today, -91)];
    await dashboard.open(history.bot, "period=last_week");
    await dashboard.comparisonButton.click();
    const form = page.getByRole("form", { name: "Own dates" });
    await form.getByLabel("Own dates, from").fill(first);
    await form.getByLabel("to", { exact: true }).fill(last);
    await form.getByRole("button", { name: "Compare" }).click();
    const query = `period=last_week&compare=custom&compare_from=${first}&compare_to=${last}`;
    await dashboard.expectQuery(query);
    await expect(form).toBeHidden();

    const report = await history.api.report(history.bot, query);
    expect(dateOf(report.comparison?.start ?? "")).toBe(first);
    await dashboard.expectFigures(report);
    await expect(page.getByText("The period has 7 dates, its comparison 10 dates.")).toBeVisible();
    const lines = await dashboard.tableLines();
    expect(lines).toHaveLength(10);
    expect(lines[9]?.[0]).toBe("–");
    const before = lines.map((cells) => Number(cells.at(-1)));
    expect(before.length).toBe(report.comparison?.timeseries.length);

    // The chart has a point for each of them, which tells that it is the comparison's alone.
    await dashboard.chart.focus();
    await page.keyboard.press("End");
    await expect(page.locator(".chart-readout")).toContainText("only in the comparison");
    await page.keyboard.press("Home");
    await expect(page.locator(".chart-readout")).toContainText(/, compared with [A-Z]/);
  });

  test("keeps its dates from period to period, is switched off and on, and left by a link", async ({
    page,
    history,
  }) => {
    const own = "compare=custom&compare_from=2026-03-01&compare_to=2026-03-10";
    await dashboard.open(history.bot, `period=last_week&${own}`);
    await dashboard.pickPreset("28 full days");
    await dashboard.expectQuery(`period=28d_full&${own}`);
    await page.keyboard.press("x");
    await dashboard.expectQuery("period=28d_full&compare=none");
    await page.keyboard.press("x");
    await dashboard.expectQuery(`period=28d_full&${own}`);
    await dashboard.pick(dashboard.comparisonButton, "Previous period");
    await dashboard.expectQuery("period=28d_full");
  });

  test("that would be too many points is shown coarser, with a notice", async ({ page, history }) => {
    const own = "compare=custom&compare_from=2025-01-01&compare_to=2026-03-10";
    await dashboard.open(history.bot, `period=yesterday&${own}`);
    await expect(page.getByRole("status").filter({ hasText: "one point per day" })).toBeVisible();
  });
});

test.describe("Without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("own dates to compare with are sent as a form, and the rest of the address stays", async ({
    page,
    history,
    signIn,
  }) => {
    await signIn(history.account);
    const dashboard = new DashboardPage(page);
    await page.goto(addressOf(history.bot, "period=last_week&channel=web&metric=sessions"));
    await dashboard.comparisonButton.click();
    const form = page.getByRole("form", { name: "Own dates" });
    await form.getByLabel("Own dates, from").fill("2026-03-01");
    await form.getByLabel("to", { exact: true }).fill("2026-03-10");
    await form.getByRole("button", { name: "Compare" }).click();
    await dashboard.expectQuery(
      "period=last_week&channel=web&metric=sessions&compare=custom&compare_from=2026-03-01&compare_to=2026-03-10",
    );
    await expect(dashboard.comparisonButton).toContainText("compared with 1–10 Mar");
  });
});

test("a day that the clock skipped is a period of zeros, and the page lives on", async ({
  page,
  account,
  parlance,
  signIn,
}) => {
  const bot = await parlance.createBot(account.email, "Apia", { timeZone: "Pacific/Apia" });
  await parlance.send(bot, messages(3));
  await signIn(account);
  const dashboard = new DashboardPage(page);
  for (const compare of ["none", "previous", "year"]) {
    await page.goto(addressOf(bot, `from=2011-12-30&to=2011-12-30&compare=${compare}`));
    await dashboard.expectSettled();
    await expect(page.getByText("These dates do not exist in Pacific/Apia")).toBeVisible();
    await dashboard.chart.focus();
    for (const key of ["ArrowRight", "End", "Home", "ArrowLeft", "Enter"]) await page.keyboard.press(key);
    await dashboard.chart.hover();
    await dashboard.chart.blur();
    await page.keyboard.press("d");
    await dashboard.expectQuery(`period=today${compare === "previous" ? "" : `&compare=${compare}`}`);
    await dashboard.expectSettled();
    await dashboard.expectDrawn();
    await expect(page.getByText("These dates do not exist")).toBeHidden();
  }
});

test("a period that has not begun is not compared, and says so", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  const { today } = await history.api.report(history.bot, "period=7d");
  const [from, to] = [plusDays(today, 20), plusDays(today, 40)];
  await dashboard.open(history.bot, `from=${from}&to=${to}`);
  await expect(page.getByText("This period has not begun yet")).toBeVisible();
  await expect(dashboard.card("messages")).toContainText("not begun yet");
  await expect(dashboard.card("messages")).not.toContainText("100 %");
});

test("the CSV of the page has the mark by which Excel knows UTF-8", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=7d");
  const address = await page.getByRole("link", { name: "CSV" }).first().getAttribute("href");
  const bytes = await (await page.request.get(address ?? "")).body();
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
});
