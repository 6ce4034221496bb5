"use client";

import { useTranslations } from "next-intl";
import { useHelp, useLabel } from "@/features/copiers/inputs";
import { useRuleWords } from "@/features/copiers/rule-words";
import { inSections } from "@/features/copiers/rules";
import { type JsonSchema, type Node, nodeAt, readSchema } from "@/features/copiers/schema";
import schema from "@/generated/settings-schema.json";

const ROOT = readSchema(schema as JsonSchema);

/** All rules by their sections, drawn from the schema that the engine validates with. */
export function EveryRule() {
  const t = useTranslations("rules");
  const label = useLabel();
  return inSections(ROOT).map(({ key, node, rules }) => (
    <section key={key} id={key} className="grid scroll-mt-6 gap-3">
      <h2 className="text-lg font-semibold">
        {t.has(`sections.${key}`) ? t(`sections.${key}`) : node ? label(node) : key}
      </h2>
      <dl className="grid gap-4">
        {rules.flatMap(everyNode).map((rule) => (
          <Rule key={rule.path} rule={rule} />
        ))}
      </dl>
    </section>
  ));
}

/** A rule, and those inside of it, each with a path of its own. */
export function everyNode(node: Node): readonly Node[] {
  const inner =
    node.kind === "group"
      ? node.fields
      : node.kind === "choice"
        ? node.variants.flatMap((variant) => variant.fields)
        : node.kind === "list" && node.item.kind === "group"
          ? node.item.fields
          : [];
  const all = [node, ...inner.flatMap(everyNode)];
  return [...new Map(all.map((one) => [one.path, one])).values()];
}

function Rule({ rule }: { readonly rule: Node }) {
  const t = useTranslations("pages.rules");
  const label = useLabel();
  const help = useHelp();
  const words = useRuleWords(ROOT);
  const isPlain = !["group", "choice", "opaque"].includes(rule.kind) && nodeAt(ROOT, rule.path) !== undefined;
  return (
    <div id={rule.path} className="grid scroll-mt-6 gap-0.5 border-s-2 border-line ps-4">
      <dt className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium">{label(rule)}</span>
        <code dir="ltr" className="font-mono text-xs text-muted">
          {rule.path}
        </code>
      </dt>
      <dd className="text-sm text-muted">{help(rule.path, rule.help)}</dd>
      {isPlain ? <dd className="text-sm">{t("usual", { value: words(rule.path, rule.fallback).value })}</dd> : null}
    </div>
  );
}
