"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useMemo, useRef } from "react";
import type { Copier } from "@/api/client";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { CopierHeldUp } from "@/features/readiness/copier-standing";
import { FlattenRequest } from "@/features/requests/flatten";
import { GuardPanel } from "@/features/requests/guards";
import { LAST_COPIES } from "@/features/trades/filter";
import { CopyTable } from "@/features/trades/table";
import { useSentences } from "@/i18n/sentences";
import { Button } from "@/ui/button";
import { cx } from "@/ui/cx";
import { focusFirstError } from "@/ui/first-error";
import { useAskBeforeLeaving } from "@/ui/leaving";
import { PageHead } from "@/ui/page";
import { Failure, Note, SkeletonDetail } from "@/ui/states";
import { CopierActions } from "./actions";
import { differences, onTop } from "./conflict";
import { useDraft } from "./draft";
import { CopierName } from "./list";
import { SymbolMismatch } from "./mismatch";
import { ModePicker } from "./mode-picker";
import { Preview } from "./preview";
import { CopierRefusal } from "./refusal";
import { refusedNumbers } from "./refused";
import { RuleConflict } from "./rule-conflict";
import { Rules } from "./rules";
import { saveRules } from "./save-rules";
import { type GroupNode, type JsonObject, type JsonSchema, readSchema, same } from "./schema";
import { SizingSentence } from "./sentence";
import { TemplateBar } from "./template-bar";

interface DetailProps {
  readonly id: string;
  readonly schema: JsonSchema;
}

export function CopierDetail({ id, schema }: DetailProps) {
  const t = useTranslations("copiers");
  const { data: copier, error, refetch } = useQuery(queries.copier(id));
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!copier) return <SkeletonDetail />;
  return (
    <>
      <PageHead
        back={{ href: "/app/copiers", label: t("title") }}
        title={<CopierName copier={copier} />}
        lead={<SizingSentence settings={copier.settings as JsonObject} />}
        actions={<CopierActions copier={copier} />}
      />
      <div className="grid gap-6">
        <div className="grid gap-2">
          <ModePicker copier={copier} />
          <FlattenRequest copier={copier.id} />
        </div>
        <CopierRefusal copier={copier} />
        <CopierHeldUp copier={copier.id} />
        <Notices notices={copier.notices} />
        <SymbolMismatch copier={copier} />
        <GuardPanel copier={copier} />
        <RulesEditor key={copier.id} copier={copier} schema={schema} />
        <section className="grid gap-3">
          <h2 className="text-sm font-semibold">{t("history")}</h2>
          <CopyTable filter={{ copier_id: id, limit: LAST_COPIES }} />
        </section>
      </div>
    </>
  );
}

/** Warnings about rules that cannot have the effect that they describe. */
function Notices({ notices }: { readonly notices: Copier["notices"] }) {
  const say = useSentences();
  return notices.map((notice) => (
    <Note key={notice.code} tone="soon">
      {say.notice(notice.code, notice.params)}
    </Note>
  ));
}

/**
 * Edits a draft. A change that was saved elsewhere meanwhile is shown beside it, and is never overwritten unnoticed.
 */
function RulesEditor({ copier, schema }: { readonly copier: Copier; readonly schema: JsonSchema }) {
  const t = useTranslations("rules");
  const client = useQueryClient();
  const stored = copier.settings as JsonObject;
  const { draft, base, kept, edit, rebase, drop } = useDraft(copier);
  const settings = draft ?? stored;
  const before = base.settings as JsonObject;
  const outdated = draft !== null && !same(before, stored);
  const dirty = draft !== null && JSON.stringify(draft) !== JSON.stringify(stored);
  const save = useMutation({
    mutationFn: () => saveRules(client, base, settings),
    onSuccess: (after) => {
      queries.putCopier(client, after);
      drop();
    },
  });
  const root = useMemo(() => readSchema(schema), [schema]);
  const refused = useRefused(root, settings);
  const found = useMemo(() => problemsByPath(save.error), [save.error]);
  const problems = useMemo(() => new Map([...found, ...refused]), [found, refused]);
  useAskBeforeLeaving(dirty, t("leave"));
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // The groups with faulty rules open first.
    const timer = found.size > 0 ? setTimeout(() => focusFirstError(section.current)) : undefined;
    return () => clearTimeout(timer);
  }, [found]);
  return (
    <section ref={section} className="grid gap-3" aria-label={t("title")}>
      <div className="flex min-h-8 flex-wrap items-center gap-3">
        <h2 className="text-sm font-semibold">{t("title")}</h2>
        <TemplateBar settings={settings} faulty={refused.size > 0} onPick={edit} />
        <span
          role="status"
          className={cx("ms-auto text-sm", dirty && save.isError ? "font-semibold text-bad" : "text-muted")}
        >
          {dirty ? t(save.isError ? "stillUnsaved" : kept ? "kept" : "unsaved") : save.isSuccess ? t("saved") : ""}
        </span>
      </div>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
        <Rules schema={schema} settings={settings} problems={problems} onChange={edit} />
        <div className="xl:sticky xl:top-16">
          <Preview copier={copier} settings={settings} refused={refused.size > 0} />
        </div>
      </div>
      {outdated ? (
        <RuleConflict
          root={root}
          differences={differences(before, draft, stored)}
          onKeep={() => {
            rebase(onTop(before, draft, stored));
            save.reset();
          }}
          onTake={() => {
            drop();
            save.reset();
          }}
        />
      ) : save.error && found.size === 0 ? (
        <Failure error={save.error} />
      ) : null}
      {dirty && !outdated ? (
        <div className="sticky bottom-16 z-10 flex justify-end gap-2 rounded-lg border border-edge bg-surface p-3 lg:bottom-4">
          <Button onClick={drop}>{t("discard")}</Button>
          <Button look="primary" busy={save.isPending} disabled={refused.size > 0} onClick={() => save.mutate()}>
            {t("save")}
          </Button>
        </div>
      ) : null}
    </section>
  );
}

/** What is wrong with numbers of the draft, by the path of their rule. It is known before the API is asked. */
function useRefused(root: GroupNode, settings: JsonObject): ReadonlyMap<string, string> {
  const t = useTranslations("rules.refused");
  return useMemo(
    () => new Map([...refusedNumbers(root, settings)].map(([path, refusal]) => [path, t(refusal)])),
    [root, settings, t],
  );
}

/** The API's problems by the path of their rule: "settings.sizing.multiplier.factor" is the rule "sizing.factor". */
export function problemsByPath(error: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!(error instanceof Problem)) return found;
  for (const { field, problem } of error.problems) {
    const path = field.replace(/^settings\./, "").replace(/^sizing\.[a-z_]+\.(?=[a-z_]+$)/, "sizing.");
    found.set(path, problem);
  }
  return found;
}
