"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { CopyRequestButton, CopyRequestDialog } from "@/features/requests/copy-request";
import { useLastRequest } from "@/features/requests/request";
import { useNames } from "@/features/trades/names";
import { Side } from "@/features/trades/status";
import { MasterToSlave } from "@/features/trades/table";
import { isUnseen } from "@/lib/account-state";
import { lots } from "@/lib/numbers";
import { Instant, InZone } from "@/ui/age";
import { Link } from "@/ui/link";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

type Row = Schemas["OutOfSyncCopy"];

/** Copies whose master and slave do not hold the same position, with the difference. */
export function SyncList() {
  const t = useTranslations("sync");
  const { data, error, refetch } = useQuery(queries.outOfSync());
  // The state is kept here and not in a row: rows are remounted when the window becomes too narrow for the table.
  const [chosen, choose] = useState<Row | null>(null);
  const name = useNames();
  const last = useLastRequest();
  const request = (row: Row) => <CopyRequestButton copy={row} last={last(row)} onClick={() => choose(row)} />;
  const columns = useColumns(name, request);
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={4} />;
  if (data.length === 0) return <NoDifference />;
  return (
    <>
      <Table
        caption={t("title")}
        columns={columns}
        rows={data}
        rowKey={(row) => row.link_id}
        card={(row) => <Card row={row} name={name} request={request(row)} />}
      />
      <CopyRequestDialog copy={chosen} onDone={() => choose(null)} />
    </>
  );
}

/** That nothing differs, or that it is unknown while terminals are offline. */
function NoDifference() {
  const t = useTranslations("sync");
  const { data: accounts = [] } = useQuery(queries.accounts());
  const count = accounts.filter(isUnseen).length;
  if (count > 0) return <Empty title={t("unknownTitle")}>{t("unknownText", { count })}</Empty>;
  return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
}

function useColumns(name: (id: string) => string, request: (row: Row) => ReactNode): readonly Column<Row>[] {
  const t = useTranslations("sync");
  const trades = useTranslations("trades");
  return [
    {
      key: "trade",
      head: t("trade"),
      rowHead: true,
      cell: (row) => (
        <Link className="font-medium hover:text-accent hover:underline" href={`/app/trades/${row.link_id}`}>
          {row.symbol} <Side side={row.side} />
        </Link>
      ),
    },
    { key: "way", head: trades("way"), cell: (row) => <MasterToSlave copy={row} name={name} /> },
    { key: "master", head: t("onMaster"), cell: (row) => lots(row.master_left_lots ?? "0"), figures: true },
    { key: "slave", head: t("onSlave"), cell: (row) => lots(row.open_lots), figures: true },
    { key: "difference", head: t("difference"), cell: (row) => t(`differences.${row.difference}`), wraps: true },
    { key: "request", head: t("what"), cell: request, wraps: true },
    {
      key: "since",
      head: <InZone>{t("since")}</InZone>,
      cell: (row) => <Instant bare at={row.updated_at} />,
      figures: true,
    },
  ];
}

interface CardProps {
  readonly row: Row;
  readonly name: (id: string) => string;
  readonly request: ReactNode;
}

function Card({ row, name, request }: CardProps) {
  const t = useTranslations("sync");
  return (
    <div className="grid gap-1 text-sm">
      <Link href={`/app/trades/${row.link_id}`} className="flex justify-between gap-3">
        <span className="font-medium">
          {row.symbol} <Side side={row.side} />
        </span>
        <Instant at={row.updated_at} />
      </Link>
      <span className="text-muted">
        <MasterToSlave copy={row} name={name} />
      </span>
      <span>{t(`differences.${row.difference}`)}</span>
      {request}
    </div>
  );
}
