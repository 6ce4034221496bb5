"use client";

import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import { Note } from "@/ui/states";
import type { AccountReadiness } from "./standing";
import { useAccountReadiness } from "./use-readiness";
import { HeldUpNote } from "./why";

/** Whether an account is not ready for its part in a new copier. A master need not be able to trade. */
export const isUnready = (found: AccountReadiness, part: "master" | "slave"): boolean =>
  found.status !== "working" && (part === "slave" || found.status !== "cannot_trade");

interface LinkCheckProps {
  readonly master: Account | undefined;
  readonly slave: Account | undefined;
}

/** Whether two accounts are ready to be linked, told before the first trade. */
export function LinkCheck({ master, slave }: LinkCheckProps) {
  const t = useTranslations("readiness");
  const theirs = useAccountReadiness(master?.id ?? "");
  const mine = useAccountReadiness(slave?.id ?? "");
  if (!theirs || !mine) return null;
  const parts = [
    [mine, "slave"],
    [theirs, "master"],
  ] as const;
  const unready = parts.filter(([found, part]) => isUnready(found, part));
  if (unready.length === 0) return <Note tone="plain">{t("bothReady")}</Note>;
  return unready.map(([found, part]) => <HeldUpNote key={part} found={found} />);
}
