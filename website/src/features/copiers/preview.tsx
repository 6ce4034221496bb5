"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { Copier, Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { lots } from "@/lib/numbers";
import { cx } from "@/ui/cx";
import { Failure, Skeleton } from "@/ui/states";
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
  const body = { settings: settled as never, mode: copier.mode, master_id: copier.master_id, trades: null };
  const { data, error } = useQuery({ ...queries.preview(body), placeholderData: keepPreviousData });
  return (
    <section className="min-w-0 rounded-lg border border-line bg-surface" aria-live="polite">
      <h2 className="border-b border-line px-4 py-3 text-sm font-semibold">{t("title")}</h2>
      <div className="grid gap-3 p-4">
        {error instanceof Problem && error.problems.length > 0 ? (
          <p className="text-sm text-muted">{t("faulty")}</p>
        ) : error ? (
          <Failure error={error} />
        ) : data ? (
          <Items answer={data} />
        ) : (
          <Skeleton className="h-32" />
        )}
      </div>
    </section>
  );
}

function Items({ answer }: { readonly answer: Schemas["PreviewAnswer"] }) {
  const t = useTranslations("preview");
  return (
    <>
      <ul className="grid gap-3 text-sm">
        {alike(answer.items).map(({ item, count }) => (
          <li key={`${item.at}${item.symbol}${item.sentence}`} className="grid grid-cols-[auto_1fr] gap-x-3">
            <span
              aria-hidden="true"
              className={cx("mt-1.5 size-2 rounded-full", item.outcome === "copy" ? "bg-good-dot" : "bg-edge")}
            />
            <span className="min-w-0">
              <span className="num block font-medium">
                {item.symbol} {lots(item.master_lots)}{" "}
                <span aria-hidden="true" className="inline-block rtl:rotate-180">
                  →
                </span>{" "}
                {item.outcome === "copy" ? lots(item.lots) : t("skipped")}
                {count > 1 ? <span className="font-normal text-muted"> · {t("times", { count })}</span> : null}
              </span>
              <span className="block text-muted" lang="en" dir="auto">
                {item.sentence}
              </span>
              {item.setting ? (
                <a href={`#${item.setting}`} className="text-accent hover:underline">
                  {t("toSetting")}
                </a>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      <p className="text-[13px] text-muted" lang="en" dir="auto">
        {answer.assumed}
      </p>
    </>
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
