import type { Locator, Page } from "@playwright/test";
import { goTo } from "../fixtures.ts";

/** `/accounts`, which only admins have. */
export class AccountsPage {
  readonly heading: Locator;
  readonly accounts: Locator;
  readonly invitations: Locator;
  readonly link: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Accounts" });
    this.accounts = page.getByRole("region", { name: "All accounts" });
    this.invitations = page.getByRole("region", { name: "Invite somebody" });
    this.link = page.locator(".secret-text code");
  }

  async open(): Promise<void> {
    await goTo(this.page, "/accounts");
  }

  /** The row of an account. */
  account(email: string): Locator {
    const cell = this.page.getByRole("cell", { name: email, exact: true });
    return this.accounts.getByRole("row").filter({ has: cell });
  }

  /** Presses a button about an account: "Disable", "Make admin", … */
  async press(email: string, label: string): Promise<void> {
    await this.account(email)
      .getByRole("button", { name: new RegExp(`^${label}:`) })
      .click();
  }

  async invite(email: string, role: "member" | "admin" = "member"): Promise<void> {
    await this.invitations.getByLabel("E-mail").fill(email);
    await this.invitations.getByLabel("Role").selectOption(role);
    await this.invitations.getByRole("button", { name: "Make an invitation" }).click();
  }
}
