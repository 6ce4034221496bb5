"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account, Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { useSentences } from "@/i18n/sentences";
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
  readonly settings: Schemas["LinkCheckRequest"]["settings"];
}

/** Whether two accounts are ready to be linked, and how their brokers differ, shown before the first trade. */
export function LinkCheck({ master, slave, settings }: LinkCheckProps) {
  if (!master || !slave) return null;
  return (
    <div className="grid gap-2">
      <Terminals master={master} slave={slave} />
      <Symbols master={master} slave={slave} settings={settings} />
    </div>
  );
}

function Terminals({ master, slave }: { readonly master: Account; readonly slave: Account }) {
  const t = useTranslations("readiness");
  const theirs = useAccountReadiness(master.id);
  const mine = useAccountReadiness(slave.id);
  if (!theirs || !mine) return null;
  const parts = [
    [mine, "slave"],
    [theirs, "master"],
  ] as const;
  const unready = parts.filter(([found, part]) => isUnready(found, part));
  if (unready.length === 0) return <Note tone="plain">{t("bothReady")}</Note>;
  return unready.map(([found, part]) => <HeldUpNote key={part} found={found} />);
}

interface SymbolsProps {
  readonly master: Account;
  readonly slave: Account;
  readonly settings: Schemas["LinkCheckRequest"]["settings"];
}

function Symbols({ master, slave, settings }: SymbolsProps) {
  const { data } = useQuery(queries.linkCheck({ master_id: master.id, slave_id: slave.id, settings }));
  return data ? <SymbolFindings found={data} /> : null;
}

/** The result for the symbols that the master opened last. */
export function SymbolFindings({ found }: { readonly found: Schemas["LinkCheck"] }) {
  const t = useTranslations("readiness");
  const say = useSentences();
  if (!found.slave_known) return <Note tone="plain">{t("symbolsUnknown")}</Note>;
  if (found.checked === 0) return <Note tone="plain">{t("nothingOpened")}</Note>;
  if (found.findings.length === 0) return <Note tone="plain">{t("sameSymbols", { count: found.checked })}</Note>;
  const tone = found.findings.some((one) => one.is_skipped) ? "soon" : "plain";
  return (
    <Note tone={tone}>
      <p className="font-semibold">{t("differences")}</p>
      <ul className="grid gap-1">
        {found.findings.map((one) => (
          <li key={`${one.symbol} ${one.code}`}>{say.linking(one)}</li>
        ))}
      </ul>
    </Note>
  );
}
