"use client";

import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { cx } from "@/ui/cx";
import { ProblemsContext, Rule } from "./controls";
import { useLabel } from "./inputs";
import {
  type GroupNode,
  type JsonObject,
  type JsonSchema,
  type Node,
  readSchema,
  same,
  valueAt,
  withValue,
} from "./schema";

interface RulesProps {
  readonly schema: JsonSchema;
  readonly settings: JsonObject;
  readonly problems: ReadonlyMap<string, string>;
  readonly onChange: (settings: JsonObject) => void;
}

interface Section {
  readonly key: string;
  readonly node: Node | null;
  readonly rules: readonly Node[];
}

/** All rules of a copier, drawn from the schema that the engine checks them by, in groups that fold. */
export function Rules({ schema, settings, problems, onChange }: RulesProps) {
  const sections = useMemo(() => inSections(readSchema(schema)), [schema]);
  return (
    <ProblemsContext value={problems}>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {sections.map((section, index) => (
          <Fold
            key={section.key}
            section={section}
            settings={settings}
            open={index === 0}
            problems={problems}
            onChange={onChange}
          />
        ))}
      </div>
    </ProblemsContext>
  );
}

/** Sizing first, then the single rules together, then each group by itself. */
export function inSections(root: GroupNode): readonly Section[] {
  const groups = root.fields.filter((field) => field.kind === "group" && !field.optional) as readonly GroupNode[];
  const choices = root.fields.filter((field) => field.kind === "choice");
  const single = root.fields.filter((field) => field.kind !== "choice" && (field.kind !== "group" || field.optional));
  return [
    ...choices.map((node) => ({ key: node.name, node, rules: [node] })),
    { key: "general", node: null, rules: single },
    ...groups.map((node) => ({ key: node.name, node, rules: node.fields })),
  ].filter((section) => section.rules.length > 0);
}

interface FoldProps extends Omit<RulesProps, "schema"> {
  readonly section: Section;
  readonly open: boolean;
}

function Fold({ section, settings, open, problems, onChange }: FoldProps) {
  const t = useTranslations("rules");
  const label = useLabel();
  const title = t.has(`sections.${section.key}`)
    ? t(`sections.${section.key}`)
    : section.node
      ? label(section.node)
      : section.key;
  const changed = section.rules.filter((rule) => isSet(rule, settings)).length;
  const faulty = section.rules.some((rule) => [...problems.keys()].some((path) => path.startsWith(rule.path)));
  return (
    <details open={open || faulty || undefined} className="group">
      <summary className="flex min-h-12 list-none items-center gap-3 px-4 py-2.5 hover:bg-sunken">
        <span
          aria-hidden="true"
          className="text-muted transition-transform group-open:rotate-90 rtl:rotate-180 rtl:group-open:rotate-90"
        >
          ›
        </span>
        <span className="text-sm font-semibold">{title}</span>
        <span className={cx("ms-auto text-xs", faulty ? "font-semibold text-bad" : "text-muted")}>
          {faulty ? t("faulty") : changed > 0 ? t("set", { count: changed }) : t("asUsual")}
        </span>
      </summary>
      <div className="divide-y divide-line border-t border-line px-4">
        {section.rules.map((rule) => (
          <Rule
            key={rule.path}
            node={rule}
            id={rule.path}
            value={valueAt(settings, rule.path)}
            onChange={(value) => onChange(withValue(settings, rule.path, value))}
          />
        ))}
      </div>
    </details>
  );
}

function isSet(rule: Node, settings: JsonObject): boolean {
  const value = valueAt(settings, rule.path);
  return value !== undefined && value !== null && !same(value, rule.fallback);
}
