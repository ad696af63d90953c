import { expect, expectNoAxeViolations, expectNoSidewaysScroll, test } from "../fixtures.ts";

for (const [width, height] of [
  [1280, 800],
  [390, 844],
] as const) {
  test.describe(`The document of the API at ${width} pixels`, () => {
    test.use({ viewport: { width, height } });

    test("is accessible in light and dark and does not scroll sideways", async ({ page }) => {
      await page.goto("/openapi");
      await expect(page.getByRole("heading", { level: 1, name: "API" })).toBeVisible();
      await expectNoAxeViolations(page);
      await expectNoSidewaysScroll(page);
    });
  });
}

test("the document of the API is found from the read tokens, and leads to each of its parts", async ({
  page,
  account,
  signIn,
}) => {
  await signIn(account);
  await page.goto("/account");
  await page.getByRole("link", { name: "API reference" }).click();
  await expect(page).toHaveURL(/\/openapi$/);
  await page
    .getByRole("navigation", { name: "Operations" })
    .getByRole("link", { name: "POST /api/v1/events" })
    .click();
  await expect(page.getByRole("heading", { name: "POST /api/v1/events" })).toBeInViewport();
  const hrefs = await page
    .locator('a[href^="#"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute("href")!));
  for (const href of new Set(hrefs)) await expect(page.locator(href), href).toHaveCount(1);
});

test("what the document promises is JSON that programs get", async ({ request }) => {
  const answer = await request.get("/openapi.json");
  expect(answer.headers()["content-type"]).toBe("application/json");
  const document = await answer.json();
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toContain("/api/v1/events");
});
