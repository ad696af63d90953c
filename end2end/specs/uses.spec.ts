import { expect, expectNoAxeViolations, expectNoSidewaysScroll, test } from "../fixtures.ts";
import { DashboardPage } from "../pages/dashboard.ts";
import type { Bot, Parlance } from "../parlance.ts";
import { HOUR, messages } from "../traffic.ts";

/** Two messages, three handoffs of two users, a name that is no HTML, and two calls of a model. */
async function sendUses(parlance: Parlance, bot: Bot): Promise<void> {
  const at = Date.now() - 2 * HOUR;
  const items = [
    ...messages(2, { channel: "web" }),
    { user_id: "ada", at, type: "handoff", value: 1.5 },
    { user_id: "ada", at: at + 1, type: "handoff" },
    { user_id: "bob", at, type: "handoff" },
    { user_id: "bob", at, type: "<b>& rated" },
    {
      user_id: "ada",
      at,
      direction: "outgoing" as const,
      model: "swift-2",
      input_tokens: 1200,
      output_tokens: 34,
      cost_usd: 0.0042,
      latency_ms: 812,
    },
    { user_id: "ada", at: at + 2, type: "model_call", model: "sage-2", model_failed: true },
  ];
  expect(await parlance.send(bot, items)).toEqual({ accepted: 8, duplicates: 0, rejected: [] });
}

test.describe("Under the chart", () => {
  let dashboard: DashboardPage;

  test.beforeEach(async ({ page, account, bot, parlance, signIn }) => {
    await sendUses(parlance, bot);
    await signIn(account);
    dashboard = new DashboardPage(page);
    await dashboard.open(bot, "period=7d");
  });

  test("custom events are counted by name, and one that is chosen stands in the chart", async ({ page }) => {
    const events = page.getByRole("region", { name: "Events" });
    const handoff = events.getByRole("row", { name: /handoff/ });
    await expect(handoff.getByRole("cell")).toContainText(["3", "", "2", "1.5"]);
    await expect(events.getByRole("button")).toHaveText(["handoff", "<b>& rated"]);

    await handoff.getByRole("button").click();
    await dashboard.expectQuery("period=7d&event=handoff");
    await expect(dashboard.legend.getByRole("button", { name: "handoff" })).toBeVisible();
    await dashboard.chart.focus();
    await page.keyboard.press("End");
    await expect(dashboard.readout).toContainText("handoff 3");

    await page.goBack();
    await expect(dashboard.legend.getByRole("button", { name: "handoff" })).toHaveCount(0);
    await events.getByRole("button", { name: "rated" }).click();
    await dashboard.expectSettled();
    await expect(dashboard.legend.getByRole("button", { name: "<b>& rated" })).toBeVisible();
    await expect(events.getByRole("button", { name: "rated" })).toHaveAttribute("aria-pressed", "true");
    await page.reload();
    await expect(dashboard.legend.getByRole("button", { name: "<b>& rated" })).toBeVisible();
  });

  test("the name that has the focus keeps it when other figures come", async ({ page, bot, parlance }) => {
    const button = page.getByRole("region", { name: "Events" }).getByRole("button", { name: "handoff" });
    await button.focus();
    await button.press("Enter");
    await dashboard.expectQuery("period=7d&event=handoff");
    await expect(button).toHaveAttribute("aria-pressed", "true");
    await expect(button).toBeFocused();
    await parlance.send(bot, messages(1, { type: "handoff", user_id: "eve" }));
    const row = page.getByRole("row", { name: /handoff/ });
    await expect(row.getByRole("cell").first(), "a refresh").toHaveText("4", { timeout: 15_000 });
    await expect(button).toBeFocused();
  });

  test("the use of language models is added up, and by model", async ({ page }) => {
    const card = page.locator("section").filter({ has: page.getByRole("heading", { name: "Model use" }) });
    const figure = (name: string) =>
      card.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) });
    await expect(figure("Calls")).toContainText("2");
    await expect(figure("Errors")).toContainText("1");
    await expect(figure("Tokens in")).toContainText("1,200");
    await expect(figure("Cost")).toContainText("$0.0042");
    await expect(figure("Cost per session")).toContainText("$0.0021");
    await expect(figure("Median latency")).toContainText("768 ms to 832 ms");
    await expect(figure("Mean latency")).toContainText("812 ms");
    await expect(card.getByRole("rowheader")).toHaveText(["sage-2", "swift-2"]);
    const cells = card.getByRole("row", { name: /^swift-2/ }).getByRole("cell");
    await expect(cells).toContainText([
      "1",
      "0",
      "1,200",
      "34",
      "$0.0042",
      "$0.0021",
      "≈ 799 ms",
      "≈ 799 ms",
    ]);
  });

  test("both follow the period and the channel, and are files too", async ({ page, bot }) => {
    await expect(page.getByRole("heading", { name: "Events" })).toBeVisible();
    const download = page.waitForEvent("download");
    await page.locator("section.uses").first().getByRole("link", { name: "CSV" }).click();
    const name = (await download).suggestedFilename();
    expect(name).toMatch(new RegExp(`^parlance-events-${bot.id}-.*\\.csv$`));
    await dashboard.open(bot, "period=last_month");
    await expect(page.getByRole("heading", { name: "Events" })).toHaveCount(0);
    await dashboard.open(bot, "period=7d&channel=web");
    await expect(page.getByRole("heading", { name: "Events" })).toHaveCount(0);
  });

  test("they are accessible, and do not scroll the page of a phone sideways", async ({ page }) => {
    await page.getByRole("region", { name: "Events" }).getByRole("button", { name: "handoff" }).click();
    await expect(dashboard.legend.getByRole("button", { name: "handoff" })).toBeVisible();
    await expectNoAxeViolations(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoSidewaysScroll(page);
  });

  test("a long name widens its table and not the page", async ({ page, bot, parlance }) => {
    const type = "a name of eighty bytes that somebody chose for an event of a very long workflow";
    await parlance.send(bot, [{ user_id: "ada", at: Date.now() - HOUR, type }]);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.reload();
    await expect(page.getByRole("button", { name: type })).toBeVisible();
    await expectNoSidewaysScroll(page);
  });
});

test("a bot that counts nothing but messages has neither card", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await dashboard.open(history.bot, "period=7d");
  await expect(page.locator("section.uses")).toHaveCount(0);
});
