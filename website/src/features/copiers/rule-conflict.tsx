"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/ui/button";
import { Note } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import type { Difference } from "./conflict";
import { useRuleWords } from "./rule-words";
import type { GroupNode } from "./schema";

interface RuleConflictProps {
  readonly root: GroupNode;
  readonly differences: readonly Difference[];
  readonly onKeep: () => void;
  readonly onTake: () => void;
}

/**
 * Rules that were saved elsewhere while a draft was open, beside the draft's. Nothing is overwritten until the person
 * decides.
 */
export function RuleConflict({ root, differences, onKeep, onTake }: RuleConflictProps) {
  const t = useTranslations("rules.conflict");
  const words = useRuleWords(root);
  const columns: readonly Column<Difference>[] = [
    { key: "rule", head: t("rule"), cell: ({ path }) => words(path, undefined).label, wraps: true, rowHead: true },
    { key: "mine", head: t("mine"), cell: ({ path, mine }) => words(path, mine).value, wraps: true },
    { key: "theirs", head: t("theirs"), cell: ({ path, theirs }) => words(path, theirs).value, wraps: true },
  ];
  const clashes = differences.filter(({ clash }) => clash).length;
  return (
    <Note tone="soon">
      <div role="alert" className="grid gap-3">
        <div>
          <p className="font-semibold">{t("title")}</p>
          <p>{t("text", { count: clashes })}</p>
        </div>
        {differences.length > 0 ? (
          <Table caption={t("title")} columns={columns} rows={differences} rowKey={({ path }) => path} />
        ) : null}
        <div className="flex flex-wrap gap-2">
          <Button size="small" onClick={onKeep}>
            {t("keep")}
          </Button>
          <Button size="small" onClick={onTake}>
            {t("take")}
          </Button>
        </div>
      </div>
    </Note>
  );
}
