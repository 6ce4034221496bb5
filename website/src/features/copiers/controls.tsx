"use client";

import { useTranslations } from "next-intl";
import { createContext, useContext } from "react";
import { Button } from "@/ui/button";
import { cx } from "@/ui/cx";
import {
  blank,
  type ChoiceNode,
  humanise,
  type Json,
  type JsonObject,
  type ListNode,
  type Node,
  type NumberNode,
  unitOf,
  variantBlank,
} from "./schema";

/** What the API said is wrong, by the path of the setting. */
export const ProblemsContext = createContext<ReadonlyMap<string, string>>(new Map());

interface ControlProps<N extends Node = Node> {
  readonly node: N;
  readonly id: string;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

export function useLabel(): (node: Node) => string {
  const t = useTranslations("rules");
  return (node) => {
    const key = node.path.replaceAll(".", "/");
    return t.has(`labels.${key}`) ? t(`labels.${key}`) : humanise(node.name);
  };
}

function useOption(): (value: string) => string {
  const t = useTranslations("rules");
  return (value) => (t.has(`options.${value}`) ? t(`options.${value}`) : humanise(value));
}

/** One rule: what it says at the start, its control at the end, its help below. `id` is the anchor that links lead to. */
export function Rule({ node, id, value, onChange }: ControlProps) {
  const label = useLabel()(node);
  const problem = useContext(ProblemsContext).get(id);
  const wide = node.kind === "list" || node.kind === "group" || node.kind === "choice";
  const describedBy = [node.help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined;
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
          <p id={`${id}-help`} className="text-[13px] text-muted" lang="en" dir="auto">
            {node.help}
          </p>
        ) : null}
        {problem ? (
          <p id={`${id}-problem`} role="alert" className="text-[13px] text-bad">
            {problem}
          </p>
        ) : null}
      </div>
      <div className={wide ? "" : "sm:justify-self-end sm:w-full"} aria-describedby={wide ? undefined : describedBy}>
        <Control node={node} id={id} value={value} onChange={onChange} />
      </div>
    </div>
  );
}

function Control({ node, id, value, onChange }: ControlProps) {
  const option = useOption();
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
        <select
          id={`${id}-control`}
          className="control"
          value={String(value ?? node.fallback ?? "")}
          onChange={(e) => onChange(e.target.value)}
        >
          {node.options.map((one) => (
            <option key={one} value={one}>
              {option(one)}
            </option>
          ))}
        </select>
      );
    case "text":
      return (
        <input
          id={`${id}-control`}
          className="control"
          maxLength={node.maxLength}
          placeholder={typeof node.fallback === "string" ? node.fallback : undefined}
          value={typeof value === "string" ? value : ""}
          onChange={(e) => onChange(e.target.value || (node.optional ? null : undefined))}
        />
      );
    case "list":
      return <ListControl node={node} id={id} value={value} onChange={onChange} />;
    case "choice":
      return <ChoiceControl node={node} id={id} value={value} onChange={onChange} />;
    case "group":
      return <GroupControl fields={node.fields} id={id} value={value} onChange={onChange} />;
  }
}

function Switch({
  id,
  checked,
  onChange,
}: {
  readonly id: string;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <span className="flex h-[38px] items-center sm:justify-end">
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        onChange={(e) => onChange(e.target.checked)}
        className="relative h-6 w-10 appearance-none rounded-full border border-edge bg-sunken transition-colors checked:border-accent checked:bg-accent before:absolute before:start-0.5 before:top-0.5 before:size-[18px] before:rounded-full before:bg-edge before:transition-transform checked:before:translate-x-4 checked:before:bg-on-accent rtl:checked:before:-translate-x-4"
      />
    </span>
  );
}

function NumberControl({ node, id, value, onChange }: ControlProps<NumberNode>) {
  const t = useTranslations("rules");
  const unit = unitOf(node.name);
  const shown = value ?? node.fallback ?? "";
  const change = (typed: string) => {
    const clean = typed.replace(",", ".");
    if (clean === "") onChange(node.optional ? null : node.decimal ? "" : undefined);
    else if (node.decimal) onChange(clean.replace(/[^\d.]/g, ""));
    else onChange(Number(clean.replace(/[^\d-]/g, "")) || 0);
  };
  return (
    <span className="relative block">
      <input
        id={`${id}-control`}
        className={cx("control num text-end", unit && "pe-16")}
        dir="ltr"
        inputMode={node.decimal ? "decimal" : "numeric"}
        placeholder={node.optional ? t("noLimit") : undefined}
        value={shown === null ? "" : String(shown)}
        onChange={(e) => change(e.target.value)}
      />
      {unit ? (
        <span aria-hidden="true" className="absolute end-3 top-2 text-sm text-muted">
          {t(`units.${unit}`)}
        </span>
      ) : null}
    </span>
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
  const own = (typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}) as JsonObject;
  return (
    <div className="divide-y divide-line border-s-2 border-line ps-4">
      {fields.map((field) => (
        <Rule
          key={field.name}
          node={field}
          id={`${id}.${field.name}`}
          value={own[field.name]}
          onChange={(next) => onChange({ ...own, [field.name]: next ?? null })}
        />
      ))}
    </div>
  );
}

function ChoiceControl({ node, id, value, onChange }: ControlProps<ChoiceNode>) {
  const option = useOption();
  const own = (typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}) as JsonObject;
  const chosen = String(own[node.by] ?? node.variants[0]?.value ?? "");
  const variant = node.variants.find((one) => one.value === chosen);
  return (
    <div className="grid gap-1">
      <select
        id={`${id}.${node.by}`}
        aria-labelledby={`${id}-label`}
        className="control max-w-md"
        value={chosen}
        onChange={(e) => onChange(variantBlank(node, e.target.value, own))}
      >
        {node.variants.map((one) => (
          <option key={one.value} value={one.value}>
            {option(one.value)}
          </option>
        ))}
      </select>
      {variant?.help ? (
        <p className="text-[13px] text-muted" lang="en" dir="auto">
          {variant.help}
        </p>
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
  if (node.item.kind === "text") return <Words id={id} label={label} items={items.map(String)} onChange={onChange} />;
  const set = (index: number, next: Json | undefined) =>
    onChange(items.map((item, at) => (at === index ? (next ?? null) : item)));
  return (
    <div className="grid gap-2">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item has nothing but its place
        <div key={index} className="grid gap-1 rounded-md border border-line p-3">
          <div className="flex justify-between text-sm">
            <span className="text-muted">{t("item", { number: index + 1 })}</span>
            <Button size="small" look="quiet" onClick={() => onChange(items.filter((_, at) => at !== index))}>
              {t("removeItem")}
            </Button>
          </div>
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

function Checks({
  node,
  id,
  value,
  onChange,
}: {
  readonly node: ListNode;
  readonly id: string;
  readonly value: readonly Json[];
  readonly onChange: (value: Json) => void;
}) {
  const option = useOption();
  const options = node.item.kind === "enum" ? node.item.options : [];
  const toggle = (one: string) =>
    onChange(
      value.includes(one)
        ? value.filter((other) => other !== one)
        : options.filter((other) => other === one || value.includes(other)),
    );
  return (
    <fieldset className="flex flex-wrap gap-x-4 gap-y-1" aria-labelledby={`${id}-label`}>
      {options.map((one) => (
        <label key={one} className="flex min-h-8 items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={value.includes(one)}
            onChange={() => toggle(one)}
          />
          {option(one)}
        </label>
      ))}
    </fieldset>
  );
}

/** A list of short words typed with commas: symbols, comments. */
function Words({
  id,
  label,
  items,
  onChange,
}: {
  readonly id: string;
  readonly label: string;
  readonly items: readonly string[];
  readonly onChange: (value: Json) => void;
}) {
  const t = useTranslations("rules");
  const commit = (typed: string) => onChange(typed.split(/[,\s]+/).filter(Boolean));
  return (
    <input
      key={items.join()}
      id={`${id}-control`}
      aria-label={label}
      className="control max-w-md"
      dir="ltr"
      spellCheck={false}
      placeholder={t("words")}
      defaultValue={items.join(", ")}
      onBlur={(e) => commit(e.target.value)}
    />
  );
}
