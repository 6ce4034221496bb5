"use client";

import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import { eventLine } from "@/lib/event-line";
import { lots, price } from "@/lib/numbers";
import { Instant } from "@/ui/age";
import { cx } from "@/ui/cx";

/** Columns for which a phone has no room. */
const ROOMY = new Set(["at", "deal"]);

/** What brokers carried out, on the master and on the slave. */
export function Deals({ copy, digits }: { readonly copy: Schemas["CopyLife"]; readonly digits: number }) {
  const t = useTranslations("life");
  const sides = useTranslations("sides");
  if (copy.deals.length === 0) return <p className="text-sm text-muted">{t("noDeals")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
    <section className="overflow-x-auto" aria-label={t("deals")} tabIndex={0}>
      <table className="w-full text-sm whitespace-nowrap">
        <caption className="sr-only">{t("deals")}</caption>
        <thead className="text-xs text-muted">
          <tr>
            {["at", "where", "what", "lots", "price", "deal"].map((head) => (
              <th
                key={head}
                scope="col"
                className={cx("pe-4 pb-1.5 text-start font-medium", ROOMY.has(head) && "max-sm:hidden")}
              >
                {t(`dealHeads.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {copy.deals.map((deal) => (
            <tr key={`${deal.role}-${deal.deal}`} className="num">
              <td className="h-8 pe-4 max-sm:hidden">
                <Instant at={deal.at} />
              </td>
              <td className="h-8 pe-4">{t(`roles.${deal.role}`)}</td>
              <td className="pe-4">
                {sides.has(deal.side) ? sides(deal.side) : deal.side} · {t(deal.entry === 0 ? "in" : "out")}
              </td>
              <td className="pe-4">{lots(deal.lots)}</td>
              <td className="pe-4">{price(deal.price, digits)}</td>
              <td className="text-muted max-sm:hidden">{deal.deal}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Everything that was written down about a copy, in order. */
export function Events({ events }: { readonly events: readonly Schemas["Event"][] }) {
  const t = useTranslations("life");
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
            <span dir="ltr" className="font-mono text-xs break-words text-muted">
              {eventLine(event.data)}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
