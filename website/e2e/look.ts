import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const FOLDER = resolve(import.meta.dirname, "../../build/screens");
const SIZES = { desktop: { width: 1360, height: 860 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ["light", "dark"] as const;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

type Size = keyof typeof SIZES;
type Scheme = (typeof SCHEMES)[number];
/** Each size and each scheme once: colours do not depend on the size. */
const isJudged = (size: Size, scheme: Scheme): boolean => (size === "desktop") === (scheme === "light");

/** A page as it is now in both sizes and both schemes: kept as pictures, each free of accessibility faults. */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const size of ["desktop", "phone"] as const) {
    await page.setViewportSize(SIZES[size]);
    for (const scheme of SCHEMES) await see(page, name, size, scheme);
  }
  await asBefore(page);
}

/** The same in one picture of each size, each in its own scheme: for pages that hold next to nothing. */
export async function glance(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [size, scheme] of [
    ["desktop", "light"],
    ["phone", "dark"],
  ] as const) {
    await page.setViewportSize(SIZES[size]);
    await see(page, name, size, scheme);
  }
  await asBefore(page);
}

async function see(page: Page, name: string, size: Size, scheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: `${FOLDER}/${name}-${size}-${scheme}.png`, fullPage: true });
  if (!isJudged(size, scheme)) return;
  const where = `${name}, ${size}, ${scheme}`;
  const found = await new AxeBuilder({ page }).withTags(RULES).analyze();
  const faults = found.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
  );
  expect.soft(faults, where).toEqual([]);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(over, `${where}: wider than the screen`).toBeLessThanOrEqual(0);
}

async function asBefore(page: Page): Promise<void> {
  await page.setViewportSize(SIZES.desktop);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
}
