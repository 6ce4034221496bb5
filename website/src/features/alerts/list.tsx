"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { useTold } from "@/i18n/told";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { Cards } from "@/ui/cards";
import { cx } from "@/ui/cx";
import { Link } from "@/ui/link";
import { More } from "@/ui/more";
import { Empty, Failure, SkeletonRows } from "@/ui/states";

type Alert = Schemas["Alert"];

const DOTS: Record<Alert["severity"], string> = { info: "bg-edge", soon: "bg-soon-dot", now: "bg-bad-fill" };

/** What asked for attention, the newest first, those not yet read in bold. */
export function AlertList() {
  const t = useTranslations("alerts");
  const query = useInfiniteQuery(queries.alerts());
  const read = useMarkRead();
  if (query.error) return <Failure error={query.error} onRetry={query.refetch} />;
  if (!query.data) return <SkeletonRows rows={6} />;
  const alerts = query.data.pages.flatMap((page) => page.items);
  if (alerts.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <div className="grid gap-3">
      <Button
        size="small"
        className="w-fit"
        busy={read.isPending}
        disabled={(query.data.pages[0]?.unread ?? 0) === 0}
        onClick={() => read.mutate(null)}
      >
        {t("readAll")}
      </Button>
      <Cards
        caption={t("title")}
        rows={alerts}
        rowKey={(alert) => alert.id}
        card={(alert) => <Item alert={alert} onRead={() => alert.read_at === null && read.mutate([alert.id])} />}
        bleed
      />
      <More query={query} />
    </div>
  );
}

function Item({ alert, onRead }: { readonly alert: Alert; readonly onRead: () => void }) {
  const t = useTranslations("alerts");
  const { title, body } = useTold().alert(alert);
  return (
    <Link
      href={hrefOf(alert)}
      onClick={onRead}
      className="grid grid-cols-[auto_1fr_auto] gap-x-3 px-4 py-3 text-sm hover:bg-sunken"
    >
      <span aria-hidden="true" className={cx("mt-1.5 size-2 rounded-full", DOTS[alert.severity])} />
      <span className="min-w-0">
        <span className={cx("block", alert.read_at === null && "font-semibold")}>
          {title} {alert.read_at === null ? <span className="sr-only">{t("unread")}</span> : null}
        </span>
        <span className="block text-muted">{body}</span>
      </span>
      <span className="text-muted">
        <Age at={alert.created_at} ago />
      </span>
    </Link>
  );
}

const OF_THE_LOGIN: ReadonlySet<Alert["kind"]> = new Set(["wrong_codes", "password_changed", "email_changed"]);

/** The page where the person can act on an alert. */
export function hrefOf(alert: Pick<Alert, "kind" | "link_id" | "account_id" | "copier_id">): string {
  if (OF_THE_LOGIN.has(alert.kind)) return "/app/settings";
  if (alert.link_id) return `/app/trades/${alert.link_id}`;
  if (alert.account_id) return `/app/accounts/${alert.account_id}`;
  return alert.copier_id ? `/app/copiers/${alert.copier_id}` : "/app/alerts";
}

function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: mutations.readAlerts,
    onSuccess: () => queries.refresh(client, "alert"),
  });
}
