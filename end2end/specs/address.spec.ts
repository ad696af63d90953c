import { expect, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { ReadApi } from "../read-api.ts";
import { fourteenMonths } from "../traffic.ts";

const past7Days = "Shown instead: the past 7 days.";

const unreadable = [
  [
    "a period that is no word",
    "period=banana",
    "period=7d",
    `The period in this page's address could not be read. ${past7Days}`,
  ],
  ["a script for a period", "period=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "period=7d", past7Days],
  ["bytes that are no text", "period=%FF%FE", "period=7d", past7Days],
  ["an end without a start", "to=2026-01-01", "period=7d", past7Days],
  [
    "a date that no month has",
    "from=2026-02-30&to=2026-03-01",
    "period=7d",
    "A date in this page's address does not exist",
  ],
  [
    "a date to compare with that no month has",
    "period=28d&compare=custom&compare_from=2026-02-30&compare_to=2026-03-01",
    "period=28d",
    "A comparison date does not exist",
  ],
  [
    "dates to compare with before 2000",
    "period=28d&compare=custom&compare_from=1999-02-01&compare_to=2026-03-01",
    "period=28d",
    "Comparison dates can be between 2000 and one year from today.",
  ],
  ["dates in the wrong order", "from=2026-03-02&to=2026-03-01", "period=7d", past7Days],
  ["a period beside dates", "period=7d&from=2026-01-01&to=2026-01-02", "period=7d", past7Days],
  [
    "dates before 2000",
    "from=1999-01-01&to=1999-02-01",
    "period=7d",
    "Dates can be between 2000 and one year from today.",
  ],
  [
    "a comparison that is no word",
    "period=28d&compare=mars",
    "period=28d",
    "Shown instead: the previous period.",
  ],
  [
    "a granularity that is no word",
    "period=28d&granularity=second",
    "period=28d",
    "Shown instead: the usual one for the period.",
  ],
  ["a channel that can't be one", "period=28d&channel=%C3%9C!", "period=28d", "Shown instead: all channels."],
  ["a metric that is no word", "period=28d&metric=joy", "period=28d", "Shown instead: total users."],
  [
    "more points than a chart can show",
    "period=12mo&granularity=hour",
    "period=12mo&granularity=day",
    "Shown instead: one point per day.",
  ],
] as const;

for (const [what, query, shown, notice] of unreadable) {
  test(`${what} in the address gives a notice and the default`, async ({ page, history, signIn }) => {
    await signIn(history.account);
    const dashboard = new DashboardPage(page);
    const response = await page.goto(`/bots/${history.bot.id}/analytics?${query}`);
    expect(response?.status()).toBe(200);
    await expect(page.getByRole("status").filter({ hasText: notice })).toBeVisible();
    await dashboard.expectDrawn();
    await dashboard.expectFigures(await history.api.report(history.bot, shown));
  });
}

test("a notice goes with the next choice", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=banana");
  await expect(page.getByText(past7Days)).toBeVisible();
  await dashboard.pickPreset("Past 28 days");
  await dashboard.expectQuery("period=28d");
  await expect(page.getByText(past7Days)).toBeHidden();
});

test("two wrong parts give two notices, and what can be read holds", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=last_month&compare=mars&metric=joy");
  await expect(page.getByText("Shown instead: the previous period.")).toBeVisible();
  await expect(page.getByText("Shown instead: total users.")).toBeVisible();
  await expect(dashboard.periodButton).toContainText("Last month");
});

test("a channel that was never seen shows zeros and can be left", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=7d&channel=carrier-pigeon");
  await expect(dashboard.value("messages")).toHaveText("0");
  await dashboard.pick(dashboard.channelButton, "All channels");
  await dashboard.expectFigures(await history.api.report(history.bot, "period=7d"));
});

test("the whole state is in the address: another browser opens the same", async ({
  page,
  history,
  signIn,
}) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  const query = "period=91d&compare=year&granularity=week&channel=web&metric=sessions";
  await dashboard.open(history.bot, query);
  await dashboard.expectQuery(query);
  await expect(dashboard.periodButton).toContainText("Past 91 days");
  await expect(dashboard.granularityButton).toHaveText("By week");
  await expect(dashboard.channelButton).toHaveText("web");
  await expect(dashboard.card("sessions")).toHaveAttribute("aria-pressed", "true");
  await dashboard.card("new_users").click();
  await dashboard.expectQuery(query.replace("sessions", "new_users"));
  await expect(dashboard.chart).toHaveAccessibleName(/^Chart of new users, sessions and messages by week$/);
});

test("an address without a period gets one, which means the same to whoever opens it", async ({
  page,
  parlance,
  account,
  bot,
  signIn,
}) => {
  await parlance.send(bot, fourteenMonths());
  const api = new ReadApi(parlance, await parlance.createToken(account.email));
  await signIn(account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(bot, "period=7d&metric=sessions");
  const remembered = page.waitForResponse("**/fn/remember_choice");
  await page.keyboard.press("n");
  await remembered;
  await page.goto("about:blank");
  const entries = await page.evaluate(() => window.history.length);
  let asked = 0;
  page.on("request", (request) => (asked += Number(request.url().includes("/fn/load_report"))));
  await dashboard.open(bot);
  await dashboard.expectQuery("period=91d&metric=sessions");
  expect(await page.evaluate(() => window.history.length), "steps that Back undoes").toBe(entries + 1);
  expect(asked, "the figures came with the page").toBe(0);

  // What another page makes the last choice changes nothing here.
  const other = await page.context().newPage();
  const otherDashboard = new DashboardPage(other);
  await otherDashboard.open(bot);
  const changed = other.waitForResponse("**/fn/remember_choice");
  await other.keyboard.press("f");
  await changed;
  await other.close();
  const refreshed = page.waitForResponse("**/fn/load_report**");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  expect((await refreshed).url()).toContain("period%3D91d");
  await dashboard.expectFigures(await api.report(bot, "period=91d"));
  await expect(dashboard.card("sessions")).toHaveAttribute("aria-pressed", "true");

  await page.keyboard.press("w");
  await dashboard.expectQuery("period=7d&metric=sessions");
  await page.goBack();
  await dashboard.expectQuery("period=91d&metric=sessions");
  await dashboard.expectFigures(await api.report(bot, "period=91d"));
});
