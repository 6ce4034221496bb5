import { defineConfig } from "@playwright/test";

/** The whole story against a running stack; addresses come from the environment (see e2e/stack.ts). */
export default defineConfig({
  testDir: "e2e",
  // Nothing here is a matter of speed: these only end what would never end.
  timeout: 1_800_000,
  expect: { timeout: 60_000 },
  // Most of the story is waiting for terminals: it begins, and meanwhile the others have the machine.
  workers: 2,
  fullyParallel: true,
  projects: [
    { name: "story", testMatch: "story.spec.ts" },
    { name: "pages", testIgnore: "story.spec.ts" },
  ],
  reporter: [["list"]],
  use: {
    baseURL: process.env.LOCKSTEP_SITE_URL ?? "http://127.0.0.1:3000",
    locale: "en-GB",
    // Without a screen there is no use for the whole browser, nor for graphics in software: that is half the time.
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
      args: ["--no-sandbox", "--disable-gpu"],
    },
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    trace: "retain-on-failure",
  },
});
