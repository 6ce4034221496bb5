"use client";

import { useFormatter, useTranslations } from "next-intl";
import { SpanBar } from "@/features/charts/span-bar";
import { SizingSentence } from "@/features/copiers/sentence";
import { Side } from "@/features/trades/status";
import { leftToRight, lots } from "@/lib/numbers";
import { Figure } from "@/ui/figure";
import { Flow } from "@/ui/flow";
import recorded from "./recorded.json";

const SHARES = ["p50", "p95", "p99"] as const;

/** A copied trade as its page shows it, and the latency of all trades of one run of `make up`, which wrote these figures. */
export function Recorded() {
  const t = useTranslations("landing.recorded");
  const format = useFormatter();
  const { trade } = recorded;
  const ms = (value: number) => leftToRight(`${format.number(value, { maximumFractionDigits: 2 })} ms`);
  return (
    <figure className="grid gap-4">
      <div className="rounded-lg border border-line bg-surface">
        <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 border-b border-line px-4 py-3">
          <p className="font-semibold">
            {trade.symbol} <Side side={trade.side as "buy"} />{" "}
            <span className="num">
              <Flow from={lots(trade.master_lots)} to={lots(trade.lots)} />
            </span>
          </p>
          <p className="text-sm text-muted">
            <SizingSentence settings={trade.settings} />
          </p>
        </div>
        <div className="p-4">
          <SpanBar spans={trade.spans} />
        </div>
      </div>
      <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line">
        {SHARES.map((share) => (
          <Figure key={share} name={t(`${share}.name`)} value={ms(recorded[`${share}_ms`])} note={t(`${share}.note`)} />
        ))}
      </dl>
      <figcaption className="text-sm text-muted">
        {t("how", {
          count: recorded.copies,
          date: format.dateTime(new Date(recorded.at), { dateStyle: "long", timeZone: "UTC" }),
        })}
      </figcaption>
    </figure>
  );
}
