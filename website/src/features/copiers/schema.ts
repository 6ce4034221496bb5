/** The part of JSON Schema that pydantic writes, and the tree of controls that is rendered from it. Pure. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface JsonSchema {
  readonly [key: string]: unknown;
}

interface Base {
  readonly name: string;
  readonly path: string;
  readonly help: string;
  readonly fallback: Json | undefined;
  readonly optional: boolean;
}
export interface BooleanNode extends Base {
  readonly kind: "boolean";
}
export interface NumberNode extends Base {
  readonly kind: "number";
  /** Decimals are text, so that no digit is lost. */
  readonly decimal: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
}
export interface TextNode extends Base {
  readonly kind: "text";
  readonly maxLength: number | undefined;
  readonly pattern: string | undefined;
}
export interface EnumNode extends Base {
  readonly kind: "enum";
  readonly options: readonly string[];
}
export interface ListNode extends Base {
  readonly kind: "list";
  readonly item: Node;
}
export interface GroupNode extends Base {
  readonly kind: "group";
  readonly fields: readonly Node[];
}
export interface ChoiceNode extends Base {
  readonly kind: "choice";
  /** The field that tells which variant it is. */
  readonly by: string;
  readonly variants: readonly { readonly value: string; readonly help: string; readonly fields: readonly Node[] }[];
}
/** A setting that no control can edit. It is shown and left as it is. */
export interface OpaqueNode extends Base {
  readonly kind: "opaque";
}
export type Node = BooleanNode | NumberNode | TextNode | EnumNode | ListNode | GroupNode | ChoiceNode | OpaqueNode;

const objects = (value: unknown): readonly JsonSchema[] => (Array.isArray(value) ? (value as JsonSchema[]) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const numeric = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const isWords = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const join = (path: string, name: string): string => (path ? `${path}.${name}` : name);

/** The tree of controls of a schema whose definitions lie in itself, under `$defs` or `components.schemas`. */
export function readSchema(root: JsonSchema): GroupNode {
  const node = new Reader(root).node(root, "", "");
  if (node.kind !== "group") throw new Error("settings schema: not an object");
  return node;
}

class Reader {
  constructor(private readonly root: JsonSchema) {}

  node(given: JsonSchema, name: string, path: string): Node {
    const { schema, optional } = this.withoutNull(this.resolved(given));
    const help = text(given.description) || text(schema.description);
    const base: Base = { name, path, help, fallback: given.default as Json | undefined, optional };
    const variants = objects(schema.oneOf).map((one) => this.resolved(one));
    const by = variants.length > 1 ? discriminator(schema, variants) : null;
    if (by) return { ...base, kind: "choice", by, variants: variants.map((one) => this.variant(one, by, path)) };
    return this.plain(schema, base);
  }

  private plain(schema: JsonSchema, base: Base): Node {
    const number = numberIn(schema);
    if (number) return { ...base, kind: "number", ...number };
    if (isWords(schema.enum)) return { ...base, kind: "enum", options: schema.enum };
    if (schema.type === "boolean") return { ...base, kind: "boolean" };
    if (schema.type === "array") {
      return { ...base, kind: "list", item: this.node((schema.items ?? {}) as JsonSchema, "item", `${base.path}.*`) };
    }
    if (schema.type === "object" && schema.properties)
      return { ...base, kind: "group", fields: this.fields(schema, base.path) };
    if (schema.type !== "string") return { ...base, kind: "opaque" };
    return { ...base, kind: "text", maxLength: numeric(schema.maxLength), pattern: text(schema.pattern) || undefined };
  }

  private fields(schema: JsonSchema, path: string): readonly Node[] {
    const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
    return Object.entries(properties).map(([name, own]) => this.node(own, name, join(path, name)));
  }

  private variant(schema: JsonSchema, by: string, path: string) {
    const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
    const fields = this.fields(schema, path).filter((field) => field.name !== by);
    return { value: text(properties[by]?.const), help: text(schema.description), fields };
  }

  private resolved(schema: JsonSchema): JsonSchema {
    const ref = text(schema.$ref);
    if (!ref) return schema;
    const found = ref
      .slice(2)
      .split("/")
      .reduce<unknown>((at, part) => (at as JsonSchema | undefined)?.[part], this.root);
    const { $ref: _, ...rest } = schema;
    return { ...this.resolved((found ?? {}) as JsonSchema), ...rest };
  }

  private withoutNull(schema: JsonSchema): { readonly schema: JsonSchema; readonly optional: boolean } {
    const any = objects(schema.anyOf);
    const real = any.filter((one) => one.type !== "null");
    const only = real[0];
    if (real.length === 1 && only)
      return { schema: { ...this.resolved(only), ...without(schema, "anyOf") }, optional: any.length > 1 };
    return { schema, optional: any.length > real.length };
  }
}

function without(schema: JsonSchema, ...names: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

function discriminator(schema: JsonSchema, variants: readonly JsonSchema[]): string | null {
  const named = (schema.discriminator as { propertyName?: string } | undefined)?.propertyName;
  if (named) return named;
  const first = (variants[0]?.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.keys(first).find((name) => first[name]?.const !== undefined) ?? null;
}

function numberIn(schema: JsonSchema): Pick<NumberNode, "decimal" | "min" | "max"> | null {
  const any = objects(schema.anyOf);
  const number = [schema, ...any].find((one) => one.type === "number" || one.type === "integer");
  if (!number) return null;
  const min = numeric(number.minimum) ?? numeric(number.exclusiveMinimum);
  return { decimal: any.some((one) => one.type === "string"), min, max: numeric(number.maximum) };
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at a dotted path; undefined if it is not set. */
export function valueAt(settings: Json | undefined, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((at, part) => (isObject(at) ? at[part] : undefined), settings);
}

/** The control of the setting at a dotted path; undefined if there is none. */
export function nodeAt(root: GroupNode, path: string): Node | undefined {
  const [name, ...rest] = path.split(".");
  const found = root.fields.find((field) => field.name === name);
  if (rest.length === 0) return found;
  return found?.kind === "group" ? nodeAt(found, rest.join(".")) : undefined;
}

/** The settings with another value at a path and otherwise unchanged. Undefined removes the setting. */
export function withValue(settings: JsonObject, path: string, value: Json | undefined): JsonObject {
  const [name = "", ...rest] = path.split(".");
  const inner = settings[name];
  const next = rest.length > 0 ? withValue(isObject(inner) ? inner : {}, rest.join("."), value) : value;
  const { [name]: _, ...others } = settings;
  return next === undefined ? others : { ...others, [name]: next };
}

/** The initial value of a control, for a new item of a list or a changed choice. */
export function blank(node: Node): Json {
  if (node.fallback !== undefined) return node.fallback;
  if (node.optional) return null;
  switch (node.kind) {
    case "boolean":
      return false;
    case "number":
      return node.decimal ? "" : (node.min ?? 0);
    case "text":
      return "";
    case "enum":
      return node.options[0] ?? "";
    case "list":
      return [];
    case "group":
      return Object.fromEntries(node.fields.map((field) => [field.name, blank(field)]));
    case "choice":
      return variantBlank(node, node.variants[0]?.value ?? "");
    case "opaque":
      return null;
  }
}

/** The initial value of an optional rule that is switched on. */
export function fresh(node: Node): Json {
  return blank({ ...node, optional: false, fallback: node.fallback ?? undefined });
}

/** Whether two values are equal in any order of fields: the database may reorder them. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => ordered(item) ?? null);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, ordered(value[name]) ?? null]));
}

/** A new value of one variant. The caller keeps fields that another variant had under the same name. */
export function variantBlank(node: ChoiceNode, value: string, before?: Json): JsonObject {
  const fields = node.variants.find((variant) => variant.value === value)?.fields ?? [];
  const kept = isObject(before) ? before : {};
  return {
    [node.by]: value,
    ...Object.fromEntries(fields.map((field) => [field.name, kept[field.name] ?? blank(field)])),
  };
}

const UNITS: readonly (readonly [RegExp, string])[] = [
  [/_ms$/, "ms"],
  [/_points$|^points$/, "points"],
  [/_in_minutes$|_minutes$/, "min"],
  [/_fraction$|^max_trade_risk$|^max_relative_risk$/, "percent"],
  [/lots$|_volume$/, "lots"],
];

/** The unit in a setting's name, as a key of the messages; null if there is none. */
export const unitOf = (name: string): string | null => UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? null;

/** "Max signal age" for `max_signal_age_ms`: for settings without a label. */
export function humanise(name: string): string {
  const words = name.replace(/_(ms|points|in_minutes|fraction)$/, "").replaceAll(/[_-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
