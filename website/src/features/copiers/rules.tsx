"use client";

import { useTranslations } from "next-intl";
import { Fragment, useEffect, useMemo, useState } from "react";
import { NextNews } from "@/features/calendar/next";
import { cx } from "@/ui/cx";
import { Rule } from "./controls";
import { ProblemsContext, useLabel } from "./inputs";
import { PROFILE, PropFirm } from "./prop-firm";
import { RuleSentence } from "./rule-sentence";
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

const NEWS = "filters.news_filter";

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

/**
 * All rules of a copier, drawn from the schema that the engine validates with: the usual ones in a sentence, all in
 * groups.
 */
export function Rules({ schema, settings, problems, onChange }: RulesProps) {
  const root = useMemo(() => readSchema(schema), [schema]);
  const sections = useMemo(() => inSections(root), [root]);
  const wanted = useHash();
  return (
    <ProblemsContext value={problems}>
      <div className="grid gap-4">
        <RuleSentence root={root} settings={settings} onChange={onChange} />
        <div className="divide-y divide-line rounded-lg border border-line bg-surface">
          {sections.map((section) => (
            <Fold
              key={section.key}
              section={section}
              settings={settings}
              wanted={section.rules.some((rule) => isWithin(wanted, rule.path)) ? wanted : ""}
              problems={problems}
              onChange={onChange}
            />
          ))}
        </div>
      </div>
    </ProblemsContext>
  );
}

const isWithin = (path: string, rule: string): boolean => path === rule || path.startsWith(`${rule}.`);

/** The rule that the page's fragment names, updated each time such a link is followed. */
function useHash(): string {
  const [hash, setHash] = useState("");
  useEffect(() => {
    const read = () => setHash(decodeURIComponent(location.hash.slice(1)));
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return hash;
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
  /** The rule in this group that a link led to, or nothing. */
  readonly wanted: string;
}

/**
 * A collapsible group. Its rules are rendered once it is opened, because hydrating all groups at once would take
 * long.
 */
function Fold({ section, settings, wanted, problems, onChange }: FoldProps) {
  const t = useTranslations("rules");
  const label = useLabel();
  const faulty = section.rules.some((rule) => [...problems.keys()].some((path) => path.startsWith(rule.path)));
  const [open, setOpen] = useState(false);
  const mustOpen = faulty || wanted !== "";
  useEffect(() => {
    if (mustOpen) setOpen(true);
  }, [mustOpen]);
  useEffect(() => {
    if (open && wanted) document.getElementById(wanted)?.scrollIntoView({ block: "center" });
  }, [open, wanted]);
  const title = t.has(`sections.${section.key}`)
    ? t(`sections.${section.key}`)
    : section.node
      ? label(section.node)
      : section.key;
  const changed = section.rules.filter((rule) => isSet(rule, settings)).length;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="group">
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
      {open ? (
        <div className="border-t border-line px-4">
          <Group section={section} settings={settings} onChange={onChange} />
        </div>
      ) : null}
    </details>
  );
}

/** The rules of one group. */
export function Group({ section, settings, onChange }: Pick<FoldProps, "section" | "settings" | "onChange">) {
  return (
    <div className="divide-y divide-line">
      {section.rules.map((rule) => (
        <Fragment key={rule.path}>
          <Rule
            node={rule}
            id={rule.path}
            value={valueAt(settings, rule.path)}
            onChange={(value) => onChange(withValue(settings, rule.path, value))}
          />
          {rule.path === PROFILE ? <PropFirm settings={settings} onChange={onChange} /> : null}
          {rule.path === NEWS ? <NextNews node={rule} value={valueAt(settings, rule.path)} /> : null}
        </Fragment>
      ))}
    </div>
  );
}

function isSet(rule: Node, settings: JsonObject): boolean {
  const value = valueAt(settings, rule.path);
  return value !== undefined && value !== null && !same(value, rule.fallback);
}
