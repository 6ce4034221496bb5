import { expect, test } from "@playwright/test";
import { look } from "./look";
import { signUp, someone } from "./people";

test("a stranger sees the front page and the doors, and nothing behind them", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page, "landing");
  await page.goto("/app/accounts");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await look(page, "sign-in");
  await page.goto("/sign-up");
  await look(page, "sign-up");
});

test("everybody may read the pages about the service", async ({ page }) => {
  for (const name of ["docs", "faq", "compare", "security", "terms", "privacy", "risk", "contact", "rules", "status"]) {
    await page.goto(`/${name}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await look(page, `site-${name}`);
  }
  const nowhere = await page.goto("/no-such-page");
  expect(nowhere?.status()).toBe(404);
  const robots = await page.request.get("/robots.txt");
  expect(await robots.text()).toContain("Disallow: /app/");
  expect((await page.request.get("/sitemap.xml")).ok()).toBe(true);
  await page.goto("/");
  const picture = await page.locator('meta[property="og:image"]').getAttribute("content");
  const shared = await page.request.get(new URL(picture ?? "/missing").pathname);
  expect([shared.status(), shared.headers()["content-type"]]).toEqual([200, "image/png"]);
});

test("a wrong password is told, and the e-mail need not be typed again", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill("nobody@example.com");
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator("main").getByRole("alert")).toContainText("do not belong together");
  await expect(page.getByLabel("E-mail")).toHaveValue("nobody@example.com");
});

test("the session is out of reach of scripts, and pages carry a policy against foreign ones", async ({
  page,
  context,
}) => {
  const answer = await page.goto("/sign-up");
  expect(answer?.headers()["content-security-policy"]).toContain("script-src 'self' 'nonce-");
  await signUp(page, someone("cookie"));
  const cookies = (await context.cookies()).filter((cookie) => cookie.name.startsWith("sb-"));
  expect(cookies.length).toBeGreaterThan(0);
  expect(cookies.every((cookie) => cookie.httpOnly && cookie.sameSite === "Lax")).toBe(true);
  const foreign = await context.request.delete("/api/v1/accounts/00000000-0000-4000-8000-000000000000", {
    headers: { origin: "https://elsewhere.example" },
  });
  expect(foreign.status()).toBe(403);
});

test("in Arabic everything runs from right to left", async ({ page, context }) => {
  await context.addCookies([{ name: "locale", value: "ar", url: test.info().project.use.baseURL ?? "" }]);
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await look(page, "landing-ar");
  await page.goto("/sign-up");
  await look(page, "sign-up-ar");
});
