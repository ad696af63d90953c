import type { Page } from "@playwright/test";
import {
  expect,
  expectNoAxeViolations,
  expectNoSidewaysScroll,
  goTo,
  test as base,
  type Credentials,
} from "../fixtures.ts";
import { AccountsPage } from "../pages/accounts.ts";
import { SignInPage } from "../pages/sign-in.ts";
import { messages } from "../traffic.ts";

const ownWords = "my very own words";

/** An admin of the worker's server, an address that nobody has used yet, and somebody else's browser. */
const test = base.extend<{ admin: Credentials; newcomer: string; theirs: Page }>({
  admin: async ({ parlance, account }, use) => {
    const admin = { email: `admin-of-${account.email}`, password: "a long enough passphrase" };
    await parlance.createAccount(admin, { admin: true });
    await use(admin);
  },
  newcomer: async ({ account }, use) => use(`new-to-${account.email}`),

  theirs: async ({ browser, parlance, extraHTTPHeaders }, use) => {
    const context = await browser.newContext({
      baseURL: parlance.url,
      extraHTTPHeaders: extraHTTPHeaders ?? {},
    });
    await use(await context.newPage());
    await context.close();
  },
});

test("an admin invites somebody, who chooses a password and is in; the link works once", async ({
  page,
  theirs,
  parlance,
  admin,
  newcomer,
  signIn,
}) => {
  await signIn(admin);
  await goTo(page, "/account");
  await page.getByRole("link", { name: "All accounts" }).click();
  const accounts = new AccountsPage(page);
  await expect(accounts.heading).toBeVisible();
  await accounts.invite(newcomer);
  await expect(page.getByText(`Invitation for ${newcomer}.`)).toBeVisible();
  await expect(accounts.invitations.getByRole("row").filter({ hasText: newcomer })).toContainText(
    "in 7 days",
  );
  const link = await accounts.link.innerText();
  expect(link).toContain(`${parlance.url}/invitation?token=pi_`);
  await accounts.open();
  await expect(accounts.link).toHaveCount(0);

  await goTo(theirs, link);
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("Welcome to Parlance");
  await expect(theirs.getByLabel("E-mail")).toHaveValue(newcomer);
  await expectNoAxeViolations(theirs);
  await theirs.getByLabel("Password").fill(ownWords);
  await theirs.getByRole("button", { name: "Create account" }).click();
  await expect(theirs.getByRole("heading", { name: "Start with your first bot" })).toBeVisible();
  await goTo(theirs, "/account");
  await expect(theirs.getByRole("link", { name: "All accounts" })).toHaveCount(0);

  await goTo(theirs, link);
  await expect(theirs.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");
  await expectNoAxeViolations(theirs);
  await accounts.open();
  await expect(accounts.account(newcomer)).toContainText("just now");
  await expect(accounts.invitations.getByRole("row").filter({ hasText: newcomer })).toHaveCount(0);
});

test("an invitation can be withdrawn, and an address with an account has none", async ({
  page,
  admin,
  account,
  newcomer,
  signIn,
}) => {
  await signIn(admin);
  const accounts = new AccountsPage(page);
  await accounts.open();
  await accounts.invite(account.email);
  await expect(page.getByText("This address has an account already.")).toBeVisible();
  await accounts.invite(newcomer, "admin");
  const row = accounts.invitations.getByRole("row").filter({ hasText: newcomer });
  await expect(row).toContainText("Admin");
  const link = await accounts.link.innerText();
  await row.getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByText("The invitation is withdrawn")).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");
});

test("a new link is in sight and has the keyboard, however many accounts there are", async ({
  page,
  parlance,
  admin,
  account,
  signIn,
}) => {
  for (let number = 1; number <= 12; number++) {
    await parlance.createAccount({ email: `of-many-${number}-${account.email}`, password: ownWords });
  }
  await signIn(admin);
  await page.setViewportSize({ width: 1280, height: 500 });
  const accounts = new AccountsPage(page);
  await accounts.open();
  await accounts.press(`of-many-11-${account.email}`, "New password");
  await expect(accounts.link).toBeInViewport();
  await expect(page.getByRole("status").filter({ has: accounts.link })).toBeFocused();
  const emails = await accounts.accounts.getByRole("cell", { name: /^of-many-/ }).allInnerTexts();
  expect(emails.map((email) => Number(email.split("-")[2]))).toEqual([...Array(12).keys()].map((n) => n + 1));
  await accounts.press(`of-many-11-${account.email}`, "Disable");
  await expect(page.getByText("The account is disabled")).toBeInViewport();
});

test("a disabled account is out, told what a wrong password is told, and its bot goes on", async ({
  page,
  theirs,
  parlance,
  admin,
  account,
  bot,
  signIn,
}) => {
  await theirs.goto("/sign-in");
  const door = new SignInPage(theirs);
  await door.signIn(account);
  await expect(theirs.getByRole("heading", { level: 1, name: "Bots" })).toBeVisible();

  await signIn(admin);
  const accounts = new AccountsPage(page);
  await accounts.open();
  await accounts.press(account.email, "Disable");
  await expect(page.getByText("The account is disabled")).toBeVisible();
  await expect(accounts.account(account.email)).toContainText("Disabled");
  await theirs.goto("/");
  await door.expectAsked();
  await door.signIn(account);
  await expect(door.error).toContainText("E-mail and password do not match.");
  await parlance.send(bot, messages(2));

  await accounts.press(account.email, "Enable");
  await expect(page.getByText("The account can sign in again.")).toBeVisible();
  await door.signIn(account);
  await expect(theirs.getByRole("heading", { level: 1, name: "Bots" })).toBeVisible();
});

test("a password link gives a new password, and the old one holds until it is used", async ({
  page,
  theirs,
  admin,
  account,
  signIn,
}) => {
  await signIn(admin);
  const accounts = new AccountsPage(page);
  await accounts.open();
  await accounts.press(account.email, "New password");
  await expect(page.getByText(`New password for ${account.email}.`)).toBeVisible();
  const link = await accounts.link.innerText();

  const door = new SignInPage(theirs);
  await theirs.goto("/sign-in");
  await door.signIn(account);
  await expect(theirs.getByRole("heading", { level: 1, name: "Bots" })).toBeVisible();
  await goTo(theirs, link);
  await expectNoAxeViolations(theirs);
  await theirs.getByLabel("Password").fill(ownWords);
  await theirs.getByLabel("End my read tokens too").check();
  await theirs.getByRole("button", { name: "Change password" }).click();
  await expect(theirs.getByRole("heading", { name: "Start with your first bot" })).toBeVisible();

  await theirs.context().clearCookies();
  await theirs.goto("/sign-in");
  await door.signIn(account);
  await expect(door.error).toContainText("E-mail and password do not match.");
  await door.signIn({ ...account, password: ownWords });
  await expect(theirs.getByRole("heading", { name: "Start with your first bot" })).toBeVisible();
});

test("admins are made and unmade, and nobody changes their own account", async ({
  page,
  admin,
  account,
  signIn,
}) => {
  await signIn(admin);
  const accounts = new AccountsPage(page);
  await accounts.open();
  await expect(accounts.account(admin.email).getByRole("button")).toHaveCount(0);
  await expect(accounts.account(admin.email)).toContainText("You");
  await accounts.press(account.email, "Make admin");
  await expect(page.getByText("The account is an admin now")).toBeVisible();
  await accounts.press(account.email, "Make member");
  await expect(page.getByText("The account is a member now")).toBeVisible();
});

test("for others the page is not there", async ({ page, account, signIn, expectComplaint }) => {
  await signIn(account);
  const response = await page.goto("/accounts");
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing here");
  expectComplaint(/status of 404/);
});

test.describe("Without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("an admin invites, and the invited person gets in", async ({ page, admin, newcomer, signIn }) => {
    await signIn(admin);
    const accounts = new AccountsPage(page);
    await page.goto("/accounts");
    await accounts.invite(newcomer);
    const link = await accounts.link.innerText();
    await page.context().clearCookies();
    await page.goto(link);
    await page.getByLabel("Password").fill(ownWords);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { name: "Start with your first bot" })).toBeVisible();
  });
});

for (const [width, height] of [
  [1280, 800],
  [390, 844],
  [320, 640],
] as const) {
  test.describe(`At ${width} pixels`, () => {
    test.use({ viewport: { width, height } });

    test("the page is accessible in light and dark and does not scroll sideways, empty and full", async ({
      page,
      emptyParlance,
      context,
    }) => {
      const root = { email: "root@example.org", password: "a long enough passphrase" };
      await emptyParlance.createAccount(root, { admin: true });
      const signedIn = await context.request.post(`${emptyParlance.url}/fn/sign_in`, {
        form: { ...root },
        headers: { origin: emptyParlance.url },
      });
      expect(signedIn.status()).toBe(200);
      const look = async (name: string) => {
        await goTo(page, `${emptyParlance.url}/accounts`);
        await expectNoAxeViolations(page);
        await expectNoSidewaysScroll(page);
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({
            path: test.info().outputPath(`${name}-${colorScheme}.png`),
            fullPage: true,
          });
        }
      };
      await look("empty");

      const long = `${"somebody.with.quite.a.long.name".repeat(2)}@a-long-host-name.example.org`;
      for (const email of ["bob@example.org", "carol@example.org", long]) {
        await emptyParlance.createAccount({ email, password: "a long enough passphrase" });
      }
      await emptyParlance.command(["account", "disable", "--email", "carol@example.org"]);
      const accounts = new AccountsPage(page);
      await page.goto(`${emptyParlance.url}/accounts`);
      await accounts.invite("dora@example.org", "admin");
      await expect(accounts.link).toBeVisible();
      await expectNoAxeViolations(page);
      await expectNoSidewaysScroll(page);
      await page.screenshot({ path: test.info().outputPath("link.png"), fullPage: true });
      await look("full");
    });
  });
}
