import { expect, goTo, test } from "../fixtures.ts";
import { SignInPage } from "../pages/sign-in.ts";
import { ReadApi } from "../read-api.ts";
import { messages } from "../traffic.ts";

test.describe("The password", () => {
  test("once changed, ends every other sign-in and opens with the new one only", async ({
    page,
    browser,
    account,
    signIn,
    parlance,
  }) => {
    const elsewhere = await browser.newContext({ baseURL: parlance.url });
    const other = await elsewhere.newPage();
    await other.goto("/sign-in");
    const otherSignIn = new SignInPage(other);
    await otherSignIn.signIn(account);
    await expect(other.getByRole("heading", { level: 1, name: "Bots" })).toBeVisible();

    await signIn(account);
    await goTo(page, "/account");
    await page.getByLabel("Current password").fill(account.password);
    await page.getByLabel("New password").fill("another long passphrase");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(
      page.getByText("Your password is changed, and every other sign-in has ended."),
    ).toBeVisible();
    await expect(page.getByRole("region", { name: "Sign-ins" }).getByText("This one")).toBeVisible();

    await other.goto("/account");
    await otherSignIn.expectAsked();
    await otherSignIn.signIn(account);
    await expect(otherSignIn.error).toContainText("do not match");
    await otherSignIn.signIn({ ...account, password: "another long passphrase" });
    await expect(other.getByRole("heading", { level: 1, name: "Account" })).toBeVisible();
    await elsewhere.close();
  });

  test("is not changed by who does not know it, nor to a short one", async ({ page, account, signIn }) => {
    await signIn(account);
    await goTo(page, "/account");
    await page.getByLabel("Current password").fill("not the password");
    await page.getByLabel("New password").fill("another long passphrase");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByText("This is not your current password.")).toBeVisible();

    await page.getByLabel("New password").fill("short");
    await page.getByRole("button", { name: "Change password" }).click();
    await expect(page.getByText("Your password is changed")).toHaveCount(0);
    await signIn(account);
  });
});

test("another sign-in can be ended", async ({ page, playwright, account, signIn, parlance }) => {
  await signIn(account);
  const elsewhere = await playwright.request.newContext({
    baseURL: parlance.url,
    extraHTTPHeaders: { origin: parlance.url, accept: "text/html", "user-agent": "Firefox/140.0 (Windows)" },
  });
  await elsewhere.post("/fn/sign_in", { form: { ...account } });
  expect((await elsewhere.get("/account", { maxRedirects: 0 })).status()).toBe(200);

  await page.goto("/account");
  const logins = page.getByRole("region", { name: "Sign-ins" });
  await expect(logins.getByRole("row")).toHaveCount(3);
  await logins.getByRole("button", { name: "End the sign-in of Firefox on Windows" }).click();
  await expect(page.getByText("That sign-in has ended.")).toBeVisible();
  await expect(logins.getByRole("row")).toHaveCount(2);
  expect((await elsewhere.get("/account", { maxRedirects: 0 })).status()).toBe(302);
  await elsewhere.dispose();
});

test("read tokens are shown once, read what they were made for, and stop when revoked", async ({
  page,
  account,
  bot,
  parlance,
  signIn,
}) => {
  await parlance.send(bot, messages(2));
  const other = await parlance.createBot(account.email, "Sales");
  await parlance.send(other, messages(3));
  await signIn(account);
  await page.goto("/account");
  const tokens = page.getByRole("region", { name: "Read tokens" });
  await tokens.getByLabel("It reads").selectOption("Support");
  await tokens.getByRole("button", { name: "Make a read token" }).click();
  await expect(tokens.getByText("Your new read token.")).toBeVisible();
  const token = await tokens.locator(".secret-text code").innerText();
  const api = new ReadApi(parlance, token);
  expect((await api.report(bot, "period=28d")).totals.messages.value).toBe(2);
  expect(await api.status(`/api/v1/bots/${other.id}/analytics`)).toBe(404);

  await page.reload();
  await expect(page.getByText(token)).toHaveCount(0);
  await expect(tokens.getByRole("row").nth(1)).toContainText("Support");
  await tokens.getByRole("button", { name: /^Revoke the token/ }).click();
  await expect(page.getByText("The token is revoked")).toBeVisible();
  expect(await api.status(`/api/v1/bots/${bot.id}`)).toBe(401);
});

test.describe("The theme", () => {
  test.use({ colorScheme: "light" });

  test("is chosen once for this browser, whatever the system has", async ({ page, account, signIn }) => {
    await signIn(account);
    await page.goto("/account");
    const theme = page.getByRole("region", { name: "Theme" });
    const light = await page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
    await theme.getByRole("button", { name: "Dark" }).click();
    await expect(theme.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
    await expect(page.locator("body")).not.toHaveCSS("background-color", light);
    await page.goto("/");
    await expect(page.locator("body")).not.toHaveCSS("background-color", light);

    await page.goto("/account");
    await theme.getByRole("button", { name: "System" }).click();
    await expect(theme.getByRole("button", { name: "System" })).toHaveAttribute("aria-pressed", "true");
    await expect(page.locator("body")).toHaveCSS("background-color", light);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect(page.locator("body")).not.toHaveCSS("background-color", light);
  });
});
