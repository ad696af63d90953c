import { expect, expectNoAxeViolations, expectNoSidewaysScroll, goTo, test } from "../fixtures.ts";

const table = [
  "Sender,When,Who,Text",
  "ada,2026-03-01 10:00,user,hello",
  "ada,2026-03-01 10:01,bot,hi",
  "bob,yesterday,user,never",
].join("\n");
const asFile = (text: string, name = "chats.csv") => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(text),
});

test("a file is looked at, put right, and stored once", async ({ page, account, bot, signIn }) => {
  await signIn(account);
  await goTo(page, `/bots/${bot.id}/connect`);
  const card = page.getByRole("region", { name: "Import a file" });
  await card.getByLabel("File", { exact: true }).setInputFiles(asFile(table));
  await card.getByRole("button", { name: "Show the first rows" }).click();
  await expect(card.getByRole("alert")).toContainText("Sender looks like it");

  await card.getByText("Options").click();
  await card.getByLabel("Time zone of times without an offset").fill("Europe/Berlin");
  await card.getByLabel("Columns with other names").fill("user_id=Sender\nat=When\ndirection=Who");
  await card.getByRole("button", { name: "Show the first rows" }).click();
  const rows = card.getByRole("table").getByRole("row");
  await expect(rows.nth(1)).toContainText("2026-03-01T09:00:00Z");
  await expect(rows.nth(1)).toContainText("to the bot");
  await expect(rows.nth(2)).toContainText("from the bot");
  await expect(rows.nth(3)).toContainText("When");
  await expectNoAxeViolations(page);
  await expectNoSidewaysScroll(page);

  await card.getByRole("button", { name: "Import all rows" }).click();
  await expect(card).toContainText("2 stored, 0 stored before, 1 rejected, 0 left out.");
  await card.getByRole("button", { name: "Show the first rows" }).click();
  await card.getByRole("button", { name: "Import all rows" }).click();
  await expect(card).toContainText("0 stored, 2 stored before, 1 rejected, 0 left out.");
});

test("what a file is not is said in a sentence", async ({ page, account, bot, signIn }) => {
  await signIn(account);
  await goTo(page, `/bots/${bot.id}/connect`);
  const card = page.getByRole("region", { name: "Import a file" });
  await card.getByLabel("File", { exact: true }).setInputFiles(asFile("SQLite format 3\0", "rasa.db"));
  await card.getByRole("button", { name: "Show the first rows" }).click();
  await expect(card.getByRole("alert")).toContainText("command line");
  await expect(card.getByRole("button", { name: "Import all rows" })).toBeHidden();
});
