import { BadLine } from "../bad-line.ts";
import { expect, goTo, Parlance, test as base } from "../fixtures.ts";

/** A server that knows nothing of the proxy through which people reach it. */
const test = base.extend<{ behind: { line: BadLine; parlance: Parlance } }>({
  behind: async ({ ownServers }, use) => {
    const line = await BadLine.start();
    const parlance = await Parlance.start();
    line.target = parlance.url;
    ownServers.add(line.url);
    await use({ line, parlance });
    await parlance.stop();
    await line.stop();
  },
});

test("setting up and signing in at an address that the server does not know says what to set", async ({
  page,
  behind: { line, parlance },
  expectComplaint,
}) => {
  const told = page.getByRole("alert").filter({ hasText: `set PARLANCE_BASE_URL=${line.url}` });
  const [token] = /(?<=set-up\?token=)\S+/.exec(parlance.output) ?? [];
  await goTo(page, `${line.url}/set-up?token=${token}`);
  await page.getByLabel("E-mail").fill("first@example.org");
  await page.getByLabel("Password").fill("a few words in a row");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(told).toContainText(
    `This page was opened at ${line.url}, but the server is set up for ${parlance.url}`,
  );
  await expect(page.getByLabel("E-mail")).toHaveValue("first@example.org");

  await parlance.createAccount({ email: "ada@example.org", password: "a long enough passphrase" });
  await goTo(page, `${line.url}/sign-in`);
  await page.getByLabel("E-mail").fill("ada@example.org");
  await page.getByLabel("Password").fill("a long enough passphrase");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(told).toBeVisible();

  const log = parlance.output.split("\n").filter((entry) => entry.includes("set PARLANCE_BASE_URL"));
  expect(log.length).toBeGreaterThanOrEqual(2);
  expect(log[0]).toContain(line.url);
  expect(log[0]).toContain(parlance.url);
  expectComplaint(/status of 403/);
});

test.describe("Without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("a page says the same", async ({ page, behind: { line, parlance }, expectComplaint }) => {
    await parlance.createAccount({ email: "ada@example.org", password: "a long enough passphrase" });
    await page.goto(`${line.url}/sign-in`);
    await page.getByLabel("E-mail").fill("ada@example.org");
    await page.getByLabel("Password").fill("a long enough passphrase");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This was not accepted");
    await expect(page.getByRole("alert")).toContainText(`set PARLANCE_BASE_URL=${line.url}`);
    expectComplaint(/status of 403/);
  });
});
