import { defineConfig } from "@playwright/test";

/** The whole story against a running stack; addresses come from the environment (see e2e/stack.ts). */
export default defineConfig({
  testDir: "e2e",
  timeout: 600_000,
  expect: { timeout: 30_000 },
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
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    trace: "retain-on-failure",
  },
});
