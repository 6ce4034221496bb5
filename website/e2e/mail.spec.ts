import { expect, type Page, test } from "@playwright/test";
import { glance } from "./look";
import { askToSignUp, follow, leave, type Someone, setUpFactor, signIn, signUp, someone } from "./people";
import { linkOf, mails, newestMail } from "./stack";

const overview = (page: Page) => page.getByRole("heading", { name: "Overview" });
const ended = (page: Page) => page.getByRole("heading", { name: "This link has expired" });

async function forget(page: Page, who: Someone): Promise<void> {
  await page.goto("/forgot");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page).toHaveURL(/\/check-mail$/);
}

test("who signs up is let in by the link in the mail, once", async ({ page, browser }) => {
  const who = someone("mail");
  await askToSignUp(page, who);
  await expect(page).toHaveURL(/\/check-mail$/);
  await expect(page.locator("main")).toContainText(who.email);
  await glance(page, "check-mail");
  await page.goto("/app");
  await expect(page, "nobody is in before the link was opened").toHaveURL(/\/sign-in/);
  await signIn(page, who);
  await expect(page.locator("main").getByRole("alert")).toContainText("Confirm your e-mail first");
  await page.getByRole("link", { name: "Send it again" }).click();
  await expect(page).toHaveURL(/\/check-mail$/);

  const mail = await newestMail(who.email);
  const { url, path } = linkOf(mail);
  expect(mail.subject).toBe("Confirm your e-mail");
  expect([url.pathname, url.searchParams.get("type")]).toEqual(["/confirm", "signup"]);
  await page.goto(path);
  await expect(page.getByRole("button", { name: "Continue" })).toBeVisible();
  await glance(page, "confirm");
  expect((await page.request.get(path)).ok(), "what a scanner of mail does").toBe(true);
  await page.goto("/app");
  await expect(page, "opening the link signs nobody in").toHaveURL(/\/sign-in/);
  await follow(page, path);
  await expect(overview(page)).toBeVisible();

  const stranger = await (await browser.newContext()).newPage();
  await follow(stranger, path);
  await expect(ended(stranger)).toBeVisible();
  await glance(stranger, "link-ended");
  await stranger.goto("/app");
  await expect(stranger, "the link let nobody in again").toHaveURL(/\/sign-in/);
  await stranger.close();
  await leave(page, who);
});

test("the mail is sent again to who has not confirmed yet, from both pages that offer it", async ({ page }) => {
  const who = someone("again");
  await askToSignUp(page, who);
  await newestMail(who.email);
  await page.getByRole("button", { name: "Send it again" }).click();
  await expect(page.locator("main").getByRole("status")).toContainText("Sent again");
  await glance(page, "check-mail-sent-again");
  const second = linkOf(await newestMail(who.email, 2));
  await follow(page, "/confirm?token_hash=0123456789&type=signup");
  await expect(ended(page)).toBeVisible();
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page).toHaveURL(/\/check-mail$/);
  const third = linkOf(await newestMail(who.email, 3));
  await follow(page, second.path);
  await expect(ended(page), "only the newest of them works").toBeVisible();
  await follow(page, third.path);
  await expect(overview(page)).toBeVisible();
  await leave(page, who);
});

test("a forgotten password is replaced by way of the mail, and whoever else was signed in is out", async ({
  page,
  browser,
}) => {
  const who = someone("forgot");
  const elsewhere = await (await browser.newContext()).newPage();
  await signUp(elsewhere, who);
  const before = (await mails(who.email)).length;
  await forget(page, who);
  await glance(page, "check-mail-recovery");
  const mail = await newestMail(who.email, before + 1);
  const { url, path } = linkOf(mail);
  expect(mail.subject).toBe("Choose a new password");
  expect([url.pathname, url.searchParams.get("type")]).toEqual(["/confirm", "recovery"]);
  await follow(page, path);
  await expect(page).toHaveURL(/\/reset$/);
  await glance(page, "reset");
  const renewed = { ...who, password: `${who.password} renewed` };
  await page.getByLabel("New password").fill(renewed.password);
  await page.getByRole("button", { name: "Save password" }).click();
  await expect(overview(page)).toBeVisible();
  await elsewhere.goto("/app/accounts");
  await expect(elsewhere, "the session from before has ended").toHaveURL(/\/sign-in/);
  await elsewhere.close();

  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, who);
  await expect(page.locator("main").getByRole("alert"), "the old password").toContainText("do not belong together");
  await follow(page, path);
  await expect(ended(page)).toBeVisible();
  await expect(page.locator("main")).toContainText("choose another password");
  await glance(page, "link-ended-recovery");
  await signIn(page, renewed);
  await expect(overview(page)).toBeVisible();
  await leave(page, renewed);
});

test("with a second factor a link in a mail alone sets no password, and wrong codes are paused", async ({
  page,
  browser,
}) => {
  const who = someone("factor-reset");
  await signUp(page, who);
  const [first, second] = await setUpFactor(page);
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await expect(page).toHaveURL(/\/sign-in/);
  const before = (await mails(who.email)).length;
  await forget(page, who);
  await follow(page, linkOf(await newestMail(who.email, before + 1)).path);
  await expect(page).toHaveURL(/\/reset$/);
  await glance(page, "reset-second-factor");
  const renewed = { ...who, password: `${who.password} renewed` };
  const save = async (code: string) => {
    await page.getByLabel("New password").fill(renewed.password);
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Save password" }).click();
  };
  await save("000000");
  await expect(page.locator("main").getByRole("alert")).toContainText("This code is wrong");
  await glance(page, "reset-wrong-code");
  await save(first ?? "");
  await expect(overview(page), "the code also lets this session in").toBeVisible();

  const thief = await (await browser.newContext()).newPage();
  await signIn(thief, renewed);
  await expect(thief).toHaveURL(/\/second-factor/);
  for (let tries = 0; tries < 6; tries += 1) {
    await thief.getByLabel("Code").fill(`00000${tries}`);
    const answered = thief.waitForResponse(/second-factor\/verify/);
    await thief.getByRole("button", { name: "Continue" }).click();
    await answered;
  }
  await expect(thief.getByRole("alert").first()).toContainText(/Try again in \d+ seconds/);
  await glance(thief, "second-factor-paused");
  await thief.close();

  await page.goto("/app/alerts");
  await expect(page.locator("main")).toContainText("Somebody entered wrong codes");
  await expect(page.locator("main")).toContainText("Your password was changed");
  await glance(page, "alerts-login");
  await page.goto("/app/settings");
  await expect(page.getByText("9 backup codes left")).toBeVisible();
  // No code is compared before the pause after the wrong ones is over.
  await expect(() => leave(page, renewed, undefined, second)).toPass({ timeout: 180_000, intervals: [20_000] });
});

test("another address is asked for with the password and a code, and counts once its link was opened", async ({
  page,
}) => {
  const who = someone("moves");
  await signUp(page, who);
  const [first, second, third] = await setUpFactor(page);
  await page.goto("/app/settings");
  await page.getByRole("link", { name: "Change e-mail" }).click();
  await expect(page.locator("main")).toContainText(who.email);
  const moved = { ...who, email: someone("moved").email };
  const ask = async (password: string, code: string) => {
    await page.getByLabel("New e-mail").fill(moved.email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Send the links" }).click();
  };
  await ask("not the password", first ?? "");
  await expect(page.locator("main").getByRole("alert")).toContainText("This is not your password");
  await glance(page, "change-email-wrong-password");
  await ask(who.password, "000000");
  await expect(page.locator("main").getByRole("alert")).toContainText("This code is wrong");
  expect(await mails(moved.email)).toEqual([]);
  await ask(who.password, first ?? "");
  await expect(page.locator("main").getByRole("status")).toContainText("Check both mailboxes");
  await glance(page, "change-email-sent");

  const mail = await newestMail(moved.email);
  const { url, path } = linkOf(mail);
  expect(mail.subject).toBe("Confirm your new e-mail address");
  expect([url.pathname, url.searchParams.get("type")]).toEqual(["/confirm", "email_change"]);
  await page.goto(path);
  await expect(page.locator("main")).toContainText("the e-mail address you sign in with is changed");
  await glance(page, "confirm-email-change");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page, "the link begins a session that has shown no code").toHaveURL(/\/second-factor/);
  await page.getByLabel("Code").fill(second ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(overview(page)).toBeVisible();
  await page.goto("/app/alerts");
  await expect(page.locator("main")).toContainText("Your e-mail address was changed");
  await leave(page, moved, undefined, third);
});

test("whether an address is known is not told", async ({ page }) => {
  const nobody = someone("nobody");
  await forget(page, nobody);
  await page.getByRole("button", { name: "Send it again" }).click();
  await expect(page.locator("main").getByRole("status")).toContainText("Sent again");
  expect(await mails(nobody.email)).toEqual([]);
});
