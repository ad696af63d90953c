import { defineConfig } from "@playwright/test";

// A browser that runs as root needs its sandbox off; the other flags keep it from calling its maker's hosts.
const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  // A test that passes only at the second try is a failing test.
  retries: 0,
  workers: 2,
  fullyParallel: true,
  // A machine that builds beside the tests is slow, and not wrong.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env["CI"]),
  reporter: [["list"], ["./closing-line.ts"]],
  use: {
    launchOptions: { executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: chromiumFlags },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
