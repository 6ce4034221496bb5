"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Copy } from "@/api/client";
import * as queries from "@/api/queries";
import { duration, lots, signed } from "@/lib/numbers";
import { total } from "@/lib/spans";
import { Instant, InZone } from "@/ui/age";
import { Flow } from "@/ui/flow";
import { Link } from "@/ui/link";
import { More } from "@/ui/more";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { useNames } from "./names";
import { CopyState, Side } from "./status";

interface CopyTableProps {
  readonly filter: queries.CopyFilter;
  readonly empty?: ReactNode;
  readonly paged?: boolean;
}

const FRESH_MS = 4_000;
const isFresh = (copy: Copy): boolean => Date.now() - new Date(copy.updated_at).getTime() < FRESH_MS;

/** Copies, last changed first. A row flashes once when it has just changed. */
export function CopyTable({ filter, empty, paged }: CopyTableProps) {
  const query = useInfiniteQuery(queries.copies(filter));
  if (query.error) return <Failure error={query.error} onRetry={query.refetch} />;
  if (!query.data) return <SkeletonRows rows={8} />;
  const rows = query.data.pages.flatMap((page) => page.items);
  return (
    <div className="grid gap-3">
      <CopyRows rows={rows} empty={empty} />
      {paged ? <More query={query} /> : null}
    </div>
  );
}

/** The table alone, for copies that the caller has read. */
export function CopyRows({ rows, empty }: { readonly rows: readonly Copy[]; readonly empty?: ReactNode }) {
  const t = useTranslations("trades");
  const name = useNames();
  const columns = useColumns(name);
  if (rows.length === 0) return <>{empty ?? <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>}</>;
  return (
    <Table
      caption={t("title")}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.link_id}
      isFresh={isFresh}
      card={(row) => <Card copy={row} name={name} />}
    />
  );
}

type Name = (id: string) => string;

function useColumns(name: Name): readonly Column<Copy>[] {
  const t = useTranslations("trades");
  return [
    {
      key: "opened",
      head: <InZone>{t("opened")}</InZone>,
      cell: (row) => (
        <TradeLink copy={row}>
          <Instant bare at={row.opened_at ?? row.updated_at} />
        </TradeLink>
      ),
    },
    { key: "symbol", head: t("symbol"), cell: (row) => <span className="font-medium">{row.symbol}</span> },
    { key: "side", head: t("side"), cell: (row) => <Side side={row.side} /> },
    { key: "way", head: t("way"), cell: (row) => <MasterToSlave copy={row} name={name} /> },
    { key: "ticket", head: t("ticket"), cell: (row) => <MasterTicket copy={row} />, figures: true },
    { key: "master", head: t("masterLots"), cell: (row) => lots(row.master_lots), figures: true },
    { key: "copy", head: t("copyLots"), cell: (row) => lots(row.target_lots), figures: true },
    { key: "open", head: t("openLots"), cell: (row) => lots(row.open_lots), figures: true },
    { key: "slippage", head: t("slippage"), cell: (row) => <Slippage bp={row.slippage_bp} />, figures: true },
    { key: "time", head: t("latency"), cell: (row) => <Latency copy={row} />, figures: true },
    { key: "state", head: t("state"), cell: (row) => <CopyState copy={row} /> },
  ];
}

/** The master's ticket, and the number of a further part of its copy. */
function MasterTicket({ copy }: { readonly copy: Copy }) {
  const t = useTranslations("trades");
  if (!copy.part) return copy.master_position;
  return (
    <>
      {copy.master_position}
      <span className="block text-xs text-muted">{t("part", { number: copy.part + 1 })}</span>
    </>
  );
}

function TradeLink({ copy, children }: { readonly copy: Copy; readonly children: ReactNode }) {
  return (
    <Link href={`/app/trades/${copy.link_id}`} className="hover:text-accent hover:underline">
      {children}
    </Link>
  );
}

export function MasterToSlave({ copy, name }: { readonly copy: Copy; readonly name: Name }) {
  return <Flow from={name(copy.master_account_id)} to={name(copy.slave_account_id)} />;
}

export function Slippage({ bp }: { readonly bp: number | null | undefined }) {
  return bp == null ? <span className="text-muted">–</span> : <span dir="ltr">{signed(bp)} bp</span>;
}

function Latency({ copy }: { readonly copy: Copy }) {
  const whole = total(copy.spans);
  return whole === null ? <span className="text-muted">–</span> : <span dir="ltr">{duration(whole)}</span>;
}

function Card({ copy, name }: { readonly copy: Copy; readonly name: Name }) {
  return (
    <Link href={`/app/trades/${copy.link_id}`} className="grid gap-1 text-sm">
      <span className="flex justify-between gap-3">
        <span className="font-medium">
          {copy.symbol} <Side side={copy.side} />
        </span>
        <CopyState copy={copy} />
      </span>
      <span className="flex justify-between gap-3">
        <span className="num">
          <Flow from={lots(copy.master_lots)} to={lots(copy.target_lots)} />
        </span>
        <span className="num">
          <Latency copy={copy} />
        </span>
      </span>
      <span className="flex justify-between gap-3 text-muted">
        <span className="truncate">
          <MasterToSlave copy={copy} name={name} />
        </span>
        <Instant at={copy.opened_at ?? copy.updated_at} />
      </span>
    </Link>
  );
}
