"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copier, Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { Side } from "@/features/trades/status";
import { useSentences } from "@/i18n/sentences";
import { lots } from "@/lib/numbers";
import { Instant } from "@/ui/age";
import { useSettled } from "@/ui/settled";
import { Failure, Skeleton } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import type { JsonObject } from "./schema";

interface PreviewProps {
  readonly copier: Copier;
  readonly settings: JsonObject;
  /** A number of the draft is unreadable, so the engine is not asked for a preview. */
  readonly refused: boolean;
}

/** What the draft would have done with the master's last trades, computed by the trading engine itself. */
export function Preview({ copier, settings, refused }: PreviewProps) {
  const t = useTranslations("preview");
  const settled = useSettled(settings);
  const body = {
    settings: settled as never,
    mode: copier.mode,
    master_id: copier.master_id,
    slave_id: copier.slave_id,
    copier_id: copier.id,
    trades: null,
  };
  const query = {
    ...queries.preview(body),
    placeholderData: keepPreviousData,
    enabled: !refused && settled === settings,
  };
  const { data, error } = useQuery(query);
  const faulty = refused || (error instanceof Problem && error.problems.length > 0);
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

function Answer({ answer }: { readonly answer: Schemas["PreviewResponse"] }) {
  const t = useTranslations("preview");
  const say = useSentences();
  const columns: readonly Column<Counted>[] = [
    { key: "trade", head: t("trade"), cell: (row) => <Trade row={row} />, wraps: true },
    { key: "master", head: t("master"), cell: ({ item }) => lots(item.master_lots), figures: true },
    { key: "here", head: t("here"), cell: ({ item }) => <Outcome item={item} />, figures: true },
  ];
  return (
    <>
      <Table
        look="flush"
        caption={t("title")}
        columns={columns}
        rows={countEqual(answer.items)}
        rowKey={({ item }) => `${item.at}${item.symbol}${outcomeOf(item)}`}
        detail={({ item }) => <Reason item={item} />}
      />
      <p className="border-t border-line px-4 py-3 text-[13px] text-muted">
        {answer.assumed.map(({ code, params }) => say.notice(code, params)).join(" ")}
      </p>
    </>
  );
}

function Trade({ row: { item, count } }: { readonly row: Counted }) {
  const t = useTranslations("preview");
  return (
    <>
      <span className="font-medium">{item.symbol}</span> <Side side={item.side} />
      {item.at ? (
        <span className="text-muted">
          {" "}
          · <Instant at={item.at} />
        </span>
      ) : null}
      {count > 1 ? <span className="text-muted"> · {t("times", { count })}</span> : null}
    </>
  );
}

function Outcome({ item }: { readonly item: Item }) {
  const t = useTranslations("preview");
  return item.outcome === "copy" ? (
    <span className="font-semibold">{lots(item.lots)}</span>
  ) : (
    <span className="text-soon">{t("skipped")}</span>
  );
}

function Reason({ item }: { readonly item: Item }) {
  const t = useTranslations("preview");
  const say = useSentences();
  return (
    <>
      {say.preview(item)}{" "}
      {item.setting ? (
        <a href={`#${item.setting}`} className="text-accent underline">
          {t("toSetting")}
        </a>
      ) : null}
    </>
  );
}

type Item = Schemas["PreviewResponse"]["items"][number];

/** The whole explanation of an outcome, to tell outcomes apart. */
const outcomeOf = ({ parts, reason, params }: Item): string => JSON.stringify([parts, reason, params]);

interface Counted {
  readonly item: Item;
  readonly count: number;
}

/** Merges trades with the same outcome into one row with a count. */
function countEqual(items: readonly Item[]): readonly Counted[] {
  const found = new Map<string, Counted>();
  for (const item of items) {
    const key = [item.symbol, item.side, item.master_lots, item.lots, outcomeOf(item)].join("|");
    found.set(key, { item: found.get(key)?.item ?? item, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()];
}
