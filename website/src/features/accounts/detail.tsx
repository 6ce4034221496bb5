"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import * as queries from "@/api/queries";
import { EquityPanel } from "@/features/live/equity";
import { LivePositions } from "@/features/live/positions";
import { useLiveAccount } from "@/features/live/use-live";
import { useAccountReadiness } from "@/features/readiness/use-readiness";
import { TradingNote } from "@/features/readiness/why";
import { LAST_COPIES } from "@/features/trades/filter";
import { CopyTable } from "@/features/trades/table";
import { Age, Instant } from "@/ui/age";
import { CopyButton } from "@/ui/copy";
import { Flow } from "@/ui/flow";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { PageHead, Panel } from "@/ui/page";
import { Failure, SkeletonDetail } from "@/ui/states";
import { AccountProxy } from "./account-proxy";
import { AccountActions } from "./actions";
import { AccountMode } from "./mode";
import { ServiceStatus, TerminalStatus } from "./status";
import { Stepper } from "./stepper";
import { AccountTags } from "./tags";
import { Trouble } from "./trouble";

export function AccountDetail({ id }: { readonly id: string }) {
  const t = useTranslations("accounts");
  const { data: account, error, refetch } = useQuery(queries.account(id));
  const live = useLiveAccount(id);
  const readiness = useAccountReadiness(id);
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!account) return <SkeletonDetail />;
  return (
    <>
      <PageHead
        back={{ href: "/app/accounts", label: t("title") }}
        title={account.label}
        lead={
          <span className="num">
            {account.login} <CopyButton text={String(account.login)} what={t("login")} /> · <bdi>{account.server}</bdi>{" "}
            <CopyButton text={account.server} what={t("server")} /> · {account.platform} · {t(account.environment)} ·{" "}
            {t(`roles.${account.role}`)}
          </span>
        }
        actions={<AccountActions account={account} />}
      />
      <div className="grid gap-4">
        <Trouble account={account} />
        <TradingNote found={readiness} />
        <div className="grid gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,7fr)]">
          <Panel title={t("connection")} aside={<TerminalStatus account={account} />}>
            <Stepper account={account} />
          </Panel>
          <div className="grid content-start gap-4">
            <Panel title={t("service")} aside={<ServiceStatus account={account} />}>
              <Facts account={account} />
              <AccountProxy account={account} />
            </Panel>
            <Panel title={t("groups")}>
              <AccountTags account={account} />
            </Panel>
            <Panel title={t("copiers")}>
              <div className="grid gap-5">
                <Copiers account={account} />
                <AccountMode account={account} />
              </div>
            </Panel>
          </div>
        </div>
        {live ? (
          <>
            <EquityPanel account={id} />
            <section className="grid gap-3">
              <h2 className="text-sm font-semibold">{t("positions")}</h2>
              <LivePositions account={id} />
            </section>
          </>
        ) : null}
        <section className="grid gap-3">
          <h2 className="text-sm font-semibold">{t("lastCopies")}</h2>
          <CopyTable filter={{ account_id: id, limit: LAST_COPIES }} />
        </section>
      </div>
    </>
  );
}

function Facts({ account }: { readonly account: Account }) {
  const t = useTranslations("accounts");
  const live = useLiveAccount(account.id);
  const facts = [
    [t("heartbeat"), live?.heartbeat_at ? <Age key="beat" at={live.heartbeat_at} ago /> : "–"],
    [t("equity"), <Money key="equity" value={live?.equity} currency={live?.currency} />],
    [t("balance"), <Money key="balance" value={live?.balance} currency={live?.currency} />],
    [t("marginFree"), <Money key="free" value={live?.margin_free} currency={live?.currency} />],
    [
      t("leverage"),
      live?.leverage ? (
        <span key="leverage" className="num">
          1:{live.leverage}
        </span>
      ) : (
        "–"
      ),
    ],
    [t("added"), <Instant key="added" at={account.created_at} />],
    [t("lastChange"), <Instant key="change" at={account.state_at} />],
    [
      t("passwordVersion"),
      <span key="version" className="num">
        {account.credentials_version}
      </span>,
    ],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Copiers({ account }: { readonly account: Account }) {
  const t = useTranslations("accounts");
  const modes = useTranslations("modes");
  const { data: copiers = [] } = useQuery(queries.copiers());
  const { data: accounts = [] } = useQuery(queries.accounts());
  const mine = copiers.filter((copier) => copier.master_id === account.id || copier.slave_id === account.id);
  const name = (id: string) => accounts.find((other) => other.id === id)?.label ?? "…";
  if (mine.length === 0) {
    return (
      <p className="text-sm text-muted">
        {t("noCopiers")}.{" "}
        <Link href="/app/copiers/new" className="text-accent underline">
          {t("linkIt")}
        </Link>
      </p>
    );
  }
  return (
    <ul className="grid gap-2 text-sm">
      {mine.map((copier) => (
        <li key={copier.id} className="flex justify-between gap-4">
          <Link href={`/app/copiers/${copier.id}`} className="font-medium hover:text-accent hover:underline">
            <Flow from={name(copier.master_id)} to={name(copier.slave_id)} />
          </Link>
          <span className="text-muted">{modes(`${copier.mode}.name`)}</span>
        </li>
      ))}
    </ul>
  );
}
