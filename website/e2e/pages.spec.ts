import { expect, type Page, test } from "@playwright/test";
import { look } from "./look";

/** A person with a long history (`webapp_api/bench/history.sql`); without one there is nothing to see here. */
const EMAIL = process.env.LOCKSTEP_DEMO_EMAIL;
const PASSWORD = process.env.LOCKSTEP_DEMO_PASSWORD ?? "";

const PAGES = [
  ["overview", "/app"],
  ["accounts", "/app/accounts"],
  ["copiers", "/app/copiers"],
  ["trades", "/app/trades"],
  ["positions", "/app/positions"],
  ["link", "/app/copiers/new"],
  ["flow", "/app/flow"],
  ["skipped", "/app/skipped"],
  ["out-of-sync", "/app/out-of-sync"],
  ["statistics", "/app/statistics"],
  ["alerts", "/app/alerts"],
  ["activity", "/app/activity"],
  ["settings", "/app/settings"],
  ["change-email", "/app/settings/email"],
  ["notifications", "/app/settings/notifications"],
] as const;

test.skip(!EMAIL, "set LOCKSTEP_DEMO_EMAIL and LOCKSTEP_DEMO_PASSWORD");

async function signIn(page: Page): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(EMAIL ?? "");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/app$/);
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
  await expect(page.locator("main").getByRole("alert")).toHaveCount(0);
}

test("every page of a person with a long history is whole, in both sizes and schemes", async ({ page }) => {
  await signIn(page);
  for (const [name, path] of PAGES) {
    await page.goto(path);
    await settled(page);
    await look(page, `long-${name}`);
  }
});

test("one account, one copier and one trade of a long history", async ({ page }) => {
  await signIn(page);
  for (const [name, path, link] of [
    ["account", "/app/accounts", /^\/app\/accounts\/[0-9a-f-]{36}/],
    ["copier", "/app/copiers", /^\/app\/copiers\/[0-9a-f-]{36}/],
    ["trade", "/app/trades", /^\/app\/trades\/\d+/],
  ] as const) {
    await page.goto(path);
    await settled(page);
    const links = await page
      .locator("main table a")
      .evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""));
    await page.goto(links.find((href) => link.test(href)) ?? "/missing");
    await settled(page);
    await look(page, `long-${name}`);
  }
});

test("the palette finds a place by its name", async ({ page }) => {
  await signIn(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill("stati");
  await look(page, "palette");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/app\/statistics/);
});

test("in Arabic the overview runs from right to left", async ({ page, context }) => {
  await signIn(page);
  await context.addCookies([{ name: "locale", value: "ar", url: page.url() }]);
  await page.goto("/app");
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await look(page, "long-overview-ar");
});
