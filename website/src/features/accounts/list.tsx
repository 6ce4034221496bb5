"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import * as queries from "@/api/queries";
import { useLiveAccount } from "@/features/live/use-live";
import { Age } from "@/ui/age";
import { LinkButton } from "@/ui/button";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { Name } from "@/ui/name";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { ServiceStatus, TerminalStatus } from "./status";

export function AccountList() {
  const t = useTranslations("accounts");
  const { data, error, refetch } = useQuery(queries.accounts());
  const columns = useColumns();
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={4} />;
  if (data.length === 0) {
    return (
      <Empty
        title={t("emptyTitle")}
        action={
          <LinkButton href="/app/accounts/new" look="primary">
            {t("add")}
          </LinkButton>
        }
      >
        {t("emptyText")}
      </Empty>
    );
  }
  return (
    <Table
      caption={t("title")}
      columns={columns}
      rows={data}
      rowKey={(row) => row.id}
      card={(row) => <Card account={row} />}
    />
  );
}

function useColumns(): readonly Column<Account>[] {
  const t = useTranslations("accounts");
  return [
    {
      key: "label",
      head: t("label"),
      rowHead: true,
      cell: (row) => (
        <Link href={`/app/accounts/${row.id}`} className="font-medium hover:text-accent hover:underline">
          <Name>{row.label}</Name>
        </Link>
      ),
    },
    { key: "login", head: t("login"), cell: (row) => <span className="num">{row.login}</span> },
    { key: "server", head: t("server"), cell: (row) => <Name>{row.server}</Name> },
    { key: "platform", head: t("platform"), cell: (row) => <Kind account={row} /> },
    { key: "role", head: t("role"), cell: (row) => t(`roles.${row.role}`) },
    { key: "terminal", head: t("terminal"), cell: (row) => <TerminalStatus account={row} /> },
    { key: "beat", head: t("heartbeat"), cell: (row) => <Beat account={row} />, figures: true },
    { key: "equity", head: t("equity"), cell: (row) => <Equity account={row} />, figures: true },
    { key: "service", head: t("service"), cell: (row) => <ServiceStatus account={row} /> },
  ];
}

function Kind({ account }: { readonly account: Account }) {
  const t = useTranslations("accounts");
  return (
    <>
      {account.platform} <span className="text-muted">{t(account.environment)}</span>
    </>
  );
}

function Beat({ account }: { readonly account: Account }) {
  const live = useLiveAccount(account.id);
  return live?.heartbeat_at ? <Age at={live.heartbeat_at} ago /> : <span className="text-muted">–</span>;
}

function Equity({ account }: { readonly account: Account }) {
  const live = useLiveAccount(account.id);
  return <Money value={live?.equity} currency={live?.currency} />;
}

function Card({ account }: { readonly account: Account }) {
  const t = useTranslations("accounts");
  return (
    <Link href={`/app/accounts/${account.id}`} className="grid gap-1.5">
      <span className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{account.label}</span>
        <span className="text-sm">
          <Equity account={account} />
        </span>
      </span>
      <span className="num text-sm text-muted">
        {account.login} · <bdi>{account.server}</bdi> · {t(`roles.${account.role}`)}
      </span>
      <span className="flex flex-wrap justify-between gap-x-4">
        <TerminalStatus account={account} />
        <ServiceStatus account={account} />
      </span>
    </Link>
  );
}
