"use client";

import { useTranslations } from "next-intl";
import { useContext } from "react";
import { Button } from "@/ui/button";
import { cx } from "@/ui/cx";
import {
  Checks,
  type ControlProps,
  describedBy,
  NumberControl,
  ProblemsContext,
  Select,
  Stored,
  Switch,
  TextControl,
  useHelp,
  useLabel,
  useReadable,
  Words,
} from "./inputs";
import {
  blank,
  type ChoiceNode,
  fresh,
  type GroupNode,
  isObject,
  type Json,
  type JsonObject,
  type ListNode,
  type Node,
  unitOf,
  variantBlank,
  withValue,
} from "./schema";
import { percentOf } from "./share";
import { fitOneLine, readerOf } from "./typed";

/** One rule: its label at the start, its control at the end, its help below. `id` is the anchor for links. */
export function Rule({ node, id, value, onChange }: ControlProps) {
  const label = useLabel()(node);
  const help = useHelp();
  const faulty = useContext(ProblemsContext).has(id);
  const wide = ["list", "group", "choice", "opaque"].includes(node.kind);
  return (
    <div
      id={id}
      className={cx(
        "grid scroll-mt-24 gap-x-6 gap-y-1.5 py-3 target:bg-accent-soft",
        !wide && "sm:grid-cols-[minmax(0,1fr)_13rem]",
      )}
    >
      <div className="min-w-0">
        {wide ? (
          <p className="text-sm font-medium" id={`${id}-label`}>
            {label}
          </p>
        ) : (
          <label htmlFor={`${id}-control`} className="text-sm font-medium">
            {label}
          </label>
        )}
        {node.help ? (
          <p id={`${id}-help`} className="text-[13px] text-muted">
            {help(node.path, node.help)}
          </p>
        ) : null}
        <Fault id={id} percent={unitOf(node.name) === "percent"} />
      </div>
      <div
        className={wide ? "" : "sm:justify-self-end sm:w-full"}
        aria-describedby={wide ? undefined : describedBy(node, id, faulty)}
      >
        <Control node={node} id={id} value={value} onChange={onChange} />
      </div>
    </div>
  );
}

/** The API names bounds as shares; the field shows percent. */
const inPercent = (problem: string): string => problem.replaceAll(/\d+(\.\d+)?/g, (bound) => `${percentOf(bound)} %`);

function Fault({ id, percent = false }: { readonly id: string; readonly percent?: boolean }) {
  const problem = useContext(ProblemsContext).get(id);
  const readable = useReadable();
  if (!problem) return null;
  return (
    <p id={`${id}-problem`} role="alert" className="text-[13px] text-bad">
      {readable(percent ? inPercent(problem) : problem)}
    </p>
  );
}

function Control({ node, id, value, onChange }: ControlProps) {
  switch (node.kind) {
    case "boolean":
      return (
        <Switch
          id={`${id}-control`}
          checked={value === undefined ? node.fallback === true : value === true}
          onChange={onChange}
        />
      );
    case "number":
      return <NumberControl node={node} id={id} value={value} onChange={onChange} />;
    case "enum":
      return (
        <Select
          id={`${id}-control`}
          node={node}
          options={node.options}
          value={String(value ?? node.fallback ?? "")}
          onChange={onChange}
        />
      );
    case "text":
      return <TextControl node={node} id={id} value={value} onChange={onChange} />;
    case "list":
      return <ListControl node={node} id={id} value={value} onChange={onChange} />;
    case "choice":
      return <ChoiceControl node={node} id={id} value={value} onChange={onChange} />;
    case "group":
      return node.optional ? (
        <OptionalGroup node={node} id={id} value={value} onChange={onChange} />
      ) : (
        <GroupControl fields={node.fields} id={id} value={value} onChange={onChange} />
      );
    case "opaque":
      return <Stored value={value} />;
  }
}

/** A group of rules that is switched on or off as a whole. */
function OptionalGroup({ node, id, value, onChange }: ControlProps<GroupNode>) {
  const on = isObject(value);
  return (
    <div className="grid gap-2">
      <span className="w-fit">
        <Switch
          id={`${id}-control`}
          labelledBy={`${id}-label`}
          checked={on}
          onChange={(next) => onChange(next ? fresh(node) : null)}
        />
      </span>
      {on ? <GroupControl fields={node.fields} id={id} value={value} onChange={onChange} /> : null}
    </div>
  );
}

function GroupControl({
  fields,
  id,
  value,
  onChange,
}: {
  readonly fields: readonly Node[];
  readonly id: string;
  readonly value: Json | undefined;
  readonly onChange: (value: Json) => void;
}) {
  const own = isObject(value) ? value : {};
  return (
    <div className="divide-y divide-line border-s-2 border-line ps-4">
      {fields.map((field) => (
        <Rule
          key={field.name}
          node={field}
          id={`${id}.${field.name}`}
          value={own[field.name]}
          onChange={(next) => onChange(withValue(own, field.name, next))}
        />
      ))}
    </div>
  );
}

function ChoiceControl({ node, id, value, onChange }: ControlProps<ChoiceNode>) {
  const help = useHelp();
  const own = isObject(value) ? value : {};
  const chosen = String(own[node.by] ?? node.variants[0]?.value ?? "");
  const variant = node.variants.find((one) => one.value === chosen);
  return (
    <div className="grid gap-1">
      <Select
        id={`${id}.${node.by}`}
        labelledBy={`${id}-label`}
        node={node}
        options={node.variants.map((one) => one.value)}
        value={chosen}
        onChange={(next) => onChange(variantBlank(node, next, own))}
      />
      {variant?.help ? (
        <p className="text-[13px] text-muted">{help(`${node.path}.${variant.value}`, variant.help)}</p>
      ) : null}
      {variant && variant.fields.length > 0 ? (
        <GroupControl
          fields={variant.fields}
          id={id}
          value={own}
          onChange={(next) => onChange({ ...(next as JsonObject), [node.by]: chosen })}
        />
      ) : null}
    </div>
  );
}

function ListControl({ node, id, value, onChange }: ControlProps<ListNode>) {
  const t = useTranslations("rules");
  const items: readonly Json[] = Array.isArray(value) ? value : Array.isArray(node.fallback) ? node.fallback : [];
  const label = useLabel()(node);
  if (node.item.kind === "enum") return <Checks node={node} id={id} value={items} onChange={onChange} />;
  const words = items.map(String);
  if (node.item.kind === "text" && fitOneLine(words, readerOf(node.path)))
    return <Words id={id} path={node.path} label={label} items={words} onChange={onChange} />;
  const set = (index: number, next: Json | undefined) =>
    onChange(items.map((item, at) => (at === index ? (next ?? null) : item)));
  return (
    <div className="grid gap-2">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item has nothing but its place
        <div key={index} id={`${id}.${index}`} className="grid gap-1 rounded-md border border-line p-3">
          <div className="flex justify-between text-sm">
            <span className="text-muted">{t("item", { number: index + 1 })}</span>
            <Button size="small" look="quiet" onClick={() => onChange(items.filter((_, at) => at !== index))}>
              {t("removeItem")}
            </Button>
          </div>
          <Fault id={`${id}.${index}`} />
          {node.item.kind === "group" ? (
            <GroupControl
              fields={node.item.fields}
              id={`${id}.${index}`}
              value={item}
              onChange={(next) => set(index, next)}
            />
          ) : (
            <Control node={node.item} id={`${id}.${index}`} value={item} onChange={(next) => set(index, next)} />
          )}
        </div>
      ))}
      <Button size="small" className="w-fit" onClick={() => onChange([...items, blank(node.item)])}>
        {t("addItem")}
      </Button>
    </div>
  );
}
