"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { Trouble } from "@/features/accounts/trouble";
import { SlippageChart } from "@/features/charts/slippage";
import { SpanTable } from "@/features/charts/spans";
import { EquityOfAny } from "@/features/live/equity";
import { cannotTrade } from "@/features/readiness/standing";
import { TradingNote } from "@/features/readiness/why";
import { CopyRows } from "@/features/trades/table";
import { terminalTone } from "@/lib/account-state";
import { useZone } from "@/lib/zone";
import { Figure } from "@/ui/figure";
import { Later } from "@/ui/later";
import { Link } from "@/ui/link";
import { Panel } from "@/ui/page";
import { Failure, SkeletonRows } from "@/ui/states";
import { AccountsAtAGlance } from "./accounts";
import { ExposurePanels } from "./exposure";
import { FirstSteps } from "./first-steps";
import { Headroom } from "./headroom";
import { MoneyStrip } from "./money";
import { OpenNow } from "./open";
import { ofAccounts, ofCopiers, type Standing } from "./standing";

/** Answers three questions at a glance: is everything connected, is every slave in sync, what happened today. */
export function Overview() {
  const accounts = useQuery(queries.accounts());
  const copiers = useQuery(queries.copiers());
  const { data, error, refetch } = useQuery(queries.dashboard(useZone()));
  if (accounts.error) return <Failure error={accounts.error} onRetry={accounts.refetch} />;
  if (!accounts.data || !copiers.data) return <SkeletonRows rows={8} />;
  if (accounts.data.length < 2 || copiers.data.length === 0)
    return <FirstSteps accounts={accounts.data} copiers={copiers.data} />;
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={8} />;
  return <Dashboard data={data} accounts={accounts.data} />;
}

const SHOWN = 8;

interface DashboardProps {
  readonly data: Schemas["Dashboard"];
  readonly accounts: readonly Schemas["AccountResponse"][];
}

function Dashboard({ data, accounts }: DashboardProps) {
  const t = useTranslations("overview");
  const { data: readiness } = useQuery(queries.readiness());
  const found = (id: string) => readiness?.accounts.find((one) => one.account_id === id);
  return (
    <div className="grid gap-6">
      <MoneyStrip earned={data.earned_today} />
      <FigureStrip data={data} />
      {accounts
        .filter((account) => terminalTone(account) === "now" || cannotTrade(found(account.id)))
        .map((account) => (
          <div key={account.id} className="grid gap-1">
            <Link href={`/app/accounts/${account.id}`} className="text-sm font-semibold hover:underline">
              {account.label}
            </Link>
            <Trouble account={account} />
            <TradingNote found={found(account.id)} />
          </div>
        ))}
      <Headroom />
      <Later>
        <EquityOfAny accounts={accounts} />
      </Later>
      <Later>
        <Section title={t("open")} href="/app/positions">
          <OpenNow />
        </Section>
      </Later>
      <Later>
        <ExposurePanels />
      </Later>
      <Later>
        <Section title={t("accounts")} href="/app/accounts">
          <AccountsAtAGlance accounts={accounts} />
        </Section>
      </Later>
      <Later>
        <div className="grid gap-4 lg:grid-cols-2">
          <Panel title={t("spans")}>
            <SpanTable spans={data.spans} />
          </Panel>
          <Panel title={t("slippage")}>
            <SlippageChart bins={data.slippage_histogram} />
          </Panel>
        </div>
      </Later>
      <Later>
        <Section title={t("trades")} href="/app/trades">
          <CopyRows rows={data.recent.slice(0, SHOWN)} />
        </Section>
      </Later>
    </div>
  );
}

function FigureStrip({ data }: { readonly data: Schemas["Dashboard"] }) {
  const t = useTranslations("overview");
  const { accounts, copies_today: today } = data;
  const ofAll = ofAccounts(accounts);
  const { data: readiness } = useQuery(queries.readiness());
  const ofThem = readiness ? ofCopiers(readiness.copiers) : null;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-4">
      <Figure
        href="/app/accounts"
        name={t("connected")}
        value={t("of", { some: accounts.connected, all: accounts.total })}
        note={<Note standing={ofAll} well={t("allConnected")} />}
        tone={ofAll.tone}
      />
      <Figure
        href="/app/out-of-sync"
        name={t("sync")}
        value={data.out_of_sync_total}
        note={t(
          data.out_of_sync_total > 0 ? "notInStep" : accounts.connected < accounts.total ? "unseen" : "allInStep",
        )}
        tone={data.out_of_sync_total > 0 ? "soon" : null}
      />
      <Figure
        href="/app/trades"
        name={t("copiedToday")}
        value={today.copied}
        note={ofThem ? <Note standing={ofThem} well={t("allOn")} /> : "…"}
        tone={ofThem?.tone}
      />
      <Figure
        href="/app/skipped"
        name={t("notCopiedToday")}
        value={today.skipped + today.rejected + today.unresolved}
        note={t("notCopiedParts", { skipped: today.skipped, rejected: today.rejected, unresolved: today.unresolved })}
        tone={today.rejected + today.unresolved > 0 ? "soon" : null}
      />
    </dl>
  );
}

/** What is wrong, or that nothing is. */
function Note({ standing, well }: { readonly standing: Standing; readonly well: string }) {
  const t = useTranslations("overview.standing");
  return standing.parts.length === 0 ? well : standing.parts.map(({ key, count }) => t(key, { count })).join(" · ");
}

function Section({
  title,
  href,
  children,
}: {
  readonly title: string;
  readonly href?: string;
  readonly children: ReactNode;
}) {
  const t = useTranslations("overview");
  return (
    <section className="grid min-w-0 gap-2.5">
      <div className="flex items-baseline justify-between">
        <h2 className="text-sm font-semibold">{title}</h2>
        {href ? (
          <Link href={href} className="text-sm text-accent hover:underline" aria-label={`${t("all")}: ${title}`}>
            {t("all")}
          </Link>
        ) : null}
      </div>
      {children}
    </section>
  );
}
