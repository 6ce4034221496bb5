"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Copier, Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { isObject, type Json, type JsonObject, valueAt } from "@/features/copiers/schema";
import { useLiveAccount } from "@/features/live/use-live";
import type { Tone } from "@/lib/account-state";
import { Age, Instant } from "@/ui/age";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Money, useMoney } from "@/ui/money";
import { Panel } from "@/ui/page";
import { QuestionForm } from "@/ui/question";
import { Status } from "@/ui/status";

type Guard = Schemas["GuardResponse"];

/** A copier's guards: what they measure, from where they count, and whether they have stopped it. */
export function GuardPanel({ copier }: { readonly copier: Copier }) {
  const limits = limitsOf(copier.settings as JsonObject);
  return limits.length === 0 ? null : <Guards copier={copier} limits={limits} />;
}

interface GuardsProps {
  readonly copier: Copier;
  readonly limits: readonly JsonObject[];
}

function Guards({ copier, limits }: GuardsProps) {
  const t = useTranslations("guards");
  const { data } = useQuery(queries.guards(copier.id));
  const currency = useLiveAccount(copier.slave_id)?.currency ?? null;
  return (
    <Panel title={t("title")}>
      <ul className="grid gap-4">
        {limits.map((limit, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a guard is its place in the list
          <li key={index} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
            <GuardLine limit={limit} guard={data?.[index]} currency={currency} />
            {data?.[index]?.tripped && !isLocked(data[index]) ? <Reset copier={copier.id} guard={data[index]} /> : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function limitsOf(settings: JsonObject): readonly JsonObject[] {
  const found = valueAt(settings, "guards.risk_limits");
  return Array.isArray(found) ? (found as readonly Json[]).filter((one) => isObject(one)) : [];
}

/** Whether nobody can reset a guard yet. */
const isLocked = (guard: Guard): boolean =>
  guard.locked_until != null && new Date(guard.locked_until).getTime() > Date.now();

interface LineProps {
  readonly limit: JsonObject;
  readonly guard: Guard | undefined;
  readonly currency: string | null;
}

function GuardLine({ limit, guard, currency }: LineProps) {
  const t = useTranslations("guards");
  const tone = toneOf(limit, guard);
  return (
    <div className="grid gap-1 text-sm">
      <Status tone={tone} after={guard?.at && tone !== "idle" ? <Age at={guard.at} ago /> : null}>
        {t(`states.${stateOf(limit, guard)}`)}
      </Status>
      <p>
        <Sentence limit={limit} currency={currency} />
      </p>
      {guard && isLocked(guard) ? <p>{t.rich("locked", { when: () => <Instant at={guard.locked_until} /> })}</p> : null}
      {guard && isPaused(limit, guard) ? <PauseLine limit={limit} guard={guard} /> : null}
      {guard?.start == null ? null : (
        <p className="flex flex-wrap gap-x-4 text-muted">
          <span>
            {t("start")} <Money value={guard.start} currency={currency} />
          </span>
          {limit.kind === "drawdown" && guard.peak != null ? (
            <span>
              {t("peak")} <Money value={guard.peak} currency={currency} />
            </span>
          ) : null}
        </p>
      )}
    </div>
  );
}

/** When a pause ends: at a time, or when the loss is smaller. */
function PauseLine({ limit, guard }: { readonly limit: JsonObject; readonly guard: Guard }) {
  const t = useTranslations("guards");
  if (guard.paused_until != null) {
    return <p>{t.rich("paused", { when: () => <Instant at={guard.paused_until ?? null} /> })}</p>;
  }
  const share = typeof limit.recovered_to === "string" ? Number(limit.recovered_to) : 0.5;
  return <p>{t("pausedForLoss", { share: isolated(shareOf(share, "")) })}</p>;
}

function Sentence({ limit, currency }: Omit<LineProps, "guard">) {
  const t = useTranslations("guards");
  const money = useMoney();
  const amount = typeof limit.max_absolute_risk === "string" ? Number(limit.max_absolute_risk) : null;
  const share = typeof limit.max_relative_risk === "string" ? Number(limit.max_relative_risk) : null;
  const parts = [
    amount === null || limit.kind === "best_day" ? null : money(amount, currency),
    share === null ? null : shareOf(share, limit.share_of === "initial" ? t("ofInitial") : ""),
  ].filter((part) => part !== null);
  const kind = String(limit.kind ?? "loss");
  const period = String(limit.type ?? "day");
  return (
    <>
      {t(`kinds.${kind}`, { limit: parts.map(isolated).join(` ${t("or")} `), period: t(`periods.${period}`) })}{" "}
      <span className="text-muted">{t(limit.close_positions === true ? "closes" : "stops")}</span>
    </>
  );
}

const shareOf = (share: number, of: string): string => `${Math.round(share * 10_000) / 100} % ${of}`.trim();

/** Figures keep their own direction within a sentence in a right-to-left script. */
const isolated = (text: string): string => `\u2066${text}\u2069`;

/** Whether a guard has only paused copying. */
const isPaused = (limit: JsonObject, guard: Guard | undefined): boolean =>
  guard?.tripped === true && limit.reset === "paused";

type GuardState = "unseen" | "resetting" | "paused" | "tripped" | "warned" | "watching";

function stateOf(limit: JsonObject, guard: Guard | undefined): GuardState {
  if (guard?.resetting) return "resetting";
  if (isPaused(limit, guard)) return "paused";
  if (guard?.tripped) return "tripped";
  if (guard?.warned) return "warned";
  return guard?.at ? "watching" : "unseen";
}

const TONES: Record<GuardState, Tone> = {
  unseen: "idle",
  resetting: "busy",
  paused: "soon",
  tripped: "now",
  warned: "soon",
  watching: "good",
};
const toneOf = (limit: JsonObject, guard: Guard | undefined): Tone => TONES[stateOf(limit, guard)];

function Reset({ copier, guard }: { readonly copier: string; readonly guard: Guard }) {
  const t = useTranslations("guards");
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const reset = useMutation({
    mutationFn: () => mutations.resetGuard(copier, guard.guard),
    onSuccess: () => {
      queries.refreshGuards(client, copier);
      close();
    },
  });
  return (
    <>
      <Button size="small" disabled={guard.resetting} onClick={() => setOpen(true)}>
        {t("reset")}
      </Button>
      <Dialog open={open} title={t("resetTitle")} onClose={close}>
        <QuestionForm mutation={reset} submit={t("reset")} onDone={close}>
          <p className="text-sm">{t("resetText")}</p>
        </QuestionForm>
      </Dialog>
    </>
  );
}
