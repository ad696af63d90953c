import { expect, goTo, test } from "../fixtures.ts";
import { DAY, HOUR, messages } from "../traffic.ts";

test.describe("The list of bots", () => {
  test.beforeEach(async ({ page, parlance, account, signIn }) => {
    const busy = await parlance.createBot(account.email, "Booking");
    const calm = await parlance.createBot(account.email, "Aftercare");
    await parlance.createBot(account.email, "Waiting room");
    await parlance.createBot(account.email, "Drafts", { activate: false });
    await parlance.send(busy, messages(9, { ago: 5 * HOUR }));
    await parlance.send(calm, messages(2, { ago: 2 * HOUR }));
    await signIn(account);
    await goTo(page, "/");
  });

  test("tells each one's state, last message and past week", async ({ page }) => {
    const cards = page.getByRole("article");
    await expect(cards.getByRole("heading")).toHaveText(["Aftercare", "Booking", "Drafts", "Waiting room"]);
    const [calm, busy, draft, waiting] = [0, 1, 2, 3].map((place) => cards.nth(place));
    await expect(busy!).toContainText("Activated");
    await expect(busy!).toContainText("Last message 5 hours ago");
    await expect(busy!.getByRole("definition")).toContainText(["9", "9", "9"]);
    await expect(calm!.getByRole("definition")).toContainText(["2", "2", "2"]);
    await expect(draft!).toContainText("Inactive");
    await expect(waiting!).toContainText("Waiting for the first message");
  });

  test("is searched and sorted", async ({ page }) => {
    const names = page.getByRole("article").getByRole("heading");
    await page.getByLabel("Sort by").selectOption("By messages");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(names.first()).toHaveText("Booking");
    await page.getByLabel("Sort by").selectOption("By last message");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(names.first()).toHaveText("Aftercare");
    await page.getByLabel("Search by name").fill("ROOM");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(names).toHaveText(["Waiting room"]);
    await page.getByLabel("Search by name").fill("nothing like it");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(page.getByText("No bot's name has “nothing like it”.")).toBeVisible();
    await page.getByRole("link", { name: "Show all" }).click();
    await expect(names).toHaveCount(4);
  });

  test("ends the cards of one row on one line, however much they hold", async ({ page }) => {
    const ends = page.getByRole("article").locator(".hint");
    await expect(ends).toHaveCount(4);
    const bottoms = await ends.evaluateAll((ends) => ends.map((end) => end.getBoundingClientRect().bottom));
    expect(new Set(bottoms.slice(0, 3)).size).toBe(1);
  });

  test("shortens a change of many digits, and tells it in full on hover", async ({
    page,
    parlance,
    account,
  }) => {
    const bot = await parlance.createBot(account.email, "Sudden fame");
    await parlance.send(bot, [...messages(1, { ago: 10 * DAY }), ...messages(102)]);
    await page.reload();
    const index = page.getByRole("article").filter({ hasText: "Sudden fame" }).getByTitle("10,100 % more");
    await expect(index).toHaveText(["+10.1 k %", "+10.1 k %", "+10.1 k %"]);
    await index.first().hover();
  });

  test("leads to each one, and the bar at the top from one to the other", async ({ page }) => {
    await page.getByRole("link", { name: "Booking" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Booking");
    await page.getByRole("navigation", { name: "Bots" }).getByRole("button", { name: "Booking" }).click();
    await page.getByRole("link", { name: "Aftercare" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Aftercare");
  });

  test("makes another one, in a zone of one's choice", async ({ page }) => {
    await page.getByText("New bot").click();
    await page.getByLabel("Name", { exact: true }).fill("Nowhere");
    await page.getByLabel("Time zone").fill("Mars/Olympus");
    await page.getByRole("button", { name: "Create bot" }).click();
    await expect(page.getByText("There is no such time zone")).toBeVisible();
    await page.getByLabel("Time zone").fill("Asia/Kathmandu");
    await page.getByRole("button", { name: "Create bot" }).click();
    await expect(page.getByRole("heading", { name: "Waiting for the first message" })).toBeVisible();
    await page.getByRole("link", { name: "Settings" }).click();
    await expect(page.getByLabel("Time zone")).toHaveValue("Asia/Kathmandu");
  });
});
