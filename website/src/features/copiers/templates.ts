import { isObject, type Json, type JsonObject } from "./schema";
import templates from "./templates.json";

export type TemplateName = keyof typeof templates;

/** Ready sets of rules, the simplest first. Settings that they do not name keep their defaults. */
export const TEMPLATES = Object.keys(templates) as readonly TemplateName[];

export const templateOf = (name: TemplateName): JsonObject => templates[name] as JsonObject;

/** The number of rules that a template sets besides the sizing. */
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
