"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { Age, Instant } from "@/ui/age";
import { Link } from "@/ui/link";
import { Panel } from "@/ui/page";
import { Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { milliseconds, room } from "./figures";
import { StaffAccounts } from "./search";

type Overview = Schemas["StaffOverview"];
type Shard = Overview["shards"][number];
type Count = Overview["reasons"][number];

/** How the service is: shards with their canary, accounts by reason, the queue, who is quarantined, incidents. */
export function StaffOverview() {
  const t = useTranslations("staff.overview");
  const { data, error, refetch } = useQuery(queries.staffOverview());
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={8} />;
  return (
    <div className="grid gap-5">
      <Shards shards={data.shards} />
      <Reasons counts={data.reasons} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title={t("queue")}>
          <p className="text-sm">
            {t("waiting", { count: data.queue.waiting })}{" "}
            {data.queue.longest_since ? <Age at={data.queue.longest_since} /> : null}
          </p>
        </Panel>
        <Panel title={t("incidents")}>
          <Incidents incidents={data.incidents} />
        </Panel>
        <Panel title={t("quarantined", { count: data.quarantined.length })}>
          <StaffAccounts accounts={data.quarantined} />
        </Panel>
        <DeadLetters />
      </div>
    </div>
  );
}

function Shards({ shards }: { readonly shards: readonly Shard[] }) {
  const t = useTranslations("staff.overview");
  const columns: readonly Column<Shard>[] = [
    { key: "name", head: t("shard"), cell: (row) => row.name, rowHead: true },
    { key: "seen", head: t("seen"), cell: (row) => <Age at={row.seen_at} ago /> },
    { key: "accounts", head: t("accounts"), cell: (row) => room(row.accounts, row.capacity), figures: true },
    { key: "ready", head: t("ready"), cell: (row) => row.ready, figures: true },
    { key: "leaving", head: t("leaving"), cell: (row) => row.leaving, figures: true },
    {
      key: "canary",
      head: t("canary"),
      cell: (row) => (row.minutes ? `${row.copied}/${row.minutes}` : "–"),
      figures: true,
    },
    { key: "p50", head: "p50", cell: (row) => milliseconds(row.p50_us), figures: true },
    { key: "p95", head: "p95", cell: (row) => milliseconds(row.p95_us), figures: true },
    { key: "p99", head: "p99", cell: (row) => milliseconds(row.p99_us), figures: true },
  ];
  return <Table caption={t("shards")} columns={columns} rows={shards} rowKey={(row) => row.name} />;
}

function Reasons({ counts }: { readonly counts: readonly Count[] }) {
  const t = useTranslations("staff.overview");
  const terminal = useTranslations("terminal");
  const columns: readonly Column<Count>[] = [
    { key: "state", head: t("state"), cell: (row) => terminal(`states.${row.state}` as "states.ready"), rowHead: true },
    { key: "reason", head: t("reason"), cell: (row) => <span dir="ltr">{row.reason ?? "–"}</span> },
    { key: "environment", head: t("environment"), cell: (row) => <span dir="ltr">{row.environment}</span> },
    { key: "accounts", head: t("accounts"), cell: (row) => row.accounts, figures: true },
    { key: "since", head: t("longest"), cell: (row) => <Age at={row.since} /> },
  ];
  return (
    <Table
      caption={t("reasons")}
      columns={columns}
      rows={counts}
      rowKey={(row) => `${row.environment} ${row.state} ${row.reason}`}
    />
  );
}

function Incidents({ incidents }: { readonly incidents: Overview["incidents"] }) {
  const t = useTranslations("staff.overview");
  if (incidents.length === 0) return <p className="text-sm text-muted">{t("noIncidents")}</p>;
  return (
    <ul className="grid gap-2 text-sm">
      {incidents.map((each) => (
        <li key={`${each.affects} ${each.began_at}`} className="flex flex-wrap justify-between gap-x-4">
          <span className={each.ended_at ? undefined : "font-medium text-bad"}>{t(`affects.${each.affects}`)}</span>
          <span className="text-muted">
            <Instant at={each.began_at} /> {each.ended_at ? <Instant at={each.ended_at} /> : t("lasts")}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Mails and calls of webhooks that are tried no more. */
function DeadLetters() {
  const t = useTranslations("staff.overview");
  const { data, error, refetch } = useQuery(queries.deadLetters());
  if (error) return <Failure error={error} onRetry={refetch} />;
  return (
    <Panel title={t("deadLetters", { count: data?.length ?? 0 })}>
      <ul className="grid gap-2 text-sm">
        {data?.map((each) => (
          <li key={each.id} className="flex min-w-0 flex-wrap justify-between gap-x-4">
            <Link className="min-w-0 truncate hover:text-accent hover:underline" href={`/staff/users/${each.user_id}`}>
              <bdi>{each.email ?? each.user_id}</bdi>
            </Link>
            <span dir="ltr">
              {each.channel} · {each.event}
            </span>
            <Instant at={each.dead_at} />
            <span className="w-full break-words text-muted" dir="ltr">
              {each.error}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
