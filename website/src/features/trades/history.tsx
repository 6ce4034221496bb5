"use client";

import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import { useSentences } from "@/i18n/sentences";
import { eventLine } from "@/lib/event-line";
import { lots, price } from "@/lib/numbers";
import { Instant, InZone } from "@/ui/age";
import { type Column, Table } from "@/ui/table";

type Deal = Schemas["CopyDetails"]["deals"][number];

/** The deals of the brokers, on the master and on the slave. */
export function Deals({ copy, digits }: { readonly copy: Schemas["CopyDetails"]; readonly digits: number }) {
  const t = useTranslations("life");
  const sides = useTranslations("sides");
  if (copy.deals.length === 0) return <p className="text-sm text-muted">{t("noDeals")}</p>;
  const what = (deal: Deal) =>
    `${sides.has(deal.side) ? sides(deal.side) : deal.side} · ${t(deal.entry === 0 ? "in" : "out")}`;
  const columns: readonly Column<Deal>[] = [
    {
      key: "at",
      head: <InZone>{t("dealHeads.at")}</InZone>,
      cell: (deal) => <Instant bare at={deal.at} />,
      wideOnly: true,
    },
    { key: "where", head: t("dealHeads.where"), cell: (deal) => t(`roles.${deal.role}`) },
    { key: "what", head: t("dealHeads.what"), cell: what },
    { key: "lots", head: t("dealHeads.lots"), cell: (deal) => <span className="num">{lots(deal.lots)}</span> },
    {
      key: "price",
      head: t("dealHeads.price"),
      cell: (deal) => <span className="num">{price(deal.price, digits)}</span>,
    },
    {
      key: "deal",
      head: t("dealHeads.deal"),
      cell: (deal) => <span className="num text-muted">{deal.deal}</span>,
      wideOnly: true,
    },
  ];
  return (
    <Table
      look="plain"
      caption={t("deals")}
      columns={columns}
      rows={copy.deals}
      rowKey={(deal) => `${deal.role}-${deal.deal}`}
    />
  );
}

/** The journal of a copy, in order. */
export function Events({ events }: { readonly events: readonly Schemas["HistoryEventResponse"][] }) {
  const t = useTranslations("life");
  const say = useSentences();
  if (events.length === 0) return <p className="text-sm text-muted">{t("noEvents")}</p>;
  return (
    <ol className="grid gap-2 text-sm">
      {events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: history only grows at its end
        <li key={index} className="grid grid-cols-[auto_1fr] gap-x-4">
          <Instant at={event.occurred_at} />
          <span className="min-w-0">
            <span className="font-medium">
              {t.has(`eventKinds.${event.kind}`) ? t(`eventKinds.${event.kind}`) : event.kind}
            </span>{" "}
            <span className="text-muted">{say.event(event)}</span>{" "}
            <span dir="ltr" className="font-mono text-xs break-words text-muted">
              {eventLine(event.data)}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
