"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Account, Copier } from "@/api/client";
import * as queries from "@/api/queries";
import { AccountList } from "@/features/accounts/list";
import { Trouble } from "@/features/accounts/trouble";
import { CopyTable } from "@/features/trades/table";
import { terminalTone } from "@/lib/account-state";
import { cx } from "@/ui/cx";
import { Failure, SkeletonRows } from "@/ui/states";
import { FirstSteps } from "./first-steps";

/** Three things in five seconds: is everything connected, is every slave in step, what happened last. */
export function Overview() {
  const t = useTranslations("overview");
  const accounts = useQuery(queries.accounts());
  const copiers = useQuery(queries.copiers());
  if (accounts.error) return <Failure error={accounts.error} onRetry={accounts.refetch} />;
  if (!accounts.data || !copiers.data) return <SkeletonRows rows={8} />;
  if (accounts.data.length < 2 || copiers.data.length === 0) return <FirstSteps accounts={accounts.data} copiers={copiers.data} />;
  return (
    <div className="grid gap-6">
      <Figures accounts={accounts.data} copiers={copiers.data} />
      {accounts.data.filter((account) => terminalTone(account) === "now").map((account) => (
        <div key={account.id} className="grid gap-1">
          <Link href={`/app/accounts/${account.id}`} className="text-sm font-semibold hover:underline">{account.label}</Link>
          <Trouble account={account} />
        </div>
      ))}
      <Section title={t("accounts")} href="/app/accounts">
        <AccountList />
      </Section>
      <Section title={t("trades")} href="/app/trades">
        <CopyTable filter={{ limit: 12 }} />
      </Section>
    </div>
  );
}

interface FiguresProps {
  readonly accounts: readonly Account[];
  readonly copiers: readonly Copier[];
}

function Figures({ accounts, copiers }: FiguresProps) {
  const t = useTranslations("overview");
  const running = accounts.filter((account) => account.operating_mode === "running");
  const ready = running.filter((account) => account.state === "ready").length;
  const on = copiers.filter((copier) => copier.mode === "on").length;
  return (
    <dl className="grid grid-cols-2 divide-x divide-line rounded-lg border border-line bg-surface rtl:divide-x-reverse">
      <Figure name={t("connected")} value={t("of", { some: ready, all: running.length })} note={ready === running.length ? t("allConnected") : t("notAll", { count: running.length - ready })} loud={ready < running.length} />
      <Figure name={t("copying")} value={t("of", { some: on, all: copiers.length })} note={on === copiers.length ? t("allOn") : t("notAllOn", { count: copiers.length - on })} />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly loud?: boolean;
}

export function Figure({ name, value, note, loud }: FigureProps) {
  return (
    <div className="px-4 py-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="num text-xl font-semibold tracking-tight">{value}</dd>
      {note ? <dd className={cx("text-xs", loud ? "font-medium text-soon" : "text-muted")}>{note}</dd> : null}
    </div>
  );
}

export function Section({ title, href, children }: { readonly title: string; readonly href?: string; readonly children: ReactNode }) {
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
