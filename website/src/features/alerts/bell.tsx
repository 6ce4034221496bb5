"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { Icon } from "@/ui/icons";
import { Link } from "@/ui/link";

const MOST = 99;

/** The number of unread alerts. */
export function Bell() {
  const t = useTranslations("alerts");
  const { data: unread = 0 } = useQuery(queries.unread());
  return (
    <Link
      href="/app/alerts"
      className="relative grid size-8 place-content-center rounded-md text-muted hover:bg-sunken hover:text-ink"
      aria-label={t("bell", { count: unread })}
    >
      <Icon name="alerts" />
      {unread > 0 ? (
        <span
          aria-hidden="true"
          className="num absolute -end-1 -top-0.5 min-w-4 rounded-full bg-bad-fill px-1 text-center text-[10px] leading-4 font-semibold text-white"
        >
          {unread > MOST ? `${MOST}+` : unread}
        </span>
      ) : null}
    </Link>
  );
}
