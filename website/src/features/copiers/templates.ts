import { isObject, type Json, type JsonObject } from "./schema";
import templates from "./templates.json";

export type TemplateName = keyof typeof templates;

/** Ready sets of rules, the plainest first; what they do not name is as usual. */
export const TEMPLATES = Object.keys(templates) as readonly TemplateName[];

export const templateOf = (name: TemplateName): JsonObject => templates[name] as JsonObject;

/** How many rules a template sets besides the size. */
export const rulesBesideSizing = (settings: JsonObject): number =>
  Object.entries(settings)
    .filter(([name]) => name !== "sizing")
    .reduce((sum, [, value]) => sum + leaves(value), 0);

const leaves = (value: Json): number =>
  isObject(value)
    ? Object.values(value).reduce<number>((sum, one) => sum + leaves(one), 0)
    : Array.isArray(value)
      ? value.length
      : 1;
