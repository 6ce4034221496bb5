import { expect, type Page } from "@playwright/test";
import * as stack from "./stack";

const READY_MS = 180_000;

/** Adds an account by the form, and waits until its page shows how it connects. `seen` looks at the pages on the way. */
export async function addAccount(
  page: Page,
  role: "Master" | "Slave",
  account: stack.Login,
  label: string,
  seen?: (name: string) => Promise<void>,
): Promise<void> {
  await page.goto("/app/accounts/new");
  await page.getByText(role, { exact: true }).click();
  await page.getByLabel("Server").fill(stack.SERVER);
  await page.getByLabel("Login").fill(String(account.login));
  await page.getByLabel("Password").fill(account.password);
  await page.getByLabel("Name").fill(label);
  await seen?.("account-new");
  await page.getByRole("button", { name: "Seal and connect" }).click();
  await expect(page.getByRole("heading", { name: label })).toBeVisible();
  await expect(page.getByRole("list", { name: "Steps of the connection" })).toBeVisible();
  await seen?.("account-connecting");
}

/** Waits in the list until an account's terminal is connected. */
export async function inStep(page: Page, label: string, timeout = READY_MS): Promise<void> {
  await page.goto("/app/accounts");
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: label, exact: true }) });
  await expect(row.getByText("Connected", { exact: true })).toBeVisible({ timeout });
}
