import {
  dateOf,
  daysBetween,
  firstOfMonth,
  longMonth,
  monday,
  plusDays,
  plusMonths,
  span,
} from "../dates.ts";
import { expect, test, expectNoAxeViolations } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import { ReadApi } from "../read-api.ts";
import { DAY, messages } from "../traffic.ts";

test.describe("The calendar", () => {
  let dashboard: DashboardPage;
  /** The middle of last month: a week to both sides is the same month, and a year before has messages too. */
  let middle: string;
  let today: string;

  test.beforeEach(async ({ page, history, signIn }) => {
    await signIn(history.account);
    ({ today } = await history.api.report(history.bot, "period=7d"));
    middle = plusDays(plusMonths(firstOfMonth(today), -1), 14);
    dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, `from=${plusDays(middle, -2)}&to=${middle}`);
  });

  test("takes two clicks for both ends, in either order, and a third starts anew", async () => {
    const { calendar } = dashboard;
    await dashboard.periodButton.click();
    await calendar.expectDay(plusDays(middle, -2), "start");
    await calendar.expectDay(plusDays(middle, -1), "within");
    await calendar.expectDay(middle, "end");

    await calendar.day(plusDays(middle, 3)).click();
    await calendar.expectDay(plusDays(middle, -1));
    await calendar.day(plusDays(middle, -6)).click();
    await expect(calendar.span).toHaveText(span(plusDays(middle, -6), plusDays(middle, 3)));

    await calendar.day(plusDays(middle, -5)).click();
    await calendar.day(plusDays(middle, 4)).click();
    await calendar.expectDay(plusDays(middle, -6));
    await calendar.expectDay(plusDays(middle, -5), "start");
    await calendar.expectDay(plusDays(middle, 4), "end");
    await calendar.apply.click();

    await expect(dashboard.periodMenu).toBeHidden();
    await dashboard.expectQuery(`from=${plusDays(middle, -5)}&to=${plusDays(middle, 4)}`);
    await expect(dashboard.periodButton).toContainText(span(plusDays(middle, -5), plusDays(middle, 4)));
    await expect(dashboard.periodButton).toBeFocused();
  });

  test("shows the figures of the dates that are applied", async ({ history }) => {
    const query = `from=${plusDays(middle, -5)}&to=${plusDays(middle, 4)}`;
    await dashboard.periodButton.click();
    await dashboard.calendar.day(plusDays(middle, -5)).click();
    await dashboard.calendar.day(plusDays(middle, 4)).click();
    await dashboard.calendar.apply.click();
    await dashboard.expectQuery(query);
    await dashboard.expectFigures(await history.api.report(history.bot, query));
  });

  test("previews the span up to the day under the pointer", async () => {
    const { calendar } = dashboard;
    await dashboard.periodButton.click();
    await calendar.day(plusDays(middle, -4)).click();
    await calendar.day(plusDays(middle, 2)).hover();
    await expect(calendar.span).toHaveText(
      `${span(plusDays(middle, -4), plusDays(middle, 2))} – pick the last day`,
    );
    await calendar.expectDay(plusDays(middle, -1), "within");
    await calendar.day(plusDays(middle, -3)).hover();
    await calendar.expectDay(plusDays(middle, -1));
  });

  test("is walked by the keys of a date grid, and Enter picks both ends", async ({ page }) => {
    const { calendar } = dashboard;
    await page.keyboard.press("c");
    await expect(calendar.day(middle)).toBeFocused();
    const walk = async (key: string, date: string) => {
      await page.keyboard.press(key);
      await expect(calendar.day(date), `${key} leads to ${date}`).toBeFocused();
    };
    const later = plusDays(middle, 8);
    await walk("ArrowRight", plusDays(middle, 1));
    await walk("ArrowDown", later);
    await walk("Home", monday(later));
    await walk("End", plusDays(monday(later), 6));
    await walk("ArrowUp", plusDays(monday(later), -1));
    await walk("ArrowLeft", plusDays(monday(later), -2));
    const before = plusMonths(plusDays(monday(later), -2), -1);
    await walk("PageUp", before);
    await expect(page.getByRole("heading", { name: longMonth(before) })).toBeVisible();
    await walk("PageDown", plusDays(monday(later), -2));
    await walk("Shift+PageUp", plusMonths(plusDays(monday(later), -2), -12));
    await walk("Shift+PageDown", plusDays(monday(later), -2));

    const start = plusDays(monday(later), -2);
    await page.keyboard.press("Enter");
    await calendar.expectDay(start, "start", "end");
    await walk("ArrowDown", plusDays(start, 7));
    await calendar.expectDay(plusDays(start, 3), "within");
    await page.keyboard.press("Enter");
    await expect(calendar.span).toHaveText(span(start, plusDays(start, 7)));
    await pressTabUntil(async () => calendar.apply.evaluate((button) => button === document.activeElement));
    await page.keyboard.press("Enter");
    await dashboard.expectQuery(`from=${start}&to=${plusDays(start, 7)}`);
    await expect(dashboard.periodButton).toBeFocused();
  });

  test("has one stop for Tab among all its days", async () => {
    await dashboard.periodButton.click();
    await expect(dashboard.calendar.form.locator("[data-date][tabindex='0']")).toHaveCount(1);
    await expect(dashboard.calendar.months).toHaveCount(2);
  });

  test("reads typed dates and shorthand", async ({ page }) => {
    const { calendar } = dashboard;
    await dashboard.periodButton.click();
    for (const [text, words] of [
      [`${plusDays(middle, -9)} – ${middle}`, span(plusDays(middle, -9), middle)],
      ["14d", span(plusDays(today, -13), today)],
      ["2w", span(plusDays(today, -13), today)],
      [middle, span(middle, middle)],
      [longMonth(middle), span(firstOfMonth(middle), plusDays(plusMonths(firstOfMonth(middle), 1), -1))],
    ] as const) {
      await calendar.typed.fill(text);
      await expect(calendar.span, text).toHaveText(words);
    }
    await calendar.typed.fill("whenever");
    await expect(calendar.typed).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByText("Not understood.")).toBeVisible();
    const tomorrow = plusDays(today, 1);
    await calendar.typed.fill(tomorrow);
    await expect(page.getByText(`${span(tomorrow, tomorrow)} is after today.`)).toBeVisible();

    await calendar.typed.fill("14d");
    await expect(calendar.typed).not.toHaveAttribute("aria-invalid");
    await page.keyboard.press("Enter");
    await expect(dashboard.periodMenu).toBeHidden();
    await expect(dashboard.periodButton).toContainText(span(plusDays(today, -13), today));
  });

  test("changes nothing when it is cancelled or closed, and gives the focus back", async ({ page }) => {
    const query = `from=${plusDays(middle, -2)}&to=${middle}`;
    for (const close of [() => dashboard.calendar.cancel.click(), () => page.keyboard.press("Escape")]) {
      await dashboard.periodButton.click();
      await dashboard.calendar.day(plusDays(middle, -9)).click();
      await close();
      await expect(dashboard.periodMenu).toBeHidden();
      await expect(dashboard.periodButton).toBeFocused();
      await dashboard.expectQuery(query);
    }
    await dashboard.periodButton.click();
    await dashboard.calendar.expectDay(middle, "end");
  });

  test("turns its months as far as there is something to pick", async ({ history }) => {
    const { calendar } = dashboard;
    await dashboard.open(history.bot, "period=7d");
    await dashboard.periodButton.click();
    await expect(calendar.nextMonth).toBeDisabled();
    await calendar.previousMonth.click();
    await expect(
      calendar.form.getByRole("heading", { name: longMonth(plusMonths(today, -2)) }),
    ).toBeVisible();
    await calendar.nextMonth.click();
    await expect(calendar.form.getByRole("heading", { name: longMonth(today) })).toBeVisible();
  });

  test("is accessible while it is open", async ({ page }) => {
    await dashboard.periodButton.click();
    await expect(dashboard.calendar.form).toBeVisible();
    await expectNoAxeViolations(page);
  });

  async function pressTabUntil(isThere: () => Promise<boolean>) {
    for (let presses = 0; presses < 8 && !(await isThere()); presses++)
      await dashboard.page.keyboard.press("Tab");
    expect(await isThere()).toBe(true);
  }
});

test("days before the first message and after today can't be picked, and say why", async ({
  page,
  account,
  bot,
  parlance,
  signIn,
}) => {
  await parlance.send(bot, messages(1, { ago: 3 * DAY }));
  const api = new ReadApi(parlance, await parlance.createToken(account.email));
  const { period, today } = await api.report(bot, "period=all");
  const start = dateOf(period.start);
  await signIn(account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(bot, "period=all");
  const { form } = dashboard.calendar;
  await dashboard.periodButton.click();

  // Two months are shown, the later one is today's.
  const early = daysBetween(plusMonths(firstOfMonth(today), -1), start);
  const late = daysBetween(plusDays(today, 1), plusMonths(firstOfMonth(today), 1));
  await expect(form.getByRole("button", { name: /not available: before the first message$/ })).toHaveCount(
    early,
  );
  await expect(form.getByRole("button", { name: /not available: after today$/ })).toHaveCount(late);

  const dayBefore = dashboard.calendar.day(plusDays(start, -1));
  await expect(dayBefore).toHaveAttribute("title", "before the first message");
  await dayBefore.click({ force: true });
  await dashboard.calendar.expectDay(start, "start");
});

test.describe("On a phone", () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test("the calendar fills the screen with one month, and a finger picks both ends", async ({
    page,
    history,
    signIn,
  }) => {
    await signIn(history.account);
    const { today } = await history.api.report(history.bot, "period=7d");
    const middle = plusDays(plusMonths(firstOfMonth(today), -1), 14);
    const dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, `from=${plusDays(middle, -2)}&to=${middle}`);

    await dashboard.periodButton.tap();
    await expect(dashboard.calendar.months).toHaveCount(1);
    const box = await dashboard.periodMenu.boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: 390, height: 844 });

    await dashboard.calendar.day(plusDays(middle, -7)).tap();
    await dashboard.calendar.day(plusDays(middle, 7)).tap();
    await dashboard.calendar.apply.tap();
    await dashboard.expectQuery(`from=${plusDays(middle, -7)}&to=${plusDays(middle, 7)}`);
  });

  test("a tap on the chart reads out a point, and a button opens it", async ({ page, history, signIn }) => {
    await signIn(history.account);
    const report = await history.api.report(history.bot, "period=28d");
    const dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=28d");
    const { x, y } = await dashboard.bucketAt(20, report);
    await page.touchscreen.tap(x, y);
    const day = report.timeseries[20]?.start.slice(0, 10);
    await page.getByRole("button", { name: /^Open / }).tap();
    await dashboard.expectQuery(`from=${day}&to=${day}`);
  });
});
