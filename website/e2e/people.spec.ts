import { expect, type Page, test } from "@playwright/test";
import { glance, look } from "./look";
import { codeOf, leave, makeStaff, signIn, signUp, someone } from "./people";

test("a second factor is set up, asked for at sign-in, given new codes, and removed", async ({ page }) => {
  const who = someone("factor");
  await signUp(page, who);
  await page.goto("/app/settings");
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const dialog = page.getByRole("dialog");
  const secret = (await dialog.locator("code").textContent()) ?? "";
  await expect(dialog.getByRole("img")).toBeVisible();
  await dialog.getByLabel("Code").fill("000000");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await dialog.getByLabel("Code").fill(codeOf(secret));
  await glance(page, "second-factor-set-up");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  const [first, second, third] = await dialog.getByRole("listitem").allTextContents();
  await glance(page, "backup-codes");
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText(/backup codes? left/)).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).first().click();

  await signIn(page, who);
  await expect(page).toHaveURL(/\/second-factor/);
  await page.goto("/app/accounts");
  await expect(page, "no page without the second factor").toHaveURL(/\/second-factor/);
  await glance(page, "second-factor");
  await page.getByLabel("Code").fill(first ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();

  await page.goto("/app/settings");
  await page.getByRole("button", { name: "New backup codes" }).click();
  await dialog.getByLabel("Code").fill(second ?? "");
  await dialog.getByRole("button", { name: "New backup codes" }).click();
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  const [fresh] = await dialog.getByRole("listitem").allTextContents();
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("button", { name: "Remove the second factor" }).click();
  await dialog.getByLabel("Code").fill(third ?? "");
  await dialog.getByRole("button", { name: "Remove the second factor" }).click();
  await expect(dialog.getByRole("alert"), "the old codes have ended").toBeVisible();
  await dialog.getByLabel("Code").fill(fresh ?? "");
  await glance(page, "second-factor-remove");
  await dialog.getByRole("button", { name: "Remove the second factor" }).click();
  await expect(page.getByText("Not set up")).toBeVisible();
  await leave(page, who);
});

test("a new password is asked for with the one up to now", async ({ page }) => {
  const who = someone("renews");
  await signUp(page, who);
  await page.goto("/app/settings");
  await page.getByRole("link", { name: "Change password" }).click();
  const renewed = { ...who, password: `${who.password} renewed` };
  const save = async (present: string) => {
    await page.getByLabel("Current password").fill(present);
    await page.getByLabel("New password").fill(renewed.password);
    await page.getByRole("button", { name: "Save password" }).click();
  };
  await save("not the password");
  await expect(page.locator("main").getByRole("alert")).toContainText("This is not your password");
  await glance(page, "reset-wrong-password");
  await save(who.password);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await leave(page, renewed);
});

test("tokens are made, work, and end; data is taken along; and a person leaves for good", async ({ page }) => {
  const who = someone("leaver");
  await signUp(page, who);
  await page.goto("/app/settings");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New token" }).click();
  await dialog.getByLabel("What it is for").fill("my spreadsheet");
  await glance(page, "token-new");
  await dialog.getByRole("button", { name: "New token" }).click();
  const token = (await dialog.locator("code").first().textContent()) ?? "";
  expect(token.length).toBeGreaterThan(20);
  expect(await program(token), "a program reads its owner's copiers").toBe(200);
  await glance(page, "token-once");
  await dialog.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByText("my spreadsheet")).toBeVisible();
  await look(page, "settings-filled");
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByText("my spreadsheet")).toHaveCount(0);
  expect(await program(token), "a removed token opens nothing").toBe(401);

  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download my data" }).click();
  expect((await waiting).suggestedFilename()).toBe("lockstep-export.json");

  await leave(page, who, () => glance(page, "leave-question"));
  await signIn(page, who);
  await expect(page.locator("main").getByRole("alert")).toContainText("do not belong together");
});

test("support finds a person, says why, and shuts them out until they are let in again", async ({ page, browser }) => {
  const [staff, who] = [someone("support"), someone("found")];
  const elsewhere = await (await browser.newContext()).newPage();
  await signUp(elsewhere, who);
  await signUp(page, staff);
  await page.goto("/staff");
  await expect(page.getByRole("heading", { name: "Support" }), "support is not for everybody").toHaveCount(0);
  makeStaff(staff);
  await page.goto("/staff");
  await page.getByLabel("E-mail, login or ticket").fill(who.email);
  const found = page.getByRole("link", { name: who.email });
  await expect(found.first()).toBeVisible();
  await glance(page, "staff");
  await found.first().click();
  await act(page, "Suspend person", "they asked for it", "staff-suspend-question");
  await expect(page.getByText("This person is suspended")).toBeVisible();
  await expect(page.locator("main")).toContainText("they asked for it");
  await look(page, "staff-user");
  await elsewhere.goto("/app/accounts");
  await expect(elsewhere.getByRole("heading", { name: "Your account is suspended" })).toBeVisible();
  await glance(elsewhere, "suspended");
  await act(page, "Let in again", "all is settled");
  await expect(page.getByText("This person is suspended")).toHaveCount(0);
  await elsewhere.goto("/app/activity");
  await expect(elsewhere.locator("main")).toContainText("they asked for it");
  await leave(elsewhere, who);
  await leave(page, staff);
});

async function act(page: Page, what: string, why: string, picture?: string): Promise<void> {
  await page.getByRole("button", { name: what }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(why);
  if (picture) await glance(page, picture);
  await dialog.getByRole("button", { name: what }).click();
  await expect(dialog).toHaveCount(0);
}

/** What the site answers to a program that has nothing but a token. */
async function program(token: string): Promise<number> {
  const site = process.env.LOCKSTEP_SITE_URL ?? "http://127.0.0.1:3000";
  return (await fetch(`${site}/api/v1/copiers`, { headers: { authorization: `Bearer ${token}` } })).status;
}
