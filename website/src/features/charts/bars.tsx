"use client";

import { useTranslations } from "next-intl";
import { type Column, Table } from "@/ui/table";

export interface Bar {
  readonly key: string;
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

interface BarsProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Names only every n-th bar, if not all names fit. */
  readonly nameEvery?: number;
}

const HEIGHT = 120;

const COLUMNS: readonly Column<Bar>[] = [
  { key: "label", cell: (bar) => <span className="num text-muted">{bar.label}</span>, rowHead: true },
  { key: "value", cell: (bar) => bar.text, figures: true },
];

/** Vertical bars to scale. Screen readers get the same figures as a table. */
export function Bars({ title, bars, nameEvery = 1 }: BarsProps) {
  const t = useTranslations("charts");
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <figure>
      <div aria-hidden="true" dir="ltr" className="flex items-end gap-[3px]" style={{ height: HEIGHT }}>
        {bars.map((bar) => (
          <div
            key={bar.key}
            title={`${bar.label}: ${bar.text}`}
            className="flex h-full min-w-0 max-w-16 flex-1 items-end border-b border-edge"
          >
            <div
              className="w-full rounded-t-sm bg-accent"
              style={{ height: `${(bar.value / most) * 100}%`, minHeight: bar.value > 0 ? 2 : 0 }}
            />
          </div>
        ))}
      </div>
      <div aria-hidden="true" dir="ltr" className="num mt-1 flex gap-[3px] text-[11px] text-muted">
        {bars.map((bar, index) => (
          <span key={bar.key} className="min-w-0 max-w-16 flex-1 overflow-visible text-center whitespace-nowrap">
            {index % nameEvery === 0 ? bar.label : ""}
          </span>
        ))}
      </div>
      <figcaption>
        <details className="mt-2 text-sm">
          <summary className="w-fit text-muted hover:text-ink">{t("asTable")}</summary>
          <div className="mt-2">
            <Table
              look="tight"
              caption={title}
              columns={COLUMNS}
              rows={bars.filter((bar) => bar.value > 0)}
              rowKey={(bar) => bar.key}
            />
          </div>
        </details>
      </figcaption>
    </figure>
  );
}
