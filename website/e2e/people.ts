import { execFileSync } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { linkOf, newestMail } from "./stack";

export interface Someone {
  readonly email: string;
  readonly password: string;
}

export const someone = (prefix: string): Someone => ({
  email: `${prefix}-${randomBytes(5).toString("hex")}@example.com`,
  password: randomBytes(12).toString("base64url"),
});

/** Types the form and sends it. */
export async function askToSignUp(page: Page, who: Someone): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("New password").fill(who.password);
  await page.getByRole("button", { name: "Create account" }).click();
}

/** Opens a mail's link and presses its button: opening alone signs nobody in. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Signs up and follows the link in the mail, where there is one. */
export async function signUp(page: Page, who: Someone): Promise<void> {
  await askToSignUp(page, who);
  await expect(page).toHaveURL(/\/(app|check-mail)$/);
  if (page.url().endsWith("/check-mail")) await follow(page, linkOf(await newestMail(who.email)).path);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

export async function signIn(page: Page, who: Someone): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Sets a second factor up for the signed-in person, and returns its backup codes. */
export async function setUpFactor(page: Page): Promise<readonly string[]> {
  await page.goto("/app/settings");
  await page.getByRole("button", { name: "Set up an authenticator app" }).click();
  const dialog = page.getByRole("dialog");
  const secret = (await dialog.locator("code").textContent()) ?? "";
  await dialog.getByLabel("Code").fill(codeOf(secret));
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByRole("listitem").first()).toBeVisible();
  const codes = await dialog.getByRole("listitem").allTextContents();
  await dialog.getByRole("button", { name: "I have kept them" }).click();
  return codes;
}

/** Deletes the signed-in person by the site's own question; `seen` looks at the question, `proof` is a backup code. */
export async function leave(page: Page, who: Someone, seen?: () => Promise<void>, proof?: string): Promise<void> {
  await page.goto("/app/settings");
  await page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(`Type ${who.email} to confirm`).fill(who.email);
  const code = dialog.getByLabel("Code of your second factor");
  await expect(code.or(dialog.getByLabel("Your Lockstep password"))).toBeVisible();
  if (await code.isVisible()) await code.fill(proof ?? "");
  else await dialog.getByLabel("Your Lockstep password").fill(who.password);
  await seen?.();
  await dialog.getByRole("button", { name: /Delete/ }).click();
  await expect(page).not.toHaveURL(/\/app/);
}

/** What nobody can do on the website: makes a person one of support. `LOCKSTEP_OWNER_SQL` is a command that reads SQL. */
export function makeStaff(who: Someone): void {
  const command = process.env.LOCKSTEP_OWNER_SQL;
  if (!command) throw new Error("LOCKSTEP_OWNER_SQL is missing: who makes somebody support?");
  const input = `insert into private.staff (user_id) select id from auth.users where email = '${who.email}';\n`;
  execFileSync("bash", ["-c", command], { input });
}

const STEP_S = 30;

/** What an authenticator app shows now for a secret in base32. */
export function codeOf(secret: string): string {
  const bits = [...secret.replace(/[\s=]/g, "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_S)));
  const digest = createHmac("sha1", key).update(step).digest();
  const at = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
