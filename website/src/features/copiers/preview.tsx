"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { Copier, Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { Side } from "@/features/trades/status";
import { useMeaning } from "@/features/trades/why";
import { lots } from "@/lib/numbers";
import { Instant } from "@/ui/age";
import { cx } from "@/ui/cx";
import { Failure, Skeleton } from "@/ui/states";
import { Told } from "@/ui/told";
import type { JsonObject } from "./schema";

const PAUSE_MS = 250;

interface PreviewProps {
  readonly copier: Copier;
  readonly settings: JsonObject;
}

/** What the draft would have made of the master's last trades, said by the engine that trades. */
export function Preview({ copier, settings }: PreviewProps) {
  const t = useTranslations("preview");
  const settled = useSettled(settings);
  const body = {
    settings: settled as never,
    mode: copier.mode,
    master_id: copier.master_id,
    slave_id: copier.slave_id,
    trades: null,
  };
  const { data, error } = useQuery({ ...queries.preview(body), placeholderData: keepPreviousData });
  const faulty = error instanceof Problem && error.problems.length > 0;
  return (
    <section className="min-w-0 rounded-lg border border-line bg-surface">
      <h2 className="border-b border-line px-4 py-3 text-sm font-semibold">{t("title")}</h2>
      <div className="grid min-h-40 content-start" aria-live="polite">
        {faulty ? (
          <p className="p-4 text-sm text-muted">{t("faulty")}</p>
        ) : error ? (
          <div className="p-4">
            <Failure error={error} />
          </div>
        ) : data ? (
          <Answer answer={data} />
        ) : (
          <Skeleton className="m-4 h-32" />
        )}
      </div>
    </section>
  );
}

function Answer({ answer }: { readonly answer: Schemas["PreviewAnswer"] }) {
  const t = useTranslations("preview");
  return (
    <>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{t("title")}</caption>
        <thead className="border-b border-line bg-sunken text-xs text-muted">
          <tr>
            <th scope="col" className="h-8 px-3 ps-4 text-start font-medium">
              {t("trade")}
            </th>
            <th scope="col" className="px-3 text-end font-medium">
              {t("master")}
            </th>
            <th scope="col" className="px-3 pe-4 text-end font-medium">
              {t("here")}
            </th>
          </tr>
        </thead>
        {alike(answer.items).map(({ item, count }) => (
          <Trade key={`${item.at}${item.symbol}${item.sentence}`} item={item} count={count} />
        ))}
      </table>
      <p className="border-t border-line px-4 py-3 text-[13px] text-muted" lang="en" dir="auto">
        {answer.assumed}
      </p>
    </>
  );
}

/** What was traded and what would have come of it, and below that why. */
function Trade({ item, count }: { readonly item: Item; readonly count: number }) {
  const t = useTranslations("preview");
  const meaning = useMeaning();
  const copied = item.outcome === "copy";
  return (
    <tbody className="border-t border-line first-of-type:border-t-0">
      <tr>
        <td className="pt-2.5 pe-3 ps-4">
          <span className="font-medium">{item.symbol}</span> <Side side={item.side} />
          {item.at ? (
            <span className="text-muted">
              {" "}
              · <Instant at={item.at} />
            </span>
          ) : null}
          {count > 1 ? <span className="text-muted"> · {t("times", { count })}</span> : null}
        </td>
        <td className="num px-3 pt-2.5 text-end align-top">{lots(item.master_lots)}</td>
        <td
          className={cx(
            "num px-3 pe-4 pt-2.5 text-end align-top whitespace-nowrap",
            copied ? "font-semibold" : "text-soon",
          )}
        >
          {copied ? lots(item.lots) : t("skipped")}
        </td>
      </tr>
      <tr>
        <td colSpan={3} className="px-4 pb-2.5 text-[13px] text-muted">
          <Told own={meaning(item.reason)}>{item.sentence}</Told>{" "}
          {item.setting ? (
            <a href={`#${item.setting}`} className="text-accent underline">
              {t("toSetting")}
            </a>
          ) : null}
        </td>
      </tr>
    </tbody>
  );
}

type Item = Schemas["PreviewAnswer"]["items"][number];

/** Trades that came to the very same, told once. */
export function alike(items: readonly Item[]): readonly { readonly item: Item; readonly count: number }[] {
  const found = new Map<string, { readonly item: Item; readonly count: number }>();
  for (const item of items) {
    const key = [item.symbol, item.side, item.master_lots, item.lots, item.sentence].join("|");
    found.set(key, { item: found.get(key)?.item ?? item, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
}

/** The value once it has stopped changing for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
