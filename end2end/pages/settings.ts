import type { Locator, Page } from "@playwright/test";
import { goTo } from "../fixtures.ts";
import type { Bot } from "../parlance.ts";

/** `/bots/{id}/settings`: a card for each thing that can be changed. */
export class SettingsPage {
  readonly heading: Locator;
  readonly done: Locator;
  readonly general: Locator;
  readonly sessions: Locator;
  readonly keys: Locator;
  readonly activation: Locator;
  readonly text: Locator;
  readonly channels: Locator;
  readonly deletion: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1 });
    this.done = page.getByRole("status");
    this.general = page.getByRole("region", { name: "General" });
    this.sessions = page.getByRole("region", { name: "Sessions" });
    this.keys = page.getByRole("region", { name: "Write keys" });
    this.activation = page.getByRole("region", { name: "Activation" });
    this.text = page.getByRole("region", { name: "Message text" });
    this.channels = page.getByRole("region", { name: "Channels" });
    this.deletion = page.getByRole("region", { name: "Delete this bot" });
  }

  async open(bot: Bot): Promise<void> {
    await goTo(this.page, `/bots/${bot.id}/settings`);
  }

  /** The key or token that was just made. */
  async newSecret(): Promise<string> {
    return this.page.locator(".secret-text code").innerText();
  }
}
