"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Copier, Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { useSentences } from "@/i18n/sentences";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { Note } from "@/ui/states";
import { isObject, type Json, type JsonObject, valueAt, withValue } from "./schema";

type Match = Schemas["SymbolMatch"];

/** The master's symbols that were not found at the slave's broker, with fields for their names there. */
export function SymbolMismatch({ copier }: { readonly copier: Copier }) {
  const t = useTranslations("mismatch");
  const [open, setOpen] = useState(false);
  const { data } = useQuery(queries.symbolMatch(copier.id));
  if (!data || data.items.length === 0) return null;
  const names = data.items.map((item) => item.symbol).join(", ");
  return (
    <Note tone="soon">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <p className="font-semibold">{t("title", { count: data.items.length, names })}</p>
          <p>{t("text", { count: data.items.reduce((sum, item) => sum + item.skipped, 0) })}</p>
        </div>
        <Button size="small" onClick={() => setOpen(true)}>
          {t("map")}
        </Button>
      </div>
      <Dialog open={open} title={t("map")} onClose={() => setOpen(false)}>
        <Mapping copier={copier} match={data} onDone={() => setOpen(false)} />
      </Dialog>
    </Note>
  );
}

interface MappingProps {
  readonly copier: Copier;
  readonly match: Match;
  readonly onDone: () => void;
}

function Mapping({ copier, match, onDone }: MappingProps) {
  const t = useTranslations("mismatch");
  const say = useSentences();
  const client = useQueryClient();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(match.items.map((item) => [item.symbol, item.candidates[0] ?? ""])),
  );
  const settings = withMapping(copier.settings as JsonObject, typed);
  const save = useMutation({
    mutationFn: () => mutations.setRules(copier, settings),
    onSuccess: (after) => {
      queries.putCopier(client, after);
      // The list of unmatched symbols depends on the mapping.
      queries.refresh(client, "copier");
      onDone();
    },
  });
  return (
    <QuestionForm
      mutation={save}
      submit={t("save")}
      onDone={onDone}
      disabled={Object.values(typed).every((to) => !to.trim())}
    >
      <p className="text-sm text-muted">{t("lead")}</p>
      {match.affix ? (
        <p className="text-sm">
          {t("affix", { affix: `${match.affix.prefix}SYMBOL${match.affix.suffix}`, example: match.affix.example })}
        </p>
      ) : null}
      {match.items.map((item) => (
        <div key={item.symbol}>
          <TextField
            label={t("there", { symbol: item.symbol })}
            help={helpOf(
              item.reason === "symbol_proposed" ? say.why(item) : null,
              item.candidates.length > 1 ? t("others", { names: item.candidates.join(", ") }) : null,
            )}
            value={typed[item.symbol] ?? ""}
            dir="ltr"
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
            list={`candidates-${item.symbol}`}
            onChange={(event) => setTyped({ ...typed, [item.symbol]: event.target.value })}
          />
          <datalist id={`candidates-${item.symbol}`}>
            {item.candidates.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </div>
      ))}
    </QuestionForm>
  );
}

/** The reasons for a name that brokers are known to use, and the other possible names. */
export function helpOf(evidence: string | null, others: string | null): string | undefined {
  return [evidence, others].filter(Boolean).join(" ") || undefined;
}

/** The settings with these symbols added to the mapping. Empty fields are not added. */
export function withMapping(settings: JsonObject, typed: Readonly<Record<string, string>>): JsonObject {
  const before = valueAt(settings, "symbols.symbol_mapping");
  const kept = (Array.isArray(before) ? (before as readonly Json[]) : []).filter(
    (one) => !isObject(one) || !(String(one.from) in typed),
  );
  const added = Object.entries(typed)
    .filter(([, to]) => to.trim())
    .map(([from, to]) => ({ from, to: to.trim() }));
  return withValue(settings, "symbols.symbol_mapping", [...kept, ...added]);
}
