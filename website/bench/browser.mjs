// How the site feels in a browser: how soon the dashboard shows its largest part, and how soon what a person does is painted.
// Reads {site, email, password, copier, rounds} on standard input, writes samples in ms as JSON.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { signIn } from "./sign-in.mjs";

const SIZE = { width: 1360, height: 860 };
const QUIET_MS = 700;

/** Runs in each page before anything else: keeps what the browser itself measures. */
function observe() {
  const seen = { lcp: 0, shift: 0, waits: new Map() };
  window.__seen = seen;
  const watch = (type, use, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", (entry) => {
    seen.lcp = entry.startTime;
  });
  watch("layout-shift", (entry) => {
    if (!entry.hadRecentInput) seen.shift += entry.value;
  });
  // A press, its release and its click are one interaction: the longest of them counts, from the input to the next paint.
  const wait = (entry) => {
    if (entry.interactionId)
      seen.waits.set(entry.interactionId, Math.max(entry.duration, seen.waits.get(entry.interactionId) ?? 0));
  };
  watch("event", wait, { durationThreshold: 16 });
}

const settle = (page) => page.waitForTimeout(QUIET_MS);

/** A browser that has never been here but for its session: nothing is in its cache. */
async function firstPaints(browser, state, { site, rounds }) {
  const lcp = [];
  const shift = [];
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext({ ...PERSON, storageState: state });
    const page = await context.newPage();
    await page.addInitScript(observe);
    await page.goto(`${site}/app`, { waitUntil: "load" });
    await page.locator("main table").first().waitFor();
    await settle(page);
    const seen = await page.evaluate(() => ({ lcp: window.__seen.lcp, shift: window.__seen.shift }));
    lcp.push(seen.lcp);
    shift.push(seen.shift);
    await context.close();
  }
  return { dashboard_lcp: lcp, dashboard_shift: shift };
}

const PERSON = { viewport: SIZE, locale: "en-GB", timezoneId: "Europe/Berlin" };

async function onDashboard(page) {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("stat", { delay: 60 });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  for (const key of ["ArrowDown", "ArrowDown", "ArrowUp"]) await page.locator("aside select").last().press(key);
}

async function onTrades(page) {
  const state = page.locator("search select").first();
  await state.focus();
  await page.keyboard.press("ArrowDown");
  await settle(page);
  await page.locator("search input").first().click();
  await page.keyboard.type("1009", { delay: 60 });
  await settle(page);
  for (let i = 0; i < 4; i++) await page.keyboard.press("Backspace");
}

async function onRules(page) {
  const number = page.locator("main input[inputmode=decimal]:visible").first();
  await number.click();
  await page.keyboard.press("End");
  await page.keyboard.type("15", { delay: 60 });
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  for (const fold of (await page.locator("main summary:visible").all()).slice(1, 4)) await fold.click();
  await page.locator("main input[role=switch]:visible").first().click();
  await page.locator("main input[role=switch]:visible").first().click();
}

/** Every input that a person makes on a page, a few times over: ms from the input to the next paint. */
async function interactions(browser, state, { site, copier, rounds }) {
  const places = { dashboard: ["/app", onDashboard], trades: ["/app/trades", onTrades] };
  places.rules = [`/app/copiers/${copier}`, onRules];
  const found = {};
  for (const [name, [path, act]] of Object.entries(places)) {
    const context = await browser.newContext({ ...PERSON, storageState: state });
    const page = await context.newPage();
    await page.addInitScript(observe);
    found[name] = [];
    for (let round = 0; round < Math.ceil(rounds / 2); round++) {
      await page.goto(site + path, { waitUntil: "load" });
      await settle(page);
      await act(page);
      await settle(page);
      found[name].push(...(await page.evaluate(() => [...window.__seen.waits.values()])));
    }
    await context.close();
  }
  return found;
}

const REST_MS = 250;

/** From a press on each link of the rail to the paint of that page's head and rows. A pointer rests on a link before it is pressed. */
async function navigations(browser, state, { site, rounds }) {
  const context = await browser.newContext({ ...PERSON, storageState: state });
  const page = await context.newPage();
  await page.goto(`${site}/app`, { waitUntil: "load" });
  await settle(page);
  const found = {};
  const paths = await page.locator("aside nav a").evaluateAll((all) => all.map((one) => new URL(one.href).pathname));
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    for (const path of [...paths.slice(1), paths[0]]) {
      const link = page.locator(`aside nav a[href="${path}"]`);
      await link.hover();
      await page.waitForTimeout(REST_MS);
      const painted = page.evaluate(whenPainted, path);
      await link.click();
      found[path] = [...(found[path] ?? []), await painted];
      await settle(page);
    }
  }
  await context.close();
  return found;
}

/** Runs in the page: ms from the next click until the page at this path is painted, without placeholders. */
function whenPainted(path) {
  const head = () => document.querySelector("main h1")?.textContent;
  const before = head();
  let began;
  const begin = (event) => {
    began = event.timeStamp;
  };
  addEventListener("click", begin, { capture: true, once: true });
  const isThere = () =>
    began !== undefined &&
    location.pathname === path &&
    head() &&
    head() !== before &&
    !document.querySelector('main [aria-label="Loading"]');
  return new Promise((done) => {
    const look = () =>
      requestAnimationFrame(() => (isThere() ? requestAnimationFrame((at) => done(at - began)) : look()));
    look();
  });
}

const wanted = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
  args: ["--no-sandbox", `--host-resolver-rules=${wanted.resolver}`],
});
try {
  const context = await browser.newContext(PERSON);
  await signIn(await context.newPage(), wanted);
  const state = await context.storageState();
  await context.close();
  const paints = await firstPaints(browser, state, wanted);
  const waits = await interactions(browser, state, wanted);
  const pages = await navigations(browser, state, wanted);
  process.stdout.write(
    `${JSON.stringify({ ...paints, interactions: waits, navigations: pages, browser: browser.version() })}\n`,
  );
} finally {
  await browser.close();
}
