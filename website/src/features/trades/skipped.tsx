"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copy } from "@/api/client";
import * as queries from "@/api/queries";
import { CopierFilter } from "@/features/copiers/filter";
import { lots } from "@/lib/numbers";
import { useAddress } from "@/ui/address";
import { Instant, InZone } from "@/ui/age";
import { buttonClass } from "@/ui/button";
import { Link } from "@/ui/link";
import { More } from "@/ui/more";
import { SavedViews } from "@/ui/saved-views";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { skippedFilterOf } from "./filter";
import { useNames } from "./names";
import { Side } from "./status";
import { MasterToSlave } from "./table";
import { Why } from "./why";

/** Every trade that was not copied, with the reason and the setting that caused it. The copier is in the address. */
export function Skipped() {
  const common = useTranslations("common");
  const address = useAddress();
  const copier = address.get("copier");
  const asked = new URLSearchParams({ status: "skipped", ...(copier ? { copier_id: copier } : {}) });
  return (
    <div className="grid gap-3">
      <search className="flex flex-wrap gap-2">
        <CopierFilter value={copier} onChange={(chosen) => address.set({ copier: chosen })} />
        <SavedViews list="skipped" />
        <a className={`${buttonClass()} ms-auto`} href={`/api/v1/copies.csv?${asked}`} download>
          {common("csv")}
        </a>
      </search>
      <SkippedTable filter={skippedFilterOf(address.get)} />
    </div>
  );
}

function SkippedTable({ filter }: { readonly filter: queries.CopyFilter }) {
  const t = useTranslations("skipped");
  const query = useInfiniteQuery(queries.copies(filter));
  const name = useNames();
  const columns = useColumns(name);
  if (query.error) return <Failure error={query.error} onRetry={query.refetch} />;
  if (!query.data) return <SkeletonRows rows={8} />;
  const data = query.data.pages.flatMap((page) => page.items);
  if (data.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <>
      <Table
        caption={t("title")}
        columns={columns}
        rows={data}
        rowKey={(row) => row.link_id}
        card={(row) => <Card copy={row} name={name} />}
      />
      <More query={query} />
    </>
  );
}

function useColumns(name: (id: string) => string): readonly Column<Copy>[] {
  const t = useTranslations("trades");
  const skipped = useTranslations("skipped");
  return [
    {
      key: "at",
      head: <InZone>{skipped("at")}</InZone>,
      cell: (row) => (
        <Link className="hover:text-accent hover:underline" href={`/app/trades/${row.link_id}`}>
          <Instant bare at={row.updated_at} />
        </Link>
      ),
    },
    {
      key: "trade",
      head: skipped("trade"),
      cell: (row) => (
        <>
          <span className="font-medium">{row.symbol}</span> <Side side={row.side} />{" "}
          <span className="num">{lots(row.master_lots)}</span>
        </>
      ),
    },
    { key: "way", head: t("way"), cell: (row) => <MasterToSlave copy={row} name={name} /> },
    { key: "why", head: skipped("why"), cell: (row) => <Why copy={row} />, wraps: true },
  ];
}

function Card({ copy, name }: { readonly copy: Copy; readonly name: (id: string) => string }) {
  return (
    <div className="grid gap-1 text-sm">
      <Link href={`/app/trades/${copy.link_id}`} className="flex justify-between gap-3">
        <span className="font-medium">
          {copy.symbol} <Side side={copy.side} /> <span className="num">{lots(copy.master_lots)}</span>
        </span>
        <Instant at={copy.updated_at} />
      </Link>
      <span className="text-muted">
        <MasterToSlave copy={copy} name={name} />
      </span>
      <Why copy={copy} />
    </div>
  );
}
