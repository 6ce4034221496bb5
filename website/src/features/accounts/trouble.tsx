"use client";

import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import { terminalTone } from "@/lib/account-state";
import { Note } from "@/ui/states";

/** What happened, what it means for money, what to do: shown while an account has a problem. */
export function Trouble({ account }: { readonly account: Account }) {
  const t = useTranslations("trouble");
  const tone = terminalTone(account);
  const reason = account.state_reason;
  if ((tone !== "now" && tone !== "soon") || !reason) return null;
  const known = t.has(`${reason}.what`);
  return (
    <Note tone={tone}>
      <p className="font-semibold">{known ? t(`${reason}.what`) : (account.state_message ?? t("other.what"))}</p>
      <p>{t(tone === "now" ? "meansPaused" : "meansRetrying")}</p>
      <p>{known ? t(`${reason}.do`) : t("other.do")}</p>
    </Note>
  );
}
