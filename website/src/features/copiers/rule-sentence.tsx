"use client";

import { useTranslations } from "next-intl";
import { type InputHTMLAttributes, useContext, useState } from "react";
import { cx } from "@/ui/cx";
import { type ControlProps, ProblemsContext, useLabel, useTyped } from "./inputs";
import {
  type ChoiceNode,
  type GroupNode,
  humanise,
  isObject,
  type Json,
  type JsonObject,
  type Node,
  type NumberNode,
  nodeAt,
  valueAt,
  variantBlank,
  withValue,
} from "./schema";
import { joinedWords, readerOf } from "./typed";

interface RuleSentenceProps {
  readonly root: GroupNode;
  readonly settings: JsonObject;
  readonly onChange: (settings: JsonObject) => void;
}

/**
 * The rules that most people set, as sentences with a control in each place. The groups below have these and all
 * others.
 */
export function RuleSentence({ root, settings, onChange }: RuleSentenceProps) {
  const t = useTranslations("rules.sentence");
  const bound = (path: string): ControlProps | null => {
    const node = nodeAt(root, path);
    return node
      ? {
          node,
          id: `sentence.${path}`,
          value: valueAt(settings, path),
          onChange: (value) => onChange(withValue(settings, path, value)),
        }
      : null;
  };
  const number = (path: string) => <Figure key={path} control={bound(path)} />;
  const words = (path: string, none: string) => <WordLine key={path} control={bound(path)} none={none} />;
  const size = root.fields.find((field) => field.kind === "choice");
  return (
    <section
      aria-label={t("label")}
      className="grid gap-1.5 rounded-lg border border-line bg-surface px-4 py-3.5 leading-9"
    >
      <p>
        {t.rich("size", {
          size: () =>
            size ? (
              <Size
                key="size"
                node={size}
                value={valueAt(settings, size.path)}
                onChange={(value) => onChange(withValue(settings, size.path, value))}
              />
            ) : null,
          most: () => number("limits.max_trade_volume"),
          open: () => number("limits.max_open_positions"),
        })}
      </p>
      <p>
        {t.rich("which", {
          sides: () => <Sides key="sides" control={bound("filters.allowed_sides")} />,
          only: () => words("filters.symbol_filter.included", t("all")),
          never: () => words("filters.symbol_filter.excluded", t("nothing")),
        })}
      </p>
      <p>
        {t.rich("skip", {
          slippage: () => number("max_slippage_points"),
          age: () => number("max_signal_age_ms"),
        })}
      </p>
    </section>
  );
}

const INLINE =
  "mx-0.5 h-8 rounded border-b border-dashed border-accent bg-accent-soft px-1.5 text-center font-medium text-ink placeholder:font-normal placeholder:text-muted";

function Line({ shown, className, ...rest }: InputHTMLAttributes<HTMLInputElement> & { readonly shown: string }) {
  const size = Math.max(3, (shown || rest.placeholder || "").length + 1);
  return (
    <input dir="ltr" autoComplete="off" spellCheck={false} size={size} className={cx(INLINE, className)} {...rest} />
  );
}

function Figure({ control }: { readonly control: ControlProps | null }) {
  return control?.node.kind === "number" ? <Typed {...control} node={control.node} /> : null;
}

function Typed({ node, id, value, onChange }: ControlProps<NumberNode>) {
  const label = useLabel();
  const t = useTranslations("rules.sentence");
  const [shown, change] = useTyped(node, value, onChange);
  const faulty = useContext(ProblemsContext).has(node.path);
  return (
    <Line
      id={id}
      aria-invalid={faulty}
      aria-describedby={faulty ? `${node.path}-problem` : undefined}
      aria-label={label(node)}
      className="num"
      inputMode={node.decimal ? "decimal" : "numeric"}
      placeholder={t("any")}
      shown={shown}
      value={shown}
      onChange={(event) => change(event.target.value)}
    />
  );
}

/** Words in one line. A typed text takes effect when the field loses focus. */
function WordLine({ control, none }: { readonly control: ControlProps | null; readonly none: string }) {
  const label = useLabel();
  const [typed, setTyped] = useState<string | null>(null);
  if (!control) return null;
  const stored = joinedWords(Array.isArray(control.value) ? control.value.map(String) : []);
  const commit = () => {
    if (typed !== null && typed !== stored) control.onChange(readerOf(control.node.path)(typed));
    setTyped(null);
  };
  const shown = typed ?? stored;
  return (
    <Line
      id={control.id}
      aria-label={label(control.node)}
      placeholder={none}
      className="max-w-full"
      shown={shown}
      value={shown}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={commit}
    />
  );
}

interface InlineChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChange: (value: string) => void;
}

function InlineChoice({ label, value, options, onChange }: InlineChoiceProps) {
  return (
    <select
      aria-label={label}
      className={cx(INLINE, "max-w-full [field-sizing:content]")}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}

const NUMBERS = ["factor", "lots", "risk_fraction", "amount"];

interface SizeProps {
  readonly node: ChoiceNode;
  readonly value: Json | undefined;
  readonly onChange: (value: Json) => void;
}

/** "0.5 × the master's lots": the number, where the sizing mode has one, then the mode. */
function Size({ node, value, onChange }: SizeProps) {
  const t = useTranslations("rules.sentence");
  const label = useLabel();
  const own = isObject(value) ? value : {};
  const chosen = String(own[node.by] ?? node.variants[0]?.value ?? "");
  const fields: readonly Node[] = node.variants.find((one) => one.value === chosen)?.fields ?? [];
  const number = fields.find((field): field is NumberNode => field.kind === "number" && NUMBERS.includes(field.name));
  const words = (mode: string) => (t.has(`modes.${mode}`) ? t(`modes.${mode}`) : humanise(mode));
  const known = node.variants.map((one) => one.value);
  return (
    <>
      {number ? (
        <Typed
          node={number}
          id={`sentence.${number.path}`}
          value={own[number.name]}
          onChange={(next) => onChange(withValue(own, number.name, next))}
        />
      ) : null}
      <InlineChoice
        label={label(node)}
        value={chosen}
        options={(known.includes(chosen) ? known : [chosen, ...known]).map((one) => [one, words(one)])}
        onChange={(next) => onChange(variantBlank(node, next, own))}
      />
    </>
  );
}

const SIDES = { both: ["buy", "sell"], buy: ["buy"], sell: ["sell"] } as const;

function Sides({ control }: { readonly control: ControlProps | null }) {
  const t = useTranslations("rules.sentence");
  const label = useLabel();
  if (!control) return null;
  const stored = control.value ?? control.node.fallback;
  const now = Array.isArray(stored) && stored.length === 1 ? (stored[0] === "sell" ? "sell" : "buy") : "both";
  return (
    <InlineChoice
      label={label(control.node)}
      value={now}
      options={(["both", "buy", "sell"] as const).map((one) => [one, t(`sides.${one}`)])}
      onChange={(next) => control.onChange(SIDES[next as keyof typeof SIDES])}
    />
  );
}
