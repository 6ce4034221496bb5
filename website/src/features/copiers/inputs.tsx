"use client";

import { useTranslations } from "next-intl";
import { createContext, useContext, useState } from "react";
import { named } from "@/lib/named";
import { asciiDigits } from "@/lib/numbers";
import { cx } from "@/ui/cx";
import { humanise, type Json, type ListNode, type Node, type NumberNode, type TextNode, unitOf } from "./schema";
import { percentOf, shareOf } from "./share";
import { decimalOf, joinedWords, readerOf, wholeOf } from "./typed";

export interface ControlProps<N extends Node = Node> {
  readonly node: N;
  readonly id: string;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

/** Errors of rules, by the path of the rule. */
export const ProblemsContext = createContext<ReadonlyMap<string, string>>(new Map());

/** The text for screen readers at a rule's control: its help, and its error. */
export const describedBy = (node: Node, id: string, faulty: boolean): string | undefined =>
  [node.help && `${id}-help`, faulty && `${id}-problem`].filter(Boolean).join(" ") || undefined;

export function useLabel(): (node: Node) => string {
  const t = useTranslations("rules");
  return (node) => {
    const key = node.path.replaceAll(".", "/");
    return t.has(`labels.${key}`) ? t(`labels.${key}`) : humanise(node.name);
  };
}

/**
 * A rule's help, in which other rules and options have their labels of this page. The schema's `help` is for a rule
 * that is newer than the catalogue.
 */
export function useHelp(): (path: string, help: string) => string {
  const t = useTranslations("rules");
  const told = useTranslations("texts");
  return (dotted, help) => {
    const path = dotted.replaceAll(".", "/");
    const labels = Object.entries(t.raw("labels") as Readonly<Record<string, string>>);
    const text = told.has(`help.${path}`) ? told(`help.${path}`) : help;
    return text.replaceAll(/`([a-z_]+)`/g, (_, name: string) => {
      const label = labels.find(([key]) => key === name || key.endsWith(`/${name}`))?.[1];
      const option = optionKeys(path, name).find((key) => t.has(key));
      const known = label ?? (option === undefined ? undefined : t(option));
      return known === undefined ? humanise(name) : `“${known}”`;
    });
  };
}

/** Sentences of the API, in which rules and options have their labels of this page. */
export function useReadable(): (text: string) => string {
  const t = useTranslations("rules");
  const words = (part: string) => t.raw(part) as Readonly<Record<string, string>>;
  const labels = { ...words("sections"), ...words("labels") };
  return (text) => named(text, labels, words("options"));
}

/** Where the label of an option in a help may be: at the rule itself, or at one beside it. */
function optionKeys(path: string, name: string): readonly string[] {
  const beside = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  return [path, beside, `${beside}/mode`].map((rule) => `options.${rule}/${name}`);
}

/** The label of an option: the one of this rule, or else the common one. */
export function useOption(): (node: Node) => (value: string) => string {
  const t = useTranslations("rules");
  return (node) => (value) => {
    const own = `options.${node.path.replaceAll(".", "/")}/${value}`;
    if (t.has(own)) return t(own);
    return t.has(`options.${value}`) ? t(`options.${value}`) : humanise(value);
  };
}

export function Switch({
  id,
  labelledBy,
  checked,
  onChange,
}: {
  readonly id: string;
  readonly labelledBy?: string | undefined;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <span className="flex h-[38px] items-center sm:justify-end">
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-labelledby={labelledBy}
        checked={checked}
        aria-checked={checked}
        onChange={(e) => onChange(e.target.checked)}
        className="relative h-6 w-10 appearance-none rounded-full border border-edge bg-sunken transition-colors checked:border-accent checked:bg-accent before:absolute before:start-0.5 before:top-0.5 before:size-[18px] before:rounded-full before:bg-edge before:transition-transform checked:before:translate-x-4 checked:before:bg-on-accent rtl:checked:before:-translate-x-4"
      />
    </span>
  );
}

/** The text that a number's field shows, and a handler that sets the rule from what is typed. */
export function useTyped(
  node: NumberNode,
  value: Json | undefined,
  onChange: (value: Json | undefined) => void,
): readonly [string, (typed: string) => void] {
  const isPercent = unitOf(node.name) === "percent";
  // "1." and "1" are the same number: the typed text is shown as long as it means the stored value.
  const [typed, setTyped] = useState("");
  const stored = String(value ?? node.fallback ?? "");
  const meant = (text: string): Json => {
    if (!node.decimal) return wholeOf(text);
    return isPercent ? shareOf(decimalOf(text)) : decimalOf(text);
  };
  const change = (next: string) => {
    setTyped(next);
    if (next === "") onChange(node.optional ? null : node.decimal ? "" : undefined);
    else onChange(meant(next));
  };
  if (typed !== "" && String(meant(typed)) === stored) return [typed, change];
  return [isPercent ? percentOf(stored) : stored, change];
}

export function NumberControl({ node, id, value, onChange }: ControlProps<NumberNode>) {
  const t = useTranslations("rules");
  const unit = unitOf(node.name);
  const [shown, change] = useTyped(node, value, onChange);
  const faulty = useContext(ProblemsContext).has(id);
  return (
    <span className="relative block">
      <input
        id={`${id}-control`}
        aria-invalid={faulty}
        aria-describedby={describedBy(node, id, faulty)}
        className={cx("control num text-end", unit && "pe-16")}
        dir="ltr"
        inputMode={node.decimal ? "decimal" : "numeric"}
        placeholder={node.optional ? t("noLimit") : undefined}
        value={shown}
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

export function TextControl({ node, id, value, onChange }: ControlProps<TextNode>) {
  return (
    <input
      id={`${id}-control`}
      className="control"
      maxLength={node.maxLength}
      placeholder={typeof node.fallback === "string" ? node.fallback : undefined}
      value={typeof value === "string" ? value : ""}
      onChange={(e) => onChange(written(node, e.target.value) || (node.optional ? null : undefined))}
    />
  );
}

/** Times and the like use ASCII digits; a person may type the digits of another script. */
const written = (node: TextNode, typed: string): string => (node.pattern ? asciiDigits(typed) : typed);

interface SelectProps {
  readonly id: string;
  readonly labelledBy?: string | undefined;
  readonly node: Node;
  readonly options: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A select. A value that is not among the options is shown as it is until another one is chosen. */
export function Select({ id, labelledBy, node, options, value, onChange }: SelectProps) {
  const option = useOption()(node);
  const shown = options.includes(value) ? options : [value, ...options];
  return (
    <select
      id={id}
      aria-labelledby={labelledBy}
      className="control max-w-md"
      value={value}
      onChange={(e) => onChange(e.target.value)}
    >
      {shown.map((one) => (
        <option key={one} value={one}>
          {option(one)}
        </option>
      ))}
    </select>
  );
}

/** Shows the stored value of a setting that no control can edit. */
export function Stored({ value }: { readonly value: Json | undefined }) {
  const t = useTranslations("rules");
  return (
    <div className="grid gap-1 text-[13px] text-muted">
      <p>{t("stored")}</p>
      {value === undefined || value === null ? null : (
        <pre dir="ltr" className="overflow-x-auto rounded-md bg-sunken p-3">
          {JSON.stringify(value, null, 2)}
        </pre>
      )}
    </div>
  );
}

export function Checks({
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
  const option = useOption()(node.item);
  const options = node.item.kind === "enum" ? node.item.options : [];
  const toggle = (one: string) => {
    const isChosen = (other: string) => other === one || value.includes(other);
    onChange(
      value.includes(one)
        ? value.filter((other) => other !== one)
        : [...value.filter((other) => !options.includes(String(other))), ...options.filter(isChosen)],
    );
  };
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

/** A list of short words in one line: symbols, comments. */
export function Words({
  id,
  path,
  label,
  items,
  onChange,
}: {
  readonly id: string;
  readonly path: string;
  readonly label: string;
  readonly items: readonly string[];
  readonly onChange: (value: Json) => void;
}) {
  const t = useTranslations("rules");
  const shown = joinedWords(items);
  const commit = (typed: string) => typed !== shown && onChange(readerOf(path)(typed));
  return (
    <input
      key={shown}
      id={`${id}-control`}
      aria-label={label}
      className="control max-w-md"
      dir="ltr"
      spellCheck={false}
      placeholder={t("words")}
      defaultValue={shown}
      onBlur={(e) => commit(e.target.value)}
    />
  );
}
