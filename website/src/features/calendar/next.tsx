"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormatter, useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { useOption } from "@/features/copiers/inputs";
import { type Json, type Node, valueAt } from "@/features/copiers/schema";
import { useZone } from "@/lib/zone";

const SHOWN = 5;
const USUAL = ["high", "election"];

interface NextNewsProps {
  readonly node: Node;
  /** The news filter while it is edited. */
  readonly value: Json | undefined;
}

/** The next news that the filter applies to, and how far the calendar reaches. */
export function NextNews({ node, value }: NextNewsProps) {
  const t = useTranslations("calendar");
  const format = useFormatter();
  const zone = useZone();
  const importance = useOption()(node);
  const { data } = useQuery(queries.calendar());
  if (!data) return null;
  const wanted = prioritiesOf(value);
  const next = data.items.filter((item) => wanted.includes(item.importance)).slice(0, SHOWN);
  const when = (at: string) =>
    format.dateTime(new Date(at), {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone: zone,
    });
  return (
    <div className="grid gap-1.5 py-4 text-sm">
      <p className="font-medium">{t("next")}</p>
      <ul className="grid gap-1">
        {next.map((item) => (
          <li key={`${item.at}${item.title}`} className="flex flex-wrap gap-x-3">
            <time dateTime={item.at} className="num text-muted">
              {when(item.at)}
            </time>
            <bdi>
              {item.currencies.join(", ")} · {item.title}
            </bdi>
            <span className="text-muted">{importance(item.importance)}</span>
          </li>
        ))}
      </ul>
      {next.length === 0 ? <p className="text-muted">{t("none")}</p> : null}
      <p className="text-[13px] text-muted">
        {data.covered_until ? t("until", { day: when(data.covered_until) }) : t("empty")}
      </p>
    </div>
  );
}

/** The importances that a filter names, or the usual ones. */
function prioritiesOf(filter: Json | undefined): readonly string[] {
  const told = valueAt(filter, "priorities");
  return Array.isArray(told) ? told.map(String) : USUAL;
}
