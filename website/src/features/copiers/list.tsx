"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copier } from "@/api/client";
import * as queries from "@/api/queries";
import { CopierStanding } from "@/features/readiness/copier-standing";
import { useNames } from "@/features/trades/names";
import { Age } from "@/ui/age";
import { LinkButton } from "@/ui/button";
import { Flow, flowText } from "@/ui/flow";
import { Link } from "@/ui/link";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";

export function CopierList() {
  const t = useTranslations("copiers");
  const { data, error, refetch } = useQuery(queries.copiers());
  const columns = useColumns();
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={3} />;
  if (data.length === 0) {
    return (
      <Empty
        title={t("emptyTitle")}
        action={
          <LinkButton href="/app/copiers/new" look="primary">
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
      card={(row) => <Card copier={row} />}
    />
  );
}

function useColumns(): readonly Column<Copier>[] {
  const t = useTranslations("copiers");
  return [
    {
      key: "way",
      head: t("way"),
      rowHead: true,
      cell: (row) => (
        <Link href={`/app/copiers/${row.id}`} className="font-medium hover:text-accent hover:underline">
          <CopierName copier={row} />
        </Link>
      ),
    },
    { key: "mode", head: t("mode"), cell: (row) => <CopierStanding copier={row} />, wraps: true },
    {
      key: "sizing",
      head: t("sizing"),
      cell: (row) => <SizingSentence settings={row.settings as JsonObject} />,
      wraps: true,
    },
    { key: "changed", head: t("changed"), cell: (row) => <Age at={row.updated_at} ago />, figures: true },
  ];
}

interface CopierNameProps {
  readonly copier: Pick<Copier, "master_id" | "slave_id">;
  /** As plain text, where no element is allowed. */
  readonly plain?: boolean;
}

export function CopierName({ copier, plain = false }: CopierNameProps) {
  const name = useNames();
  const [from, to] = [name(copier.master_id), name(copier.slave_id)];
  return plain ? flowText(from, to) : <Flow from={from} to={to} />;
}

function Card({ copier }: { readonly copier: Copier }) {
  return (
    <Link href={`/app/copiers/${copier.id}`} className="grid gap-1 text-sm">
      <span className="flex justify-between gap-3">
        <span className="font-medium">
          <CopierName copier={copier} />
        </span>
        <CopierStanding copier={copier} />
      </span>
      <span className="text-muted">
        <SizingSentence settings={copier.settings as JsonObject} />
      </span>
    </Link>
  );
}
