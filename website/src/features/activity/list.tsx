"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { Instant, InZone } from "@/ui/age";
import { More } from "@/ui/more";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { type Action, actorOf } from "./actor";

/** Who changed what, and why. */
export function ActivityList() {
  const t = useTranslations("activity");
  const query = useInfiniteQuery(queries.activity());
  if (query.error) return <Failure error={query.error} onRetry={query.refetch} />;
  if (!query.data) return <SkeletonRows rows={8} />;
  const actions = query.data.pages.flatMap((page) => page.items);
  if (actions.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <div className="grid gap-3">
      <ActivityTable actions={actions} />
      <More query={query} />
    </div>
  );
}

export function ActivityTable({ actions }: { readonly actions: readonly Action[] }) {
  const t = useTranslations("activity");
  const label = (action: Action) =>
    t.has(`actions.${action.action}`) ? t(`actions.${action.action}`) : action.action.replaceAll("_", " ");
  const who = (action: Action) => {
    const actor = actorOf(action);
    return "email" in actor ? <bdi>{actor.email}</bdi> : t(`actors.${actor.key}`);
  };
  const columns: readonly Column<Action>[] = [
    { key: "at", head: <InZone>{t("at")}</InZone>, cell: (action) => <Instant bare at={action.at} /> },
    { key: "actor", head: t("actor"), cell: who },
    { key: "action", head: t("action"), cell: label },
    {
      key: "subject",
      head: t("subject"),
      cell: (action) =>
        action.subject_label ?? <span className="text-muted">{t(`subjects.${action.subject_kind}`)}</span>,
    },
    { key: "reason", head: t("reason"), cell: (action) => action.reason ?? "", wraps: true },
  ];
  const card = (action: Action) => (
    <div className="grid gap-0.5 text-sm">
      <span className="flex justify-between gap-3">
        <span className="font-medium">{label(action)}</span>
        <Instant at={action.at} />
      </span>
      <span className="text-muted">
        {who(action)} · {action.subject_label ?? t(`subjects.${action.subject_kind}`)}
        {action.reason ? ` · ${action.reason}` : ""}
      </span>
    </div>
  );
  return <Table caption={t("title")} columns={columns} rows={actions} rowKey={(action) => action.id} card={card} />;
}
