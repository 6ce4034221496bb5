"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { Instant, InZone } from "@/ui/age";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { countsOf } from "./counts";

type Upload = Schemas["CalendarUpload"];

/** Who uploaded the calendar, when, and with what result. */
export function CalendarUploads() {
  const t = useTranslations("calendar");
  const { data, error, refetch } = useQuery(queries.calendarUploads());
  const columns: readonly Column<Upload>[] = [
    { key: "at", head: <InZone>{t("at")}</InZone>, cell: (row) => <Instant bare at={row.at} /> },
    { key: "who", head: t("who"), cell: (row) => <Who upload={row} /> },
    { key: "source", head: t("source"), cell: (row) => row.source },
    { key: "reason", head: t("reason"), cell: (row) => row.reason, wraps: true },
    { key: "added", head: t("added"), cell: (row) => row.added, figures: true },
    { key: "changed", head: t("changed"), cell: (row) => row.changed, figures: true },
    { key: "removed", head: t("removed"), cell: (row) => row.removed, figures: true },
    { key: "refused", head: t("refused"), cell: (row) => row.refused, figures: true },
  ];
  return (
    <section className="grid gap-2.5">
      <h2 className="text-sm font-semibold">{t("uploads")}</h2>
      {error ? <Failure error={error} onRetry={refetch} /> : null}
      {data?.length === 0 ? <Empty title={t("noUploads")} /> : null}
      {data && data.length > 0 ? (
        <Table
          caption={t("uploads")}
          columns={columns}
          rows={data}
          rowKey={(row) => row.id}
          card={(row) => <Card upload={row} />}
        />
      ) : data || error ? null : (
        <SkeletonRows rows={4} />
      )}
    </section>
  );
}

function Who({ upload }: { readonly upload: Upload }) {
  const t = useTranslations("calendar");
  return upload.actor_id ? <bdi>{upload.email ?? upload.actor_id}</bdi> : t("operator");
}

function Card({ upload }: { readonly upload: Upload }) {
  const t = useTranslations("calendar");
  return (
    <div className="grid gap-0.5 text-sm">
      <span className="flex justify-between gap-3">
        <span className="font-medium">{upload.source}</span>
        <Instant at={upload.at} />
      </span>
      <span className="text-muted">
        <Who upload={upload} /> · {upload.reason}
      </span>
      <span>{t("counts", countsOf(upload))}</span>
    </div>
  );
}
