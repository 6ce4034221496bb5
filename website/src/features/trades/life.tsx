"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copy } from "@/api/client";
import * as queries from "@/api/queries";
import { AskOfCopy } from "@/features/commands/ask";
import { useLive } from "@/features/live/use-live";
import { type SegmentKey, segments, total } from "@/lib/legs";
import { duration, lots } from "@/lib/numbers";
import { slippageMoney } from "@/lib/slippage";
import { Instant } from "@/ui/age";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { PageHead, Panel } from "@/ui/page";
import { Failure, SkeletonRows } from "@/ui/states";
import { Deals, Events } from "./history";
import { useNames } from "./names";
import { CopyState, Side } from "./status";
import { Slippage, Way } from "./table";
import { Why } from "./why";

/** The life of one copy: when, by which way, how long each leg took, what was decided and what came of it. */
export function TradeLife({ id }: { readonly id: string }) {
  const t = useTranslations("life");
  const name = useNames();
  const { data: copy, error, refetch } = useQuery(queries.copy(id));
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!copy) return <SkeletonRows rows={8} />;
  return (
    <>
      <PageHead
        back={{ href: "/app/trades", label: t("back") }}
        title={
          <>
            {copy.symbol} <Side side={copy.side} /> <span className="num">{lots(copy.master_lots)}</span>
          </>
        }
        lead={<Way copy={copy} name={name} />}
        actions={
          <span className="flex flex-wrap items-center gap-3">
            <AskOfCopy copy={copy} />
            <CopyState copy={copy} />
          </span>
        }
      />
      <div className="grid gap-4">
        <Legs copy={copy} />
        <div className="grid gap-4 lg:grid-cols-2">
          <Panel title={t("decision")}>
            <Decision copy={copy} />
          </Panel>
          <Panel title={t("order")}>
            <Order copy={copy} />
          </Panel>
        </div>
        <Panel title={t("deals")}>
          <Deals copy={copy} />
        </Panel>
        <Panel title={t("events")}>
          <Events events={copy.events} />
        </Panel>
      </div>
    </>
  );
}

const FILLS: Record<SegmentKey, string> = {
  between: "bg-edge",
  terminal_to_router: "bg-accent/35",
  pause: "bg-sunken",
  router: "bg-accent",
  router_to_terminal: "bg-accent/35",
  slave_terminal: "bg-good-dot",
  broker: "bg-soon-dot",
};
const MIN_SHARE = 0.015;

function Legs({ copy }: { readonly copy: Copy }) {
  const t = useTranslations("life");
  const parts = segments(copy.legs);
  const whole = total(copy.legs);
  const sum = parts.reduce((so_far, part) => so_far + part.us, 0);
  if (parts.length === 0 || sum === 0)
    return (
      <Panel title={t("legs")}>
        <p className="text-sm text-muted">{t("noLegs")}</p>
      </Panel>
    );
  return (
    <Panel
      title={t("legs")}
      aside={
        whole === null ? null : <span className="num text-sm font-medium">{t("whole", { time: duration(whole) })}</span>
      }
    >
      <div aria-hidden="true" className="flex h-3.5 gap-px overflow-hidden rounded" dir="ltr">
        {parts.map((part) => (
          <div key={part.key} className={FILLS[part.key]} style={{ flexGrow: Math.max(part.us / sum, MIN_SHARE) }} />
        ))}
      </div>
      <ol className="mt-3 grid gap-x-6 gap-y-2 text-sm sm:grid-cols-2 lg:grid-cols-3">
        {parts.map((part) => (
          <li key={part.key} className="flex items-baseline gap-2">
            <span aria-hidden="true" className={`size-2.5 shrink-0 rounded-sm ${FILLS[part.key]}`} />
            <span className="text-muted">{t(`leg.${part.key}`)}</span>
            <span className="num ms-auto font-medium lg:ms-0">{duration(part.us)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, React.ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 text-sm">
      {facts.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd className="num text-end">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Decision({ copy }: { readonly copy: Copy }) {
  const t = useTranslations("life");
  return (
    <div className="grid gap-3">
      <Facts
        facts={[
          [t("masterLots"), lots(copy.master_lots)],
          [t("wishedLots"), lots(copy.wished_lots)],
          [t("symbolThere"), copy.slave_symbol ?? "–"],
          [t("masterPrice"), copy.master_price ?? "–"],
          [t("openPrice"), copy.open_price ?? "–"],
          [t("slippage"), <SlippageInAll key="slippage" copy={copy} />],
        ]}
      />
      <Why copy={copy} />
      <Link href={`/app/copiers/${copy.copier_id}`} className="w-fit text-sm text-accent hover:underline">
        {t("toRules")}
      </Link>
    </div>
  );
}

/** Slippage as a share of the price, and in money while the copy is open. */
function SlippageInAll({ copy }: { readonly copy: Copy }) {
  const { data } = useLive();
  const held = data?.groups.flatMap((group) => group.copies).find((one) => one.link_id === copy.link_id)?.position;
  const money = slippageMoney(copy.master_price, held);
  const currency = data?.accounts.find((one) => one.account_id === copy.slave_account_id)?.currency;
  return (
    <>
      <Slippage bp={copy.slippage_bp} />
      {money === null ? null : (
        <>
          {" · "}
          <Money gain value={money} currency={currency} />
        </>
      )}
    </>
  );
}

function Order({ copy }: { readonly copy: Copy }) {
  const t = useTranslations("life");
  return (
    <Facts
      facts={[
        [t("masterTicket"), copy.master_position],
        [t("slaveTicket"), copy.slave_position ?? "–"],
        [t("openLots"), lots(copy.open_lots)],
        [t("opened"), <Instant key="opened" at={copy.opened_at} />],
        [t("closed"), <Instant key="closed" at={copy.closed_at} />],
        [
          t("link"),
          <span key="link" className="font-mono text-xs">
            {copy.link_id}
          </span>,
        ],
      ]}
    />
  );
}
