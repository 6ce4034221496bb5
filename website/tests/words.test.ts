import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Node, readSchema } from "@/features/copiers/schema";

const document = JSON.parse(readFileSync("openapi.json", "utf8"));
const { rules } = JSON.parse(readFileSync("messages/en.json", "utf8"));
const root = readSchema({ ...document.components.schemas.CopierSettings, components: document.components });

/** A node and all nodes below it that have a label. */
function named(node: Node): readonly Node[] {
  if (node.kind === "group") return [node, ...node.fields.flatMap(named)];
  if (node.kind === "choice") return [node, ...node.variants.flatMap((variant) => variant.fields).flatMap(named)];
  return node.kind === "list" && node.item.kind === "group" ? [node, ...node.item.fields.flatMap(named)] : [node];
}

const key = (node: Node): string => node.path.replaceAll(".", "/");
const sections = root.fields.filter((field) => field.kind === "group" && !field.optional);
const nodes = root.fields.flatMap(named).filter((node) => !sections.includes(node as never));

it("names every rule of the engine in words", () => {
  expect(nodes.map(key).filter((path) => !(path in rules.labels))).toEqual([]);
});

it("names no rule that the engine does not have", () => {
  expect(Object.keys(rules.labels).filter((path) => !nodes.some((node) => key(node) === path))).toEqual([]);
});

it("draws a control for every rule", () => {
  expect(nodes.filter((node) => node.kind === "opaque")).toEqual([]);
});

it("names every choice in words", () => {
  const options = nodes.flatMap((node) => {
    if (node.kind === "choice") return node.variants.map(({ value }) => [key(node), value]);
    if (node.kind === "enum") return node.options.map((value) => [key(node), value]);
    if (node.kind === "list" && node.item.kind === "enum") return node.item.options.map((one) => [key(node.item), one]);
    return [];
  });
  const unnamed = options.filter(
    ([path, value]) => !(`${path}/${value}` in rules.options || `${value}` in rules.options),
  );
  expect(unnamed).toEqual([]);
});
