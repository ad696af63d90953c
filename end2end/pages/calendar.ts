import { expect, type Locator, type Page } from "@playwright/test";
import { longDay } from "../dates.ts";

/** The calendar in the period's menu. */
export class CalendarPanel {
  readonly form: Locator;
  readonly typed: Locator;
  readonly span: Locator;
  readonly months: Locator;
  readonly apply: Locator;
  readonly cancel: Locator;
  readonly previousMonth: Locator;
  readonly nextMonth: Locator;

  constructor(readonly page: Page) {
    this.form = page.getByRole("form", { name: "Calendar" });
    this.typed = this.form.getByLabel("Type dates");
    this.span = this.form.locator(".calendar-span");
    this.months = this.form.getByRole("grid");
    this.apply = this.form.getByRole("button", { name: "Apply" });
    this.cancel = this.form.getByRole("button", { name: "Cancel" });
    this.previousMonth = this.form.getByRole("button", { name: "Previous month" });
    this.nextMonth = this.form.getByRole("button", { name: "Next month" });
  }

  /** A day, by its date such as 2026-11-17. */
  day(date: string): Locator {
    return this.form.getByRole("button", { name: new RegExp(`^${longDay(date)}(,|$)`) });
  }

  /** What a day is said to be: `start`, `within`, `end`, `today`, `not available: …`. */
  async expectDay(date: string, ...marks: string[]): Promise<void> {
    await expect(this.day(date)).toHaveAccessibleName([longDay(date), ...marks].join(", "));
  }
}
