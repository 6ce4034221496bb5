"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copy, Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { SpanBar, sumOf } from "@/features/charts/span-bar";
import type { JsonObject } from "@/features/copiers/schema";
import { SizingSentence } from "@/features/copiers/sentence";
import { useLive } from "@/features/live/use-live";
import { CopyRequest } from "@/features/requests/copy-request";
import { digitsOf, duration, leftToRight, lots, price } from "@/lib/numbers";
import { slippageMoney, slippagePoints } from "@/lib/slippage";
import { segments, total } from "@/lib/spans";
import { Instant } from "@/ui/age";
import { CopyButton } from "@/ui/copy";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { PageHead, Panel } from "@/ui/page";
import { Failure, SkeletonDetail } from "@/ui/states";
import { Deals, Events } from "./history";
import { useNames } from "./names";
import { CopyState, Side } from "./status";
import { MasterToSlave, Slippage } from "./table";
import { Why } from "./why";

type Life = Schemas["CopyDetails"];

/**
 * One copy from opening to closing: when, from which master to which slave, the spans, the decision and its outcome.
 */
export function TradeLife({ id }: { readonly id: string }) {
  const t = useTranslations("life");
  const name = useNames();
  const { data: copy, error, refetch } = useQuery(queries.copy(id));
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!copy) return <SkeletonDetail />;
  const digits = digitsOf(
    [
      copy.master_price,
      copy.open_price,
      copy.close_price,
      copy.stop_loss,
      copy.take_profit,
      ...copy.deals.map((deal) => deal.price),
    ],
    copy.symbol,
  );
  return (
    <>
      <PageHead
        back={{ href: "/app/trades", label: t("back") }}
        title={
          <>
            {copy.symbol} <Side side={copy.side} /> <span className="num">{lots(copy.master_lots)}</span>
          </>
        }
        lead={<MasterToSlave copy={copy} name={name} />}
        actions={
          <span className="flex flex-wrap items-center gap-3">
            <CopyRequest copy={copy} />
            <CopyState copy={copy} />
          </span>
        }
      />
      <div className="grid gap-4">
        <Spans copy={copy} />
        <div className="grid gap-4 lg:grid-cols-2">
          <Panel title={t("decision")}>
            <Decision copy={copy} digits={digits} />
          </Panel>
          <Panel title={t("order")}>
            <Order copy={copy} digits={digits} />
            {copy.money ? <Earned money={copy.money} /> : null}
          </Panel>
        </div>
        <Panel title={t("deals")}>
          <Deals copy={copy} digits={digits} />
        </Panel>
        <Panel title={t("events")}>
          <Events events={copy.events} />
        </Panel>
      </div>
    </>
  );
}

function Spans({ copy }: { readonly copy: Copy }) {
  const t = useTranslations("life");
  const parts = segments(copy.spans);
  const whole = total(copy.spans);
  const sum = sumOf(parts);
  if (sum === 0)
    return (
      <Panel title={t("spans")}>
        <p className="text-sm text-muted">{t("noSpans")}</p>
      </Panel>
    );
  return (
    <Panel
      title={t("spans")}
      aside={
        whole === null ? null : (
          <span className="num text-sm font-medium">
            {t("whole", { sum: leftToRight(duration(sum)), order: leftToRight(duration(whole)) })}
          </span>
        )
      }
    >
      <SpanBar spans={copy.spans} />
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

/** The master's lots, the copy's lots, and the sizing rule between them. */
function Outcome({ copy }: { readonly copy: Life }) {
  const t = useTranslations("life");
  const { data: copiers = [] } = useQuery(queries.copiers());
  const copier = copiers.find((one) => one.id === copy.copier_id);
  const copied = !["waiting", "skipped", "rejected"].includes(copy.status);
  return (
    <div className="grid gap-0.5">
      <p className="num flex flex-wrap items-baseline gap-x-3 text-lg font-semibold">
        <span>
          {lots(copy.master_lots)} <span className="text-sm font-normal text-muted">{t("there")}</span>
        </span>
        <span aria-hidden="true" className="text-muted rtl:rotate-180">
          →
        </span>
        <span>
          {copied ? lots(copy.target_lots) : t("nothing")}{" "}
          <span className="text-sm font-normal text-muted">{t("here")}</span>
        </span>
      </p>
      {copied && copier ? (
        <p className="text-sm text-muted">
          {t("ruleNow")} <SizingSentence settings={copier.settings as JsonObject} />
        </p>
      ) : null}
    </div>
  );
}

function Decision({ copy, digits }: { readonly copy: Life; readonly digits: number }) {
  const t = useTranslations("life");
  return (
    <div className="grid gap-3">
      <Outcome copy={copy} />
      <Why copy={copy} />
      <Facts
        facts={[
          [t("symbolThere"), copy.slave_symbol ?? "–"],
          [t("masterPrice"), price(copy.master_price, digits)],
          [t("openPrice"), price(copy.open_price, digits)],
          [t("slippage"), <SlippageInAll key="slippage" copy={copy} digits={digits} />],
        ]}
      />
      <Link href={`/app/copiers/${copy.copier_id}`} className="w-fit text-sm text-accent hover:underline">
        {t("toRules")}
      </Link>
    </div>
  );
}

/** Slippage in points and as a share of the price, and in money while the copy is open. */
function SlippageInAll({ copy, digits }: { readonly copy: Copy; readonly digits: number }) {
  const t = useTranslations("life");
  const { data } = useLive();
  const held = data?.groups.flatMap((group) => group.copies).find((one) => one.link_id === copy.link_id)?.position;
  const points = slippagePoints(copy, digits);
  const money = slippageMoney(copy.master_price, held);
  const currency = data?.accounts.find((one) => one.account_id === copy.slave_account_id)?.currency;
  return (
    <>
      {points === null ? null : (
        <>
          <bdi>{t("points", { points })}</bdi>
          {" · "}
        </>
      )}
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

/** What the broker booked for the copy, compared with its master. */
function Earned({ money }: { readonly money: NonNullable<Life["money"]> }) {
  const t = useTranslations("life");
  const sum = (amount: string) => <Money gain value={Number(amount)} currency={money.currency} />;
  const facts: (readonly [string, React.ReactNode])[] = [
    [t("money.profit"), sum(money.profit)],
    [t("money.costs"), sum(String(Number(money.commission) + Number(money.fee)))],
    [t("money.swap"), sum(money.swap)],
    [t("money.net"), sum(money.net)],
  ];
  if (money.against_master !== null) facts.push([t("money.against_master"), sum(money.against_master)]);
  return (
    <div className="mt-3 border-t border-edge pt-3">
      <Facts facts={facts} />
    </div>
  );
}

type Words = ReturnType<typeof useTranslations<"life">>;

/** Which part of an order's copy it is; nothing if no other part is known. */
function part(copy: Copy, t: Words): readonly (readonly [string, React.ReactNode])[] {
  return copy.part ? [[t("part"), t("partNumber", { number: copy.part + 1 })]] : [];
}

/** The stops of an open copy on a netting account, or with hidden stops, and who closes it when one is reached. */
function stops(copy: Copy, digits: number, t: Words): readonly (readonly [string, React.ReactNode])[] {
  if (copy.status !== "open" || !copy.stops_kept) return [];
  return [
    [t("stopLoss"), price(copy.stop_loss || null, digits)],
    [t("takeProfit"), price(copy.take_profit || null, digits)],
    [t("stopsKept"), t(`stopsBy.${copy.stops_kept}`)],
  ];
}

function Order({ copy, digits }: { readonly copy: Copy; readonly digits: number }) {
  const t = useTranslations("life");
  return (
    <Facts
      facts={[
        [t("masterTicket"), <Copied key="master" text={copy.master_position} what={t("masterTicket")} />],
        [t("slaveTicket"), <Copied key="slave" text={copy.slave_position} what={t("slaveTicket")} />],
        [t("openLots"), lots(copy.open_lots)],
        ...part(copy, t),
        ...stops(copy, digits, t),
        [t("opened"), <Instant key="opened" at={copy.opened_at} />],
        [t("closed"), <Instant key="closed" at={copy.closed_at} />],
        [
          t("link"),
          <span key="link" className="font-mono text-xs">
            <Copied text={copy.link_id} what={t("link")} />
          </span>,
        ],
      ]}
    />
  );
}

/** A number that people look for elsewhere, with a button that copies it. */
function Copied({ text, what }: { readonly text: string | number | null | undefined; readonly what: string }) {
  return text ? (
    <>
      {text} <CopyButton text={String(text)} what={what} />
    </>
  ) : (
    "–"
  );
}
