import { expect, type Locator, type Page } from "@playwright/test";
import type { Bot } from "../parlance.ts";
import { metrics, type Metric, type Report } from "../read-api.ts";
import { CalendarPanel } from "./calendar.ts";

export const metricNames: Record<Metric, string> = {
  total_users: "Total users",
  new_users: "New users",
  returning_users: "Returning users",
  sessions: "Sessions",
  messages: "Messages",
};

/** `/bots/{id}/analytics` of a bot with messages. */
export class DashboardPage {
  readonly heading: Locator;
  readonly periodButton: Locator;
  readonly periodMenu: Locator;
  readonly calendar: CalendarPanel;
  readonly comparisonButton: Locator;
  readonly granularityButton: Locator;
  readonly channelButton: Locator;
  readonly previousPeriod: Locator;
  readonly nextPeriod: Locator;
  readonly figures: Locator;
  readonly keyFigures: Locator;
  readonly breadcrumb: Locator;
  readonly chart: Locator;
  readonly legend: Locator;
  readonly readout: Locator;
  readonly table: Locator;
  readonly tableButton: Locator;
  readonly failures: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.periodButton = page.getByRole("button", { name: /^Period: / });
    this.periodMenu = page.getByRole("dialog", { name: "Period" });
    this.calendar = new CalendarPanel(page);
    this.comparisonButton = page.getByRole("button", { name: /^Comparison: / });
    this.granularityButton = page.getByRole("button", { name: /^Granularity: / });
    this.channelButton = page.getByRole("button", { name: /^Channel: / });
    this.previousPeriod = page.getByRole("link", { name: "Previous period" });
    this.nextPeriod = page.getByRole("link", { name: "Next period" });
    this.figures = page.locator(".figures");
    this.keyFigures = page.getByRole("group", { name: "Key figures" });
    this.breadcrumb = page.getByRole("navigation", { name: "Breadcrumb" });
    this.chart = page.getByRole("application", { name: /^Chart of / });
    this.legend = page.getByRole("group", { name: "Legend" });
    this.readout = page.locator(".chart-readout").getByRole("status");
    this.table = page.getByRole("table", { name: "Overall dashboard as a table" });
    this.tableButton = page.getByRole("button", { name: "Table", exact: true });
    this.failures = page.getByRole("alert").filter({ hasText: "could not be loaded" });
  }

  /** Opens the dashboard and waits until its script runs: the chart is drawn. */
  async open(bot: Bot, query = ""): Promise<void> {
    await this.page.goto(addressOf(bot, query));
    await this.expectDrawn();
  }

  async expectDrawn(): Promise<void> {
    await expect(this.chart.locator("canvas")).toBeVisible();
  }

  /** The present question is answered, and its figures are these. */
  async expectFigures(report: Report): Promise<void> {
    await this.expectSettled();
    for (const metric of metrics) {
      await expect(this.value(metric), metric).toHaveAttribute("value", String(report.totals[metric].value));
    }
  }

  /** Nothing is being loaded any more. */
  async expectSettled(): Promise<void> {
    await expect(this.figures).toHaveAttribute("aria-busy", "false");
  }

  async expectQuery(query: string): Promise<void> {
    await expect(this.page).toHaveURL((url) => url.search === `?${query}`);
  }

  card(metric: Metric): Locator {
    return this.keyFigures.getByRole("button", { name: metricNames[metric], exact: true });
  }

  /** The exact value of a card, in its attribute `value`. */
  value(metric: Metric): Locator {
    return this.card(metric).locator("data");
  }

  async pickPreset(name: string): Promise<void> {
    await this.periodButton.click();
    await this.periodMenu.getByRole("link", { name, exact: true }).click();
    await expect(this.periodMenu).toBeHidden();
  }

  async pick(button: Locator, name: string): Promise<void> {
    await button.click();
    await this.page.locator(".pop:popover-open").getByRole("link", { name, exact: true }).click();
  }

  /** The lines of the table: the name of each bucket, then its cells. */
  async tableLines(): Promise<string[][]> {
    return this.table.getByRole("row").evaluateAll((rows) =>
      rows.slice(1).map((row) => {
        const cells = [...row.querySelectorAll("th, td")];
        return cells.filter((cell) => cell.checkVisibility()).map((cell) => cell.textContent);
      }),
    );
  }

  /** Where the pointer has to be for a bucket, counted from the left, once the chart shows that report. */
  async bucketAt(place: number, { timeseries, comparison }: Report): Promise<{ x: number; y: number }> {
    await this.expectSettled();
    // A comparison may have more buckets than the period.
    const drawn = comparison?.pairs.length ?? timeseries.length;
    await expect.poll(() => this.page.evaluate(countBuckets), "buckets drawn").toBe(drawn);
    await this.chart.scrollIntoViewIfNeeded();
    const box = await this.chart.boundingBox();
    if (box === null) throw new Error("the chart is not visible");
    return { x: box.x + (await this.page.evaluate(findBucket, place)), y: box.y + box.height / 2 };
  }

  async clickBucket(place: number, report: Report): Promise<void> {
    const { x, y } = await this.bucketAt(place, report);
    await this.page.mouse.click(x, y);
  }

  async drag(from: number, to: number, report: Report): Promise<void> {
    const start = await this.bucketAt(from, report);
    const end = await this.bucketAt(to, report);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move(end.x, end.y, { steps: 5 });
    await this.page.mouse.up();
  }
}

interface Drawing {
  convertToPixel(finder: object, place: number): number;
  getOption(): { xAxis: { data: unknown[] }[] };
}

interface ChartLibrary {
  echarts: { getInstanceByDom(element: Element | null): Drawing };
}

// These two run in the page, so each holds all that it needs.
function countBuckets(): number {
  const { echarts } = globalThis as unknown as ChartLibrary;
  const drawing = echarts.getInstanceByDom(document.querySelector(".chart-drawing"));
  return drawing.getOption().xAxis[0]?.data.length ?? 0;
}

function findBucket(place: number): number {
  const { echarts } = globalThis as unknown as ChartLibrary;
  const drawing = echarts.getInstanceByDom(document.querySelector(".chart-drawing"));
  return drawing.convertToPixel({ xAxisIndex: 0 }, place);
}

export function addressOf(bot: Bot, query = ""): string {
  return `/bots/${bot.id}/analytics${query === "" ? "" : `?${query}`}`;
}
