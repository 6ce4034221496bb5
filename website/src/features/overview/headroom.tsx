"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { useGuardName } from "@/features/requests/guard-name";
import { useNames } from "@/features/trades/names";
import { Instant } from "@/ui/age";
import { cx } from "@/ui/cx";
import { Flow } from "@/ui/flow";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { Name } from "@/ui/name";
import { Panel } from "@/ui/page";

type Guard = Schemas["GuardHeadroom"];

const SHOWN = 6;
/** From this share of a limit on, the guard needs attention. */
const NEAR = 0.7;

/** How near each guard is to its limit: those that have stopped copying first, then those with the least left. */
export function Headroom() {
  const t = useTranslations("overview.headroom");
  const { data: guards = [] } = useQuery(queries.headroom());
  const { data: copiers = [] } = useQuery(queries.copiers());
  if (guards.length === 0) return null;
  const stopped = guards.filter((guard) => guard.tripped).length;
  const shown = guards.slice(0, Math.max(SHOWN, stopped));
  return (
    <Panel
      title={t("title")}
      aside={
        stopped > 0 ? (
          <span className="text-sm font-medium text-bad">{t("stopped", { count: stopped })}</span>
        ) : (
          <span className="text-sm text-muted">{t("worstFirst")}</span>
        )
      }
    >
      <ul className="grid gap-3">
        {shown.map((guard) => (
          <GuardBar
            key={`${guard.copier_id} ${guard.guard}`}
            guard={guard}
            master={copiers.find(({ id }) => id === guard.copier_id)?.master_id}
          />
        ))}
      </ul>
    </Panel>
  );
}

const FILLS = { now: "bg-bad-fill", soon: "bg-soon-dot", well: "bg-good-dot" } as const;

interface GuardBarProps {
  readonly guard: Guard;
  readonly master: string | undefined;
}

export function GuardBar({ guard, master }: GuardBarProps) {
  const t = useTranslations("overview.headroom");
  const guardName = useGuardName();
  const name = useNames();
  const used = guard.tripped ? 1 : Math.min(1, guard.used ?? 0);
  const isTarget = guard.kind === "profit_target" || guard.kind === "best_day";
  const fill = guard.tripped ? "now" : used >= NEAR && !isTarget ? "soon" : "well";
  const label = guardName(guard);
  return (
    <li className="grid gap-1 text-sm">
      <span className="flex flex-wrap items-baseline justify-between gap-x-4">
        <Link href={`/app/copiers/${guard.copier_id}`} className="font-medium hover:text-accent hover:underline">
          {master ? <Flow from={name(master)} to={name(guard.slave_id)} /> : <Name>{name(guard.slave_id)}</Name>}
        </Link>
        <span className={cx(guard.tripped && "font-medium text-bad")}>
          {guard.tripped ? t("stoppedBy", { guard: label }) : label}
        </span>
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw a meter each in its own way */}
      <span
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(used * 100)}
        className="block h-2 overflow-hidden rounded bg-sunken"
      >
        <span className={cx("block h-full", FILLS[fill])} style={{ inlineSize: `${used * 100}%` }} />
      </span>
      <span className="text-xs text-muted">
        <Left guard={guard} isTarget={isTarget} />
      </span>
    </li>
  );
}

function Left({ guard, isTarget }: { readonly guard: Guard; readonly isTarget: boolean }) {
  const t = useTranslations("overview.headroom");
  if (guard.tripped && guard.locked_until) return t.rich("locked", { when: () => <Instant at={guard.locked_until} /> });
  if (guard.tripped && guard.paused_until) return t.rich("paused", { when: () => <Instant at={guard.paused_until} /> });
  if (guard.left === null) return t("unseen");
  return t.rich(isTarget ? "toTarget" : "left", {
    money: () => <Money value={Number(guard.left)} currency={guard.currency} />,
    used: `${Math.round((guard.used ?? 0) * 100)} %`,
  });
}
