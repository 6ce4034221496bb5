"use client";

import { useTranslations } from "next-intl";
import { guardOfKey, useGuardName } from "@/features/requests/guard-name";
import { useNames } from "@/features/trades/names";
import { useSentences } from "@/i18n/sentences";
import { Note } from "@/ui/states";
import { Status } from "@/ui/status";
import { type AccountReadiness, type CopierReadiness, toneOf } from "./standing";

type Found = Pick<CopierReadiness, "status" | "reason" | "turn" | "account_id">;

/** What keeps a copier or an account from working, and who must act. */
export function useWhyHeldUp(): (found: Found) => string {
  const t = useTranslations("readiness");
  const say = useSentences();
  const name = useNames();
  const guardName = useGuardName();
  return ({ status, reason, turn, account_id: account }) => {
    const guard = status === "halted" ? guardOfKey(reason) : null;
    const why = guard
      ? t(turn ? "haltedBy" : "lockedBy", { guard: guardName(guard) })
      : status === "cannot_trade"
        ? say.why({ reason, params: {} })
        : status === "failed" || status === "disconnected"
          ? say.account(reason)
          : t(`why.${status}`);
    return [account ? t("of", { label: name(account) }) : null, why, turn ? t(`turns.${turn}`) : null]
      .filter(Boolean)
      .join(" ");
  };
}

/** In a list: one word, and the reason. */
export function HeldUpStatus({ found }: { readonly found: Found }) {
  const t = useTranslations("readiness");
  const why = useWhyHeldUp();
  return (
    <span className="grid gap-0.5">
      <Status tone={toneOf(found)}>{t(`words.${found.status}`)}</Status>
      <span className="text-xs text-muted">{why(found)}</span>
    </span>
  );
}

/** On a page: the same, and what it means. */
export function HeldUpNote({ found }: { readonly found: Found }) {
  const t = useTranslations("readiness");
  const why = useWhyHeldUp();
  return (
    <Note tone={toneOf(found) === "now" ? "now" : "soon"}>
      <p className="font-semibold">{t(`words.${found.status}`)}</p>
      <p>{why(found)}</p>
    </Note>
  );
}

/** On the page of a copier that is removed once its copies are closed. */
export function RemovingNote() {
  const t = useTranslations("readiness");
  return <Note tone="soon">{t("removing")}</Note>;
}

/** On an account's page: that it cannot trade, or that it is read-only, which is enough for a master. */
export function TradingNote({ found }: { readonly found: AccountReadiness | undefined }) {
  const t = useTranslations("readiness");
  const say = useSentences();
  if (found?.status !== "cannot_trade") return null;
  if (!found.matters) return <Note tone="plain">{t("readsOnly")}</Note>;
  return (
    <Note tone={found.turn === "person" ? "now" : "soon"}>
      <p className="font-semibold">{t("words.cannot_trade")}</p>
      <p>{say.why({ reason: found.reason, params: {} })}</p>
      {found.turn ? <p>{t(`turns.${found.turn}`)}</p> : null}
    </Note>
  );
}
