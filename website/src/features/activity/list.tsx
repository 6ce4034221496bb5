"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { Instant } from "@/ui/age";
import { More } from "@/ui/more";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";

type Deed = Schemas["ActivityEntry"];

/** Who changed what, and why. */
export function ActivityList() {
  const t = useTranslations("activity");
  const query = useInfiniteQuery(queries.activity());
  if (query.error) return <Failure error={query.error} onRetry={query.refetch} />;
  if (!query.data) return <SkeletonRows rows={8} />;
  const deeds = query.data.pages.flatMap((page) => page.items);
  if (deeds.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <div className="grid gap-3">
      <ActivityTable deeds={deeds} />
      <More query={query} />
    </div>
  );
}

export function ActivityTable({ deeds }: { readonly deeds: readonly Deed[] }) {
  const t = useTranslations("activity");
  const action = (deed: Deed) =>
    t.has(`actions.${deed.action}`) ? t(`actions.${deed.action}`) : deed.action.replaceAll("_", " ");
  const columns: readonly Column<Deed>[] = [
    { key: "at", head: t("at"), cell: (deed) => <Instant at={deed.at} /> },
    { key: "actor", head: t("actor"), cell: (deed) => t(`actors.${deed.actor}`) },
    { key: "action", head: t("action"), cell: action },
    {
      key: "subject",
      head: t("subject"),
      cell: (deed) => deed.subject_label ?? <span className="text-muted">{t(`subjects.${deed.subject_kind}`)}</span>,
    },
    { key: "reason", head: t("reason"), cell: (deed) => deed.reason ?? "", wraps: true },
  ];
  const card = (deed: Deed) => (
    <div className="grid gap-0.5 text-sm">
      <span className="flex justify-between gap-3">
        <span className="font-medium">{action(deed)}</span>
        <Instant at={deed.at} />
      </span>
      <span className="text-muted">
        {t(`actors.${deed.actor}`)} · {deed.subject_label ?? t(`subjects.${deed.subject_kind}`)}
        {deed.reason ? ` · ${deed.reason}` : ""}
      </span>
    </div>
  );
  return <Table caption={t("title")} columns={columns} rows={deeds} rowKey={(deed) => deed.id} card={card} />;
}
