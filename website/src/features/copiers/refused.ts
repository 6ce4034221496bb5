/** Finds numbers of a draft that cannot be read as typed. Pure. */
import { type GroupNode, isObject, type Json, type Node, type NumberNode } from "./schema";
import { numberIn } from "./typed";

/** Why a number is refused, as a key of `rules.refused`. */
export type Refusal = "number" | "whole" | "negative";

/** The refused numbers of a draft, by the path of their field. The API judges empty fields. */
export function refusedNumbers(root: GroupNode, settings: Json | undefined): ReadonlyMap<string, Refusal> {
  return new Map(root.fields.flatMap((field) => within(field, field.name, at(settings, field.name))));
}

const at = (value: Json | undefined, name: string): Json | undefined => (isObject(value) ? value[name] : undefined);

function within(node: Node, id: string, value: Json | undefined): readonly (readonly [string, Refusal])[] {
  const fields = (all: readonly Node[]) =>
    all.flatMap((field) => within(field, `${id}.${field.name}`, at(value, field.name)));
  switch (node.kind) {
    case "number": {
      const refusal = refusalOf(node, value);
      return refusal ? [[id, refusal]] : [];
    }
    case "group":
      return fields(node.fields);
    case "choice":
      return fields(node.variants.find((one) => one.value === at(value, node.by))?.fields ?? []);
    case "list":
      return Array.isArray(value) ? value.flatMap((item, index) => within(node.item, `${id}.${index}`, item)) : [];
    default:
      return [];
  }
}

function refusalOf(node: NumberNode, value: Json | undefined): Refusal | null {
  if (value === undefined || value === null || value === "") return null;
  const text = String(value);
  if (numberIn(text) !== text) return node.decimal ? "number" : "whole";
  if (!node.decimal && text.includes(".")) return "whole";
  return text.startsWith("-") && node.min !== undefined && node.min >= 0 ? "negative" : null;
}
