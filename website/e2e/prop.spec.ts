import { type Browser, expect, type Page, test } from "@playwright/test";
import { addAccount, inStep } from "./accounts";
import { glance, look } from "./look";
import { leave, makeStaff, type Someone, signUp, someone } from "./people";
import * as stack from "./stack";

const SLAVES = Array.from({ length: 11 }, (_, index) => `Funded ${index + 1}`);
const ALL = `${SLAVES.length} of ${SLAVES.length}`;
/** Terminals of one server log in by turns: twelve of them take their time. */
const ALL_READY_MS = 900_000;
/** From the word STOP until nothing is open on any account. */
const STOPPED_MS = 30_000;
const LOCKED_MS = 120_000;

test("a prop trader links twelve accounts in one form, locks one by its firm's limits, and stops them all", async ({
  page,
  browser,
}) => {
  const who = someone("prop");
  const lead = await stack.brokerAccount();
  const funded = await Promise.all(SLAVES.map(() => stack.brokerAccount()));
  const slaves = funded.map(({ login }) => login);
  const held = async () => (await Promise.all(slaves.map((login) => stack.positions(login)))).map((all) => all.length);
  await signUp(page, who);
  try {
    await addAccount(page, "Master", lead, "Lead");
    for (const [index, label] of SLAVES.entries()) await addAccount(page, "Slave", funded[index] as stack.Login, label);
    for (const label of ["Lead", ...SLAVES]) await inStep(page, label, ALL_READY_MS);
    await groups(page);
    await findsInOrder(page);
    await linksAll(page);

    const tickets = [await copiedToAll(page, lead.login, held), await stack.open(lead.login, "EURUSD", "sell", "1.00")];
    await expect.poll(held).toEqual(SLAVES.map(() => 2));
    await page.goto("/app/flow");
    await expect(page.getByRole("link", { name: `Funded ${SLAVES.length}` }).first()).toBeVisible();
    await look(page, "prop-flow");
    await page.goto("/app");
    await expect(page.getByText("Every account is connected")).toBeVisible();
    await look(page, "prop-overview");

    await locks(page, slaves[0] as number);
    await expect.poll(async () => (await held())[0], "its copies are closed at its limit").toBe(0);
    expect((await held()).slice(1), "the others go on").toEqual(SLAVES.slice(1).map(() => 2));
    await stopsAll(page);
    await expect.poll(held, { timeout: STOPPED_MS }).toEqual(SLAVES.map(() => 0));
    expect(await stack.positions(lead.login), "the master keeps what is open").toHaveLength(2);
    const skipped = await stack.open(lead.login, "EURUSD", "buy", "0.30");
    await page.goto(`/app/trades?ticket=${skipped}`);
    await expect(page.getByRole("row").filter({ hasText: String(skipped) })).toHaveCount(SLAVES.length);
    await support(browser, who, String(tickets[0]), String(skipped));
  } catch (error) {
    // The first failure is reported, even if tidying up fails, too.
    await leave(page, who).catch(() => undefined);
    throw error;
  }
  await leave(page, who);
});

/** Puts all funded accounts into one group at once, and keeps the view of it. */
async function groups(page: Page): Promise<void> {
  await page.goto("/app/accounts?q=funded");
  await expect(page.getByRole("row").filter({ hasText: "Funded" })).toHaveCount(SLAVES.length);
  await page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
  await page.getByRole("button", { name: "Groups", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Add to groups").fill("FTMO, phase 2");
  await glance(page, "prop-groups-question");
  await dialog.getByRole("button", { name: "Groups" }).click();
  await expect(page.getByRole("row").filter({ hasText: "FTMO" })).toHaveCount(SLAVES.length);
}

/** What is searched, filtered and ordered by is in the address, and the view can be kept under a name. */
async function findsInOrder(page: Page): Promise<void> {
  await page.goto("/app/accounts");
  await page.getByLabel("Group", { exact: true }).selectOption("FTMO");
  await page.getByRole("button", { name: "Name", exact: true }).click();
  await expect(page).toHaveURL(/tag=FTMO/);
  await expect(page).toHaveURL(/sort=label/);
  const names = page.getByRole("rowheader");
  await expect(names.nth(1)).toContainText("Funded 2");
  await expect(names.nth(9), "ten comes after nine").toContainText("Funded 10");
  await page.getByRole("button", { name: "Save this view" }).click();
  await page.getByRole("dialog").getByLabel("Name of the view").fill("Funded ones");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Saved views")).toHaveValue("Funded ones");
  await look(page, "prop-accounts");
}

/** One master, eleven slaves, one form. */
async function linksAll(page: Page): Promise<void> {
  await page.goto("/app/copiers/new");
  await page.getByRole("button", { name: "FTMO", exact: true }).click();
  await expect(page.getByText(ALL, { exact: true })).toBeVisible();
  await page.getByText("Mirror", { exact: true }).click();
  await look(page, "prop-link");
  await page.getByRole("button", { name: "Link and start copying" }).click();
  await expect(page).toHaveURL(/\/app\/copiers\?master=/);
  await expect(page.getByRole("row").filter({ hasText: "Funded" })).toHaveCount(SLAVES.length);
  await look(page, "prop-copiers");
}

/** Trades until all slaves have the copy: copiers reach the router's plan within moments of their rows. */
async function copiedToAll(page: Page, master: number, held: () => Promise<readonly number[]>): Promise<number> {
  await page.goto("/app/trades");
  for (let attempt = 0; attempt < 10; attempt++) {
    const ticket = await stack.open(master, "EURUSD", "buy", "1.00");
    const rows = page.getByRole("row").filter({ hasText: String(ticket) });
    const isEverywhere = await expect(rows.getByText("Open", { exact: true }))
      .toHaveCount(SLAVES.length, { timeout: 15_000 })
      .then(
        () => true,
        () => false,
      );
    if (isEverywhere) {
      await look(page, "prop-trades");
      return ticket;
    }
    await stack.close(master, ticket);
    await expect.poll(held).toEqual(SLAVES.map(() => 0));
  }
  throw new Error("no trade was copied to all slaves");
}

/**
 * A firm's limits are filled in with their source and date. The account began with 1,000, so that a day may lose 50. Its
 * broker books a commission of twice that: the open copies are closed, and nobody can let the account go on.
 */
async function locks(page: Page, slave: number): Promise<void> {
  await page.goto("/app/copiers?sort=way");
  await page.getByRole("link", { name: /Funded 1$/ }).click();
  await expect(page.getByRole("heading", { name: "Rules" })).toBeVisible();
  const copier = page.url();
  await page.goto(`${copier}#guards.profile`);
  await page.locator("[id='guards.profile-control']").selectOption("ftmo_2_step_v1");
  await expect(page.getByText(/Version 1, from academy.ftmo.com, read in 20\d\d-\d\d/)).toBeVisible();
  await expect(page.getByText(/All accounts of one person together/), "the firm's policy on copiers").toBeVisible();
  await page.getByRole("button", { name: "Fill in its limits" }).click();
  await page.locator("[id='guards.initial_balance-control']").fill("1000");
  await look(page, "prop-preset");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByText("Not saved yet")).toHaveCount(0);
  // A cost that is booked before the router has the new rules is no loss to them yet.
  await expect(async () => {
    await stack.charge(slave, 100);
    await expect(page.getByText(/Locked until .* Nobody can undo this earlier\./)).toBeVisible({ timeout: 15_000 });
  }).toPass({ timeout: LOCKED_MS });
  await expect(page.getByRole("button", { name: "Resume copying" })).toHaveCount(0);
  await look(page, "prop-locked");
  await page.goto("/app");
  await expect(page.getByText(/1 copier stopped by a guard/)).toBeVisible();
}

/** One word stops every copier and closes every copy. */
async function stopsAll(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Stop all" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Close everything", { exact: true }).first().click();
  await expect(dialog.getByText(`${SLAVES.length} copiers are affected`, { exact: false })).toBeVisible();
  await dialog.getByLabel(/Type STOP/).fill("STOP");
  await look(page, "prop-stop-question");
  await dialog.getByRole("button", { name: "Close everything" }).click();
  await expect(dialog.getByText(`${ALL} copiers have no open copy left.`)).toBeVisible();
  await expect(dialog.getByText(`${SLAVES.length} copiers open nothing more.`)).toBeVisible();
  await look(page, "prop-stopped");
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.goto("/app/copiers");
  await expect(page.getByRole("row").filter({ hasText: "Close only" })).not.toHaveCount(0);
  await page.goto("/app/activity");
  await expect(page.getByRole("row").filter({ hasText: "Stopped: close everything" })).not.toHaveCount(0);
}

/** A customer names a ticket. Support finds all its copies by it, whose they are, and why a trade was not copied. */
async function support(browser: Browser, customer: Someone, copied: string, skipped: string): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  const staff = someone("from-ticket");
  await signUp(page, staff);
  makeStaff(staff);
  await page.goto("/staff");
  await page.getByLabel("E-mail, login or ticket").fill(copied);
  const copies = page.getByRole("heading", { name: /Copies of this ticket \(\d+\)/ });
  await expect(copies).toHaveText(`Copies of this ticket (${SLAVES.length})`);
  await expect(page.locator("main")).toContainText(customer.email);
  await look(page, "staff-ticket");
  await page.getByLabel("E-mail, login or ticket").fill(skipped);
  await expect(page.locator("main")).toContainText("This copier only closes what it has open.");
  await page
    .getByRole("link", { name: /\d{8}\s+\d{8}/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { name: "Copiers and their rules" })).toBeVisible();
  await expect(page.locator("main")).toContainText("This copier only closes what it has open.");
  const setting = page
    .locator("main")
    .getByRole("link", { name: /^Setting: / })
    .first();
  await setting.click();
  await expect(page, "the setting is on this very page").toHaveURL(/\/staff\/accounts\/[0-9a-f-]{36}#/);
  await expect(page.locator(":target")).toBeVisible();
  await expect(page.getByText("You", { exact: true }), "what the customer did is not the reader's").toHaveCount(0);
  await look(page, "staff-from-ticket");
  await leave(page, staff);
  await page.close();
}
