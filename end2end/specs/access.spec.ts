import type { APIResponse } from "@playwright/test";
import { expect, test, type Credentials } from "../fixtures.ts";
import { addressOf, DashboardPage } from "../pages/dashboard.ts";
import { SignInPage } from "../pages/sign-in.ts";
import { ReadApi } from "../read-api.ts";
import { messages } from "../traffic.ts";

test.describe("A signed-out visitor", () => {
  test("is asked to sign in and comes back to where they wanted to go", async ({
    page,
    account,
    bot,
    parlance,
  }) => {
    await parlance.send(bot, messages(5));
    await page.goto(addressOf(bot, "period=28d&channel=api"));
    const signIn = new SignInPage(page);
    await signIn.expectAsked();
    await signIn.signIn(account);
    const dashboard = new DashboardPage(page);
    await dashboard.expectQuery("period=28d&channel=api");
    await expect(dashboard.value("messages")).toHaveText("5");
  });

  for (const path of ["/", "/account", "/bots/{id}", "/bots/{id}/analytics", "/bots/{id}/settings"]) {
    test(`is sent from ${path} to the sign-in page`, async ({ page, bot }) => {
      await page.goto(path.replace("{id}", bot.id));
      await new SignInPage(page).expectAsked();
    });
  }

  test("gets no figures from the page's functions nor from the API", async ({ request, bot, parlance }) => {
    const figures = await request.get(`/fn/load_report?bot_id=${bot.id}&query=period%3D7d`);
    expect(figures.status()).toBe(401);
    expect(await new ReadApi(parlance, "no-such-token").status(`/api/v1/bots/${bot.id}/analytics`)).toBe(401);
  });

  test("is not led to another server by a crafted link", async ({ page, account, parlance }) => {
    await page.goto("/sign-in?next=//example.org/");
    const signIn = new SignInPage(page);
    await signIn.signIn(account);
    await expect(page).toHaveURL(`${parlance.url}/`);
  });
});

test.describe("Another account", () => {
  let stranger: Credentials;

  test.beforeEach(async ({ account, signIn, parlance, bot }) => {
    await parlance.send(bot, messages(5));
    stranger = { email: `stranger-to-${account.email}`, password: "another long passphrase" };
    await parlance.createAccount(stranger);
    await signIn(stranger);
  });

  for (const path of ["/bots/{id}/analytics", "/bots/{id}/settings"]) {
    test(`gets 404 for ${path}, as for a bot that never was`, async ({ page, bot, expectComplaint }) => {
      for (const id of [bot.id, "7zzzzzzzzzzz0", "no-bot"]) {
        const response = await page.goto(path.replace("{id}", id));
        expect(response?.status(), id).toBe(404);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing here");
      }
      await expect(page.getByText("Support")).toHaveCount(0);
      expectComplaint(/status of 404/);
    });
  }

  test("gets 404 from every function of the bot's pages, and changes nothing", async ({
    context,
    bot,
    parlance,
    account,
  }) => {
    const headers = { origin: parlance.url };
    const id = bot.id;
    const questions = [`load_report?bot_id=${id}&query=period%3D7d`];
    for (const question of questions) {
      const response = await context.request.get(`/fn/${question}`, { headers });
      expect(response.status(), question).toBe(404);
    }
    const forms: Record<string, Record<string, string>> = {
      load_bot: {},
      has_messages: {},
      load_settings: {},
      set_activation: { activate: "false" },
      send_test_message: {},
      save_bot: { name: "Mine", time_zone: "UTC", week_start: "monday" },
      save_timeout: { timeout_min: "5" },
      save_text_storage: { store_text: "true" },
      save_sites: { key_id: "1", sites: "" },
      save_openings: { openings: "x" },
      create_write_key: {},
      revoke_write_key: { key_id: "1" },
      delete_bot: { confirmation: "Support" },
    };
    for (const [name, fields] of Object.entries(forms)) {
      const response = await context.request.post(`/fn/${name}`, {
        headers,
        form: { bot_id: id, ...fields },
      });
      expect(response.status(), name).toBe(404);
    }
    const owner = new ReadApi(parlance, await parlance.createToken(account.email));
    expect((await owner.report(bot, "period=7d")).totals.messages.value).toBe(5);
  });

  test("gets the same 404 from the API for this bot and for one that never was", async ({
    bot,
    parlance,
  }) => {
    const token = await parlance.createToken(stranger.email);
    const ask = async (path: string) => {
      const response = await fetch(`${parlance.url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const { id: _incident, ...problem } = (await response.json()) as Record<string, unknown>;
      return { status: response.status, problem };
    };
    for (const rest of ["", "/analytics", "/analytics.csv"]) {
      const foreign = await ask(`/api/v1/bots/${bot.id}${rest}`);
      expect(foreign.status).toBe(404);
      expect(foreign).toEqual(await ask(`/api/v1/bots/7zzzzzzzzzzz0${rest}`));
    }
  });

  test("does not see the bot in its list", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Start with your first bot" })).toBeVisible();
    await expect(page.getByText("Support")).toHaveCount(0);
  });
});

test.describe("Signing in", () => {
  test("says the same whether the address or the password is wrong", async ({ page, account }) => {
    const signIn = new SignInPage(page);
    const wrong = [
      { ...account, password: "a wrong passphrase" },
      { email: "nobody@example.org", password: account.password },
    ];
    for (const credentials of wrong) {
      await page.goto("/sign-in");
      await signIn.signIn(credentials);
      await expect(signIn.error).toContainText("E-mail and password do not match.");
      expect(await signIn.error.textContent()).not.toContain(credentials.email);
    }
    await signIn.signIn(account);
    await expect(page.getByRole("heading", { level: 1, name: "Bots" })).toBeVisible();
  });

  test("is refused after five tries, also with the right password, and says how long to wait", async ({
    page,
    account,
    parlance,
  }) => {
    const signIn = new SignInPage(page);
    await page.goto("/sign-in");
    await signIn.expectAsked();
    const tries = Array.from({ length: 6 }, () =>
      page.request.post("/fn/sign_in", {
        form: { ...account, password: "a wrong passphrase" },
        headers: { origin: parlance.url, accept: "application/json" },
      }),
    );
    // The sixth is answered at once, while the passwords of the others are still being checked.
    const refused = await Promise.any(tries.map(async (attempt) => onlyRefused(await attempt)));
    expect(Number(refused.headers()["retry-after"])).toBeGreaterThan(0);
    await signIn.signIn(account);
    await expect(signIn.error).toContainText(
      /Too many tries\. Wait (a second|\d+ seconds), then try again\./,
    );
    const statuses = (await Promise.all(tries)).map((response) => response.status());
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });

  test("ends with signing out: the pages are closed again", async ({ page, account, bot, signIn }) => {
    await signIn(account);
    await page.goto("/");
    await page.getByRole("button", { name: account.email }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await new SignInPage(page).expectAsked();
    await page.goto(addressOf(bot));
    await new SignInPage(page).expectAsked();
  });

  test("is skipped by who is signed in already", async ({ page, account, signIn, parlance }) => {
    await signIn(account);
    await page.goto("/sign-in?next=/account");
    await expect(page).toHaveURL(`${parlance.url}/account`);
  });
});

function onlyRefused(response: APIResponse): APIResponse {
  if (response.status() !== 429) throw new Error(`answered ${response.status()}`);
  return response;
}
