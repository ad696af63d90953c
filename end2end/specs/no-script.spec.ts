import { expect, test } from "../fixtures.ts";
import { addressOf, DashboardPage } from "../pages/dashboard.ts";
import { metrics, written } from "../read-api.ts";
import { messages } from "../traffic.ts";

test.use({ javaScriptEnabled: false });

test("without a script one signs in and reads the cards of the default period", async ({
  page,
  account,
  bot,
  parlance,
}) => {
  await parlance.send(bot, messages(12));
  await page.goto(addressOf(bot));
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();

  const dashboard = new DashboardPage(page);
  await expect(dashboard.heading).toHaveText("Support");
  await expect(dashboard.periodButton).toContainText("Past 7 days");
  await expect(dashboard.value("messages")).toHaveText("12");
  await expect(dashboard.value("total_users")).toHaveText("12");
  await expect(dashboard.card("messages")).toContainText("—");
  await expect(dashboard.table.getByRole("row")).toHaveCount(8);
});

test("without a script presets, comparison and channels are links", async ({ page, history, signIn }) => {
  await signIn(history.account);
  const dashboard = new DashboardPage(page);
  await page.goto(addressOf(history.bot, "period=7d"));
  await dashboard.periodButton.click();
  await dashboard.periodMenu.getByRole("link", { name: "Past 28 days" }).click();
  await dashboard.expectQuery("period=28d");
  const report = await history.api.report(history.bot, "period=28d");
  for (const metric of metrics)
    await expect(dashboard.value(metric)).toHaveText(written(report.totals[metric].value));

  await dashboard.pick(dashboard.comparisonButton, "A year before");
  await dashboard.expectQuery("period=28d&compare=year");
  await dashboard.pick(dashboard.channelButton, "web");
  await dashboard.expectQuery("period=28d&compare=year&channel=web");
  await dashboard.previousPeriod.click();
  await expect(page).toHaveURL(/from=.*&to=.*&compare=year&channel=web/);
});

test("without a script a wrong password is told", async ({ page, account }) => {
  await page.goto("/sign-in?next=/account");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill("a wrong passphrase");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "do not match" })).toBeVisible();
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Account");
});

test("without a script a bot is made, activated and renamed", async ({ page, account, signIn }) => {
  await signIn(account);
  await page.goto("/");
  await page.getByLabel("Name").fill("Quiet");
  await expect(page.getByLabel("Time zone")).toHaveValue("UTC");
  await page.getByLabel(/^Activate it at once/).uncheck();
  await page.getByRole("button", { name: "Create bot" }).click();
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByRole("heading", { name: "Waiting for the first message" })).toBeVisible();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Quieter");
  await page.getByRole("region", { name: "General" }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Quieter");
  await expect(page.getByText("Saved. All figures now follow the new settings.")).toBeVisible();
});
