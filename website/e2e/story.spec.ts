import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { addAccount, inStep } from "./accounts";
import { glance, look } from "./look";
import { leave, makeStaff, type Someone, signUp, someone } from "./people";
import * as stack from "./stack";

/** `max_signal_age_ms` as it is unless somebody sets it. */
const MAX_SIGNAL_AGE_MS = 5_000;

test("from signing up to a copied trade, a skipped one explained, pause and remove", async ({ page }) => {
  const [master, slave] = [await stack.brokerAccount(), await stack.brokerAccount()];
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.postData() ?? ""));

  const who = someone("story");
  await signUp(page, who);
  await expect(page.getByText("Until the first copied trade")).toBeVisible();
  await look(page, "first-steps");
  for (const [path, name] of [
    ["accounts", "accounts-empty"],
    ["copiers", "copiers-empty"],
    ["trades", "trades-empty"],
    ["positions", "positions-empty"],
    ["skipped", "skipped-empty"],
    ["alerts", "alerts-empty"],
    ["out-of-sync", "out-of-sync-empty"],
    ["statistics", "statistics-empty"],
  ] as const) {
    await page.goto(`/app/${path}`);
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    await glance(page, name);
  }

  try {
    await addAccount(page, "Master", master, "My master", (name) => look(page, name));
    await addAccount(page, "Slave", slave, "My slave");
    await inStep(page, "My master");
    await inStep(page, "My slave");
    expect(requests.some((body) => body.includes(master.password) || body.includes(slave.password))).toBe(false);
    await look(page, "accounts");
    await page.getByRole("link", { name: "My slave" }).click();
    await expect(page.getByText("In step")).toBeVisible();
    await expect(page.getByText(/First price/)).toContainText("EURUSD");
    await look(page, "account");
    await page.getByText("Close only", { exact: true }).click();
    await glance(page, "account-mode-question");
    await page.getByRole("dialog").getByRole("button", { name: "Close only" }).click();
    await expect(page.getByText("Nothing new is opened; what is open is still followed and closed.")).toBeVisible();
    await page.getByText("On", { exact: true }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Switch on" }).click();
    await expect(page.getByText("Its copiers decide.")).toBeVisible();

    await page.goto("/app/copiers/new");
    await expect(page.getByLabel("Copy the trades of")).toBeVisible();
    await page.getByText("Prop-firm safe", { exact: true }).click();
    await look(page, "copier-new");
    await page.getByText("Mirror", { exact: true }).click();
    await page.getByRole("button", { name: "Link and start copying" }).click();
    await expect(page.getByRole("heading", { name: "Rules" })).toBeVisible();
    await page.locator("[id='sentence.sizing.factor']").fill("0.5");
    await page.locator("details").evaluateAll((all) => {
      for (const one of all) one.setAttribute("open", "");
    });
    await look(page, "copier-draft");
    await comesBack(page);
    await page.getByRole("button", { name: "Save rules" }).click();
    await expect(page.getByText("0.5 × the master's lots.")).toBeVisible();
    const copier = page.url();
    await keepsRules(page);
    await duplicates(page, copier);

    await page.goto("/app/trades");
    await expect(page.getByText("Live", { exact: true }).first()).toBeVisible();
    const ticket = await copied(page, master.login, slave.login);
    const row = page.getByRole("row").filter({ hasText: String(ticket) });
    await expect(row).toContainText("0.50");
    await look(page, "trades");
    await row.getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "From the master's trade to the slave's order" })).toBeVisible();
    await expect(page.getByText("Router’s decision")).toBeVisible();
    await look(page, "trade");
    const trade = page.url();
    await page.goto("/app/positions");
    await expect(page.getByRole("row").filter({ hasText: "My master" })).toContainText("1.00");
    await expect(page.getByRole("row").filter({ hasText: "My slave" })).toContainText("0.50");
    await look(page, "positions");
    await page.goto(trade);
    await stack.close(master.login, ticket);
    await expect.poll(() => stack.positions(slave.login)).toHaveLength(0);
    await expect(page.locator("main header").getByText("Closed", { exact: true })).toBeVisible();

    await closesOnly(page, copier, true);
    const skipped = await skippedTrade(page, master.login, "0.30");
    await look(page, "skipped");
    await copyNowAndClose(page, copier, slave.login);
    await stack.close(master.login, skipped);
    await closeAll(page, copier, master.login, slave.login);
    await guarded(page, copier);
    await closesOnly(page, copier, false);
    await stack.close(master.login, await skippedTrade(page, master.login, "0.70"));
    await page.goto("/app");
    await expect(page.getByRole("heading", { name: "Equity and drawdown" })).toBeVisible();
    await look(page, "overview");
    await asksBeforeStopping(page);
    for (const place of ["statistics", "activity", "alerts", "settings"]) {
      await page.goto(`/app/${place}`);
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      await expect(page.locator("main .breathe"), "nothing is on its way").toHaveCount(0);
      await look(page, place);
    }
    await expect(page.getByText("This browser"), "the sessions are listed").toBeVisible();
    await jumps(page, slave.login, ticket);
    await takesAway(page);
    await inArabic(page, { overview: "/app", copier, trade, statistics: "/app/statistics", accounts: "/app/accounts" });
    await support(page, who, slave.login);
    await suppliesNews(page, copier);

    await page.goto("/app/accounts");
    await page.getByRole("link", { name: "My slave" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await expect(page.getByText("Paused")).toBeVisible();
  } catch (error) {
    // The first failure is reported, even if tidying up fails, too.
    await tidy(page, who).catch(() => undefined);
    throw error;
  }
  await tidy(page, who);
});

async function tidy(page: Page, who: Someone): Promise<void> {
  await removeAll(page);
  await leave(page, who);
}

/** Saves the rules as a template, which is then found, renamed, used and deleted. */
async function keepsRules(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Save as template" }).click();
  await dialog.getByLabel("Name").fill("Half, as always");
  await glance(page, "template-save");
  await dialog.getByRole("button", { name: "Save as template" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved as “Half, as always”" })).toBeVisible();
  await page.goto("/app/copiers");
  const row = page.getByRole("row").filter({ hasText: "Half, as always" });
  await expect(row).toContainText("0.5 × the master's lots.");
  await row.getByRole("button", { name: "Rename" }).click();
  await dialog.getByLabel("Name").fill("Half size, mine");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Half size, mine" })).toBeVisible();
  await look(page, "copiers");
  await page.getByRole("link", { name: "Link with it" }).click();
  await expect(page.getByRole("radio", { name: "Half size, mine" })).toBeChecked();
  await expect(page.locator("main")).toContainText("0.5 × the master's lots.");
  await page.goto("/app/copiers");
  await page.getByRole("button", { name: "Delete: Half size, mine" }).click();
  await glance(page, "template-delete-question");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Your templates")).toHaveCount(0);
}

/** A copier's rules are what another begins with. */
async function duplicates(page: Page, copier: string): Promise<void> {
  await page.goto(copier);
  await page.getByRole("link", { name: "Duplicate" }).click();
  await expect(page.getByLabel("The rules of one of my copiers")).toHaveValue(copier.split("/").at(-1) ?? "");
  await expect(page.locator("main")).toContainText("All rules as those of the copier you chose.");
}

/** Two open copies are closed at once, after a question that says what it means for money. */
async function closeAll(page: Page, copier: string, master: number, slave: number): Promise<void> {
  const tickets = [
    await stack.open(master, "EURUSD", "buy", "0.20"),
    await stack.open(master, "EURUSD", "sell", "0.40"),
  ];
  await expect.poll(() => stack.positions(slave)).toHaveLength(2);
  await page.goto(copier);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Close all copies" }).click();
  await expect(dialog).toContainText("Every copy of this copier that is open is closed at the market price.");
  await expect(dialog).toContainText("What the master opens afterwards is copied as before.");
  await look(page, "close-all-question");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await stack.positions(slave), "nothing is closed by asking").toHaveLength(2);
  await page.getByRole("button", { name: "Close all copies" }).click();
  await dialog.getByRole("button", { name: "Close all copies" }).click();
  await expect.poll(() => stack.positions(slave)).toHaveLength(0);
  await expect(page.getByRole("status").filter({ hasText: "Closed" })).toBeVisible();
  expect(await stack.positions(master), "the master keeps what is open").toHaveLength(2);
  for (const ticket of tickets) await stack.close(master, ticket);
}

/** Copies by hand what was skipped, then closes that copy by hand. */
async function copyNowAndClose(page: Page, copier: string, slave: number): Promise<void> {
  await page.getByRole("row").filter({ hasText: "0.30" }).getByRole("link").first().click();
  await expect(page.getByRole("button", { name: "Copy now" })).toBeVisible();
  const trade = page.url();
  // A copier that is switched on copies by itself what is not older than this.
  await page.waitForTimeout(MAX_SIGNAL_AGE_MS);
  await page.goto(copier);
  await page.getByText("On", { exact: true }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.goto(trade);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Copy now" }).click();
  await look(page, "copy-now-question");
  await dialog.getByRole("button", { name: "Copy now" }).click();
  await expect(page.getByRole("button", { name: "Close the copy" })).toBeVisible();
  expect(await stack.positions(slave)).toHaveLength(1);
  await page.getByRole("button", { name: "Close the copy" }).click();
  await glance(page, "close-copy-question");
  await dialog.getByRole("button", { name: "Close the copy" }).click();
  await expect.poll(() => stack.positions(slave)).toHaveLength(0);
  await expect(page.getByRole("status").filter({ hasText: "Closed" })).toBeVisible();
}

/** Who leaves rules unsaved is asked first, and finds them again. */
async function comesBack(page: Page): Promise<void> {
  page.once("dialog", (asked) => asked.accept());
  await page.getByRole("link", { name: "Accounts", exact: true }).first().click();
  await expect(page).toHaveURL(/\/app\/accounts$/);
  await page.goBack();
  await expect(page.getByText("Draft from before, not saved yet")).toBeVisible();
  await expect(page.locator("[id='sentence.sizing.factor']")).toHaveValue("0.5");
}

/** The palette finds an account by its login, a place by its name, a trade by its ticket. */
async function jumps(page: Page, login: number, ticket: number): Promise<void> {
  const field = page.getByRole("dialog").getByRole("combobox");
  await page.keyboard.press("Control+k");
  await field.fill(String(login));
  await expect(page.getByRole("dialog").getByRole("option").first()).toContainText("My slave");
  await look(page, "palette");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "My slave" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await field.fill(String(ticket));
  await page.getByRole("dialog").getByRole("option").filter({ hasText: "EURUSD" }).click();
  await expect(page).toHaveURL(/\/app\/trades\/\d+$/);
  await page.keyboard.press("Control+k");
  await field.fill("skipp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/app\/skipped$/);
}

/** Every table can be saved as a file. */
async function takesAway(page: Page): Promise<void> {
  for (const [place, file, holds] of [
    ["accounts", "lockstep-accounts.csv", "My master"],
    ["copiers", "lockstep-copiers.csv", "My master"],
    ["trades", "lockstep-copies.csv", "EURUSD"],
    ["skipped", "lockstep-copies.csv", "close_only"],
    ["statistics", "lockstep-statistics.csv", "EURUSD"],
    ["activity", "lockstep-activity.csv", "copier_changed"],
  ] as const) {
    await page.goto(`/app/${place}`);
    const waiting = page.waitForEvent("download");
    await page.locator("main").getByText("CSV", { exact: true }).click();
    const saved = await waiting;
    expect(saved.suggestedFilename()).toBe(file);
    expect(readFileSync(await saved.path(), "utf8"), place).toContain(holds);
  }
}

/** The pages that matter most, from right to left. */
async function inArabic(page: Page, places: Readonly<Record<string, string>>): Promise<void> {
  // Of the whole site: by a page's own address it would not hold for the pages above that one.
  const site = new URL("/", page.url()).href;
  await page.context().addCookies([{ name: "locale", value: "ar", url: site }]);
  for (const [name, path] of Object.entries(places)) {
    await page.goto(path);
    await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await glance(page, `${name}-ar`);
  }
  await page.context().addCookies([{ name: "locale", value: "en", url: site }]);
}

/** Support finds the account by its login, sees why trades were skipped and what was written down, and restarts it. */
async function support(page: Page, who: Someone, login: number): Promise<void> {
  makeStaff(who);
  await page.goto("/staff");
  await page.getByLabel("E-mail, login or ticket").fill(String(login));
  await page
    .getByRole("link", { name: new RegExp(String(login)) })
    .first()
    .click();
  await expect(page.locator("main")).toContainText("This copier only closes what it has open.");
  await expect(page.getByText("Order sent").first(), "an excerpt of the journal").toBeVisible();
  await look(page, "staff-account");
}

/**
 * Support uploads a calendar with a line that is none; what news filters keep away from is told where they are edited. Then
 * the news is called off: a calendar that lasts for days would change what others are told.
 */
async function suppliesNews(page: Page, copier: string): Promise<void> {
  const [at, title] = [new Date(Date.now() + 3 * 86_400_000).toISOString(), `Payrolls ${Date.now()}`];
  const file = (status: string, more = "") =>
    `at,currencies,importance,title,id,status\n${at},USD,high,${title},1,${status}\n${more}`;
  await uploads(page, file("", "sometime,USD,high,x,2,\n"), `Because of ${title}`);
  await expect(page.getByRole("status").filter({ hasText: "Uploaded" })).toContainText("1 new");
  await expect(page.getByRole("status").filter({ hasText: "Line 3:" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: `Because of ${title}` })).toBeVisible();
  await look(page, "staff-calendar");
  await page.goto(`${copier}#filters.news_filter`);
  await expect(page.getByText(title)).toBeVisible();
  await look(page, "copier-news");
  await uploads(page, file("cancelled"), `Without ${title}`);
  await expect(page.getByRole("status").filter({ hasText: "Uploaded" })).toContainText("1 removed");
}

async function uploads(page: Page, text: string, reason: string): Promise<void> {
  await page.goto("/staff");
  await page.getByRole("link", { name: "News calendar" }).click();
  await page
    .getByLabel("File", { exact: true })
    .setInputFiles({ name: "news.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.getByLabel("Source").fill("The story");
  await page.getByLabel("Reason").fill(reason);
  await page.getByRole("button", { name: "Upload" }).click();
}

/** A template's guards on the copier, and a rule that cannot be, told at its place. */
async function guarded(page: Page, copier: string): Promise<void> {
  await page.goto(copier);
  await page.getByLabel("Use a template").selectOption({ label: "Prop-firm safe" });
  await page.locator("summary").filter({ hasText: "Limits" }).click();
  await page.locator("[id='limits.max_trade_risk-control']").fill("700");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.locator("[id='limits.max_trade_risk-problem']")).toBeVisible();
  await look(page, "copier-refused");
  await page.locator("[id='limits.max_trade_risk-control']").fill("1");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByRole("heading", { name: "Guards", exact: true })).toBeVisible();
  await look(page, "copier-guards");
}

/** Trades until the first copy: the copier reaches the router's plan within moments of its row. */
async function copied(page: Page, master: number, slave: number): Promise<number> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const ticket = await stack.open(master, "EURUSD", "buy", "1.00");
    const seen = page
      .getByRole("row")
      .filter({ hasText: String(ticket) })
      .getByText("Open", { exact: true });
    if (
      await seen.waitFor({ timeout: 8_000 }).then(
        () => true,
        () => false,
      )
    )
      return ticket;
    await stack.close(master, ticket);
  }
  throw new Error(`no copy was seen; the slave has ${JSON.stringify(await stack.positions(slave))}`);
}

async function closesOnly(page: Page, copier: string, shots: boolean): Promise<void> {
  await page.goto(copier);
  await page.getByText("Close only", { exact: true }).first().click();
  if (shots) await look(page, "copier-mode-question");
  await page.getByRole("dialog").getByRole("button", { name: "Close only" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

async function skippedTrade(page: Page, master: number, lots: string): Promise<number> {
  await page.goto("/app/skipped");
  const ticket = await stack.open(master, "EURUSD", "sell", lots);
  await expect(page.getByRole("row").filter({ hasText: lots })).toContainText(
    "This copier only closes what it has open.",
  );
  await expect(
    page.getByRole("row").filter({ hasText: "1.00" }),
    "what was copied is not among the skipped",
  ).toHaveCount(0);
  return ticket;
}

/** Nothing is stopped before its word is typed. */
async function asksBeforeStopping(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Stop all" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Stop opening" })).toBeDisabled();
  await look(page, "stop-question");
  await dialog.getByLabel(/Type STOP/).fill("stop");
  await expect(dialog.getByRole("button", { name: "Stop opening" })).toBeEnabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toHaveCount(0);
}

/** Removes every account by the site's own question. */
async function removeAll(page: Page): Promise<void> {
  for (const [index, label] of ["My slave", "My master"].entries()) {
    await page.goto("/app/accounts");
    const link = page.getByRole("link", { name: label });
    if (
      !(await link.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      ))
    )
      continue;
    await link.click();
    await page.getByRole("button", { name: "Remove" }).click();
    const dialog = page.getByRole("dialog");
    const login = (await dialog.getByText(/Type \d+ to confirm/).textContent())?.match(/\d+/)?.[0] ?? "";
    await dialog.getByLabel(/Type/).fill(login);
    if (index === 0) await look(page, "account-remove-question");
    await dialog.getByRole("button", { name: "Remove account" }).click();
    await expect(page).toHaveURL(/\/app\/accounts$/);
  }
}
