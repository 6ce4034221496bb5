"use client";

import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import { isHeldUp, terminalTone } from "@/lib/account-state";
import { Age } from "@/ui/age";
import { Status } from "@/ui/status";

/** The state of the connection to the broker. */
export function TerminalStatus({ account }: { readonly account: Account }) {
  const t = useTranslations("terminal");
  const tone = terminalTone(account);
  const reason = `reasons.${account.state_reason}`;
  const named = tone !== "idle" && (account.state === "failed" || isHeldUp(account)) && t.has(reason);
  const word = named ? t(reason) : t(`states.${account.state}`);
  const after = tone === "now" ? t("youMustAct") : <Age at={account.state_at ?? account.created_at} />;
  return (
    <Status tone={tone} after={after}>
      {word}
    </Status>
  );
}

/** The service's work on the account. Never mixed with what its terminal reports. */
export function ServiceStatus({ account }: { readonly account: Account }) {
  const t = useTranslations("service");
  const tone = account.operating_mode === "suspended" ? "idle" : "good";
  return <Status tone={tone}>{t(account.operating_mode)}</Status>;
}
