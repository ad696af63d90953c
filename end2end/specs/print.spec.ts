import { expect, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";

/** A4 without its margins, in CSS pixels. */
const papers = { "an upright page": 703, "a page on its side": 1032 };

for (const [paper, width] of Object.entries(papers)) {
  test(`the dashboard fits ${paper}: chart and whole table, without what can only be pressed`, async ({
    page,
    history,
    signIn,
  }) => {
    await signIn(history.account);
    const dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=28d");
    await dashboard.tableButton.click();
    await page.setViewportSize({ width, height: 1000 });
    await page.emulateMedia({ media: "print" });

    const canvas = await dashboard.chart.locator("canvas").first().boundingBox();
    expect((canvas?.x ?? 0) + (canvas?.width ?? Infinity), "the chart's right edge").toBeLessThanOrEqual(
      width,
    );
    const rows = dashboard.table.getByRole("row");
    await expect(rows).toHaveCount(29);
    expect(
      await page.locator(".figures-table").evaluate((table) => table.scrollHeight - table.clientHeight),
    ).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );

    await expect(dashboard.heading).toBeVisible();
    await expect(page.getByText("Past 28 days").first()).toBeVisible();
    for (const control of [dashboard.tableButton, dashboard.previousPeriod, page.getByRole("banner")]) {
      await expect(control).toBeHidden();
    }
  });
}

test.describe("Printed in the dark", () => {
  test.use({ colorScheme: "dark" });

  test("the page and its chart are light", async ({ page, history, signIn }) => {
    await signIn(history.account);
    const dashboard = new DashboardPage(page);
    await dashboard.open(history.bot, "period=28d");
    const label = () =>
      page.evaluate(() => {
        const { echarts } = globalThis as unknown as {
          echarts: {
            getInstanceByDom(element: Element | null): {
              getOption(): { xAxis: { axisLabel: { color: string } }[] };
            };
          };
        };
        return echarts.getInstanceByDom(document.querySelector(".chart-drawing")).getOption().xAxis[0]
          ?.axisLabel.color;
      });
    const onScreen = await label();
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await expect.poll(label, "the colour of the chart's labels").not.toBe(onScreen);
    await expect(page.locator("body")).toHaveCSS("color", "rgb(23, 27, 36)");
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await expect.poll(label).toBe(onScreen);
  });
});
