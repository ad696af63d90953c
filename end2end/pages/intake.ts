import type { Locator, Page } from "@playwright/test";
import { goTo } from "../fixtures.ts";
import type { Bot } from "../parlance.ts";

/** `/bots/{id}/intake`: what came lately, and what of it was not counted. */
export class IntakePage {
  readonly problems: Locator;
  readonly requests: Locator;
  readonly ignored: Locator;
  readonly rows: Locator;
  readonly connect: Locator;

  constructor(readonly page: Page) {
    this.problems = page.getByRole("region", { name: "Not counted" });
    this.requests = page.getByRole("region", { name: "Latest requests" });
    this.ignored = page.getByRole("region", { name: "Left out on purpose" });
    this.rows = this.requests.locator("tbody tr:not(.left-out)");
    this.connect = page.getByRole("link", { name: "Connect the bot" });
  }

  async open(bot: Bot, query = ""): Promise<void> {
    await goTo(this.page, `/bots/${bot.id}/intake${query}`);
  }

  filter(name: string): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }
}
