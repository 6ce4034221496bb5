import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, it } from "vitest";

const SOURCE = resolve("src");
const IMPORT = /^import (?!type )[^;]*?from "([^"]+)";/gm;

/** Everything that a component imports, directly or not; dynamic imports, which load on demand, do not count. */
function shipped(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
    const own = name.startsWith("@/") ? join(SOURCE, name.slice(2)) : name.startsWith(".") && join(dirname(file), name);
    const path = own && [`${own}.tsx`, `${own}.ts`].find((one) => existsSync(one));
    if (path) shipped(path, found);
    else found.add(name);
  }
  return found;
}

const withSealing = (component: string) =>
  [...shipped(join(SOURCE, component))].filter((name) => name.startsWith("@hpke/"));

it.each(["features/copiers/detail.tsx", "features/overview/overview.tsx", "features/trades/life.tsx"])(
  "%s is sent without what seals passwords",
  (component) => expect(withSealing(component)).toEqual([]),
);

it("the form that seals them has it", () => {
  expect(withSealing("features/accounts/add-form.tsx")).toContain("@hpke/core");
});
