"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { useLiveAccount } from "@/features/live/use-live";
import { useNames } from "@/features/trades/names";
import { useSentences } from "@/i18n/sentences";
import { useAddress } from "@/ui/address";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { Cards } from "@/ui/cards";
import { cx } from "@/ui/cx";
import { Link } from "@/ui/link";
import { ListFilter } from "@/ui/list-bar";
import { More } from "@/ui/more";
import { Name } from "@/ui/name";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type AlertGroup, causeHref, grouped, hrefOf, inCurrency, isUnreadOnly, symbolsIn } from "./groups";

type Alert = Schemas["Alert"];

const DOTS: Record<Alert["severity"], string> = { info: "bg-edge", soon: "bg-soon-dot", now: "bg-bad-fill" };

/** Alerts, newest first, unread ones in bold. */
export function AlertList() {
  const t = useTranslations("alerts");
  const lists = useTranslations("lists");
  const address = useAddress();
  const onlyUnread = isUnreadOnly(address.get);
  const query = useInfiniteQuery(queries.alerts(onlyUnread));
  const read = useMarkRead();
  if (query.error) return <Failure error={query.error} onRetry={query.refetch} />;
  if (!query.data) return <SkeletonRows rows={6} />;
  const alerts = query.data.pages.flatMap((page) => page.items);
  const readOf = ({ alerts: all }: AlertGroup) => {
    const unread = all.filter((alert) => alert.read_at === null).map((alert) => alert.id);
    if (unread.length > 0) read.mutate(unread);
  };
  if (alerts.length === 0 && !onlyUnread) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <div className="grid gap-3">
      <search className="flex flex-wrap items-center gap-2">
        <ListFilter name="is" label={t("which")} options={[["unread", t("unreadOnly")]]} />
        <Button
          size="small"
          busy={read.isPending}
          disabled={(query.data.pages[0]?.unread ?? 0) === 0}
          onClick={() => read.mutate(null)}
        >
          {t("readAll")}
        </Button>
      </search>
      {alerts.length === 0 ? (
        <Empty title={lists("nothing")} />
      ) : (
        <Cards
          caption={t("title")}
          rows={grouped(alerts)}
          rowKey={(group) => group.first.id}
          card={(group) => <Item group={group} onRead={() => readOf(group)} />}
          bleed
        />
      )}
      <More query={query} />
    </div>
  );
}

function Item({ group, onRead }: { readonly group: AlertGroup; readonly onRead: () => void }) {
  const t = useTranslations("alerts");
  const { first, alerts } = group;
  const live = useLiveAccount(first.account_id ?? "");
  const { title, body } = useSentences().alert(inCurrency(first, live?.currency));
  const several = alerts.length > 1;
  const unread = alerts.some((alert) => alert.read_at === null);
  const cause = causeHref(first);
  const href = hrefOf(first, several);
  return (
    <div className="relative grid grid-cols-[auto_1fr_auto] gap-x-3 px-4 py-3 text-sm has-[a:hover]:bg-sunken">
      <span aria-hidden="true" className={cx("mt-1.5 size-2 rounded-full", DOTS[first.severity])} />
      <span className="min-w-0">
        <Link
          href={href}
          onClick={onRead}
          className={cx("block after:absolute after:inset-0", unread && "font-semibold")}
        >
          {several ? <Several group={group} title={title} /> : title}{" "}
          {unread ? <span className="sr-only">{t("unread")}</span> : null}
        </Link>
        <span className="block text-muted">{body}</span>
        <span className="flex flex-wrap gap-x-2 text-muted">
          <OfAccount alert={first} currency={live?.currency} />
          {cause && cause !== href ? (
            <Link href={cause} onClick={onRead} className="relative text-accent underline">
              {t("toCause")}
            </Link>
          ) : null}
        </span>
      </span>
      <span className="text-muted">
        <Age at={first.created_at} ago />
      </span>
    </div>
  );
}

/** The common text of several alerts with one cause. */
function Several({ group, title }: { readonly group: AlertGroup; readonly title: string }) {
  const t = useTranslations("alerts");
  const count = group.alerts.length;
  const { kind } = group.first;
  const symbols = symbolsIn(group);
  if (kind !== "rejected" && kind !== "out_of_sync") return `${title} · ${t("times", { count })}`;
  const words = t(`several.${kind}`, { count });
  return `${words} · ${symbols.join(", ")}`;
}

/** The account that it concerns, and its currency. */
function OfAccount({ alert, currency }: { readonly alert: Alert; readonly currency: string | null | undefined }) {
  const name = useNames();
  if (!alert.account_id) return null;
  return (
    <span>
      <Name>{name(alert.account_id)}</Name>
      {currency ? ` · ${currency}` : ""}
    </span>
  );
}

function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: mutations.readAlerts,
    onSuccess: () => queries.refresh(client, "alert"),
  });
}
