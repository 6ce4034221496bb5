"use client";

import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import { useSentences } from "@/i18n/sentences";
import { isHeldUp, terminalTone } from "@/lib/account-state";
import { Note } from "@/ui/states";

/** What happened, what it means for money, what to do: shown while an account has a problem. */
export function Trouble({ account }: { readonly account: Account }) {
  const t = useTranslations("trouble");
  const say = useSentences();
  const tone = terminalTone(account);
  const reason = account.state_reason;
  const details = [say.said(account), say.queue(account)].filter((text) => text !== null);
  if ((tone !== "now" && tone !== "soon") || !reason) return null;
  return (
    <Note tone={tone}>
      <p className="font-semibold">{say.account(reason)}</p>
      {details.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <p>{t(isHeldUp(account) ? "meansHeldUp" : tone === "now" ? "meansPaused" : "meansRetrying")}</p>
      <p>{say.advice(reason)}</p>
    </Note>
  );
}
