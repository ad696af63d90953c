import { expect, type Locator, type Page } from "@playwright/test";
import { expectHydrated } from "../fixtures.ts";
import type { Credentials } from "../parlance.ts";

/** `/sign-in`. */
export class SignInPage {
  readonly heading: Locator;
  readonly error: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole("heading", { level: 1, name: "Sign in" });
    this.error = page.getByRole("alert").filter({ hasText: /\S/ });
  }

  async expectAsked(): Promise<void> {
    await expect(this.heading).toBeVisible();
    await expect(this.page).toHaveURL(/\/sign-in(\?|$)/);
    await expectHydrated(this.page);
  }

  async signIn({ email, password }: Credentials): Promise<void> {
    await expectHydrated(this.page);
    await this.page.getByLabel("E-mail").fill(email);
    await this.page.getByLabel("Password").fill(password);
    const answer = this.page.waitForResponse("**/fn/sign_in");
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await answer;
  }
}
