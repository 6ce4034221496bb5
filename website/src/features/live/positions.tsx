"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Group, Held, HeldCopy, Position, Positions } from "@/api/live";
import { useNames } from "@/features/trades/names";
import { Side } from "@/features/trades/status";
import { digitsOf, lots, price } from "@/lib/numbers";
import { cx } from "@/ui/cx";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { useLive } from "./use-live";

interface Row {
  readonly key: string;
  readonly position: Position | null;
  readonly digits: number;
  readonly currency: string | null;
  /** The master's position, one of its copies, or one that follows nothing. */
  readonly part: "master" | "copy" | "alone";
  readonly account: string;
  readonly copy?: HeldCopy;
  readonly link?: Held["link"];
}

interface LivePositionsProps {
  readonly account?: string;
  readonly limit?: number;
}

/** What is open at this moment: each position of a master with its copies right below. */
export function LivePositions({ account, limit }: LivePositionsProps) {
  const t = useTranslations("positions");
  const { data, error, refetch } = useLive();
  const name = useNames();
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={4} />;
  const rows = rowsOf(data, account, limit);
  if (rows.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <>
      <div className="hidden overflow-x-auto rounded-lg border border-line bg-surface md:block">
        <WideTable rows={rows} name={name} />
      </div>
      <ul aria-label={t("title")} className="rounded-lg border border-line bg-surface md:hidden">
        {rows.map((row) => (
          <li key={row.key} className={cx("px-4 py-3", row.part !== "copy" && "border-t border-line first:border-t-0")}>
            <Card row={row} name={name} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Lines in the order in which they are shown; those of one account where one is named. */
export function rowsOf(data: Positions, account?: string, limit?: number): readonly Row[] {
  const groups = data.groups.filter((group) => account === undefined || belongs(group, account)).slice(0, limit);
  const others = data.others
    .filter(({ position }) => account === undefined || position.account_id === account)
    .slice(0, limit);
  const digits = digitsBySymbol(data);
  const currency = (id: string) => data.accounts.find((one) => one.account_id === id)?.currency ?? null;
  const base = (position: Position) => ({
    position,
    digits: digits.get(position.symbol) ?? 0,
    currency: currency(position.account_id),
    account: position.account_id,
  });
  return [
    ...groups.flatMap((group): Row[] => [
      { key: `m${group.master.account_id}${group.master.ticket}`, part: "master", ...base(group.master) },
      ...group.copies.map(
        (copy): Row => ({
          key: `c${copy.link_id}`,
          part: "copy",
          copy,
          ...(copy.position
            ? base(copy.position)
            : { position: null, digits: 0, currency: currency(copy.slave_account_id), account: copy.slave_account_id }),
        }),
      ),
    ]),
    ...others.map(
      ({ position, link }): Row => ({
        key: `o${position.account_id}${position.ticket}`,
        part: "alone",
        link,
        ...base(position),
      }),
    ),
  ];
}

const belongs = (group: Group, account: string): boolean =>
  group.master.account_id === account || group.copies.some((copy) => copy.slave_account_id === account);

function digitsBySymbol(data: Positions): ReadonlyMap<string, number> {
  const all = [
    ...data.groups.flatMap((group) => [group.master, ...group.copies.flatMap((copy) => copy.position ?? [])]),
    ...data.others.map(({ position }) => position),
  ];
  const found = new Map<string, number>();
  for (const one of all) {
    const digits = digitsOf([one.open_price, one.price, one.sl, one.tp]);
    found.set(one.symbol, Math.max(digits, found.get(one.symbol) ?? 0));
  }
  return found;
}

const NUMBERS = ["lots", "opened", "now", "sl", "tp", "profit"] as const;

type Name = (account: string) => string;

function WideTable({ rows, name }: { readonly rows: readonly Row[]; readonly name: Name }) {
  const t = useTranslations("positions");
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">{t("title")}</caption>
      <thead className="border-b border-line bg-sunken text-xs text-muted">
        <tr>
          {(["symbol", "account"] as const).map((key) => (
            <th key={key} scope="col" className="h-9 px-3 text-start font-medium first:ps-4">
              {t(key)}
            </th>
          ))}
          {NUMBERS.map((key) => (
            <th key={key} scope="col" className="h-9 px-3 text-end font-medium last:pe-4">
              {t(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.key}
            className={cx("hover:bg-sunken", row.part !== "copy" && "border-t border-line first:border-t-0")}
          >
            <td className="h-9 py-1 ps-4 pe-3 whitespace-nowrap">
              <What row={row} />
            </td>
            <td className="px-3 py-1">
              <Where row={row} name={name} />
            </td>
            {row.position ? (
              <Figures row={row} position={row.position} />
            ) : (
              <td colSpan={NUMBERS.length} className="py-1 ps-3 pe-4 text-end text-muted">
                {row.copy?.message ?? (row.copy ? <Missing copy={row.copy} /> : null)}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Figures({ row, position }: { readonly row: Row; readonly position: Position }) {
  const figures: readonly (readonly [string, ReactNode])[] = [
    ["lots", lots(row.copy?.open_lots ?? position.lots)],
    ["opened", price(position.open_price, row.digits)],
    ["now", price(position.price, row.digits)],
    ["sl", price(position.sl, row.digits)],
    ["tp", price(position.tp, row.digits)],
    ["profit", <Money key="profit" gain value={position.profit} currency={row.currency} />],
  ];
  return figures.map(([key, value]) => (
    <td key={key} className="num px-3 py-1 text-end whitespace-nowrap last:pe-4">
      {value}
    </td>
  ));
}

function What({ row }: { readonly row: Row }) {
  const t = useTranslations("positions");
  if (row.part === "copy")
    return (
      <Link href={`/app/trades/${row.copy?.link_id}`} className="text-muted md:ps-3 hover:text-accent hover:underline">
        <span aria-hidden="true" className="inline-block rtl:-scale-x-100">
          ↳
        </span>{" "}
        {t("copy")}
        {row.position ? <span className="sr-only"> {row.position.symbol}</span> : null}
      </Link>
    );
  const position = row.position;
  return position ? (
    <>
      <span className="font-semibold">{position.symbol}</span> <Side side={position.side} />
    </>
  ) : null;
}

function Where({ row, name }: { readonly row: Row; readonly name: Name }) {
  const t = useTranslations("positions");
  return (
    <>
      {name(row.account)}
      {row.part === "master" ? <span className="text-muted"> · {t("master")}</span> : null}
      {row.part === "alone" ? (
        <span className="text-muted"> · {row.link ? <OrphanLink link={row.link} /> : t("byHand")}</span>
      ) : null}
    </>
  );
}

function OrphanLink({ link }: { readonly link: NonNullable<Held["link"]> }) {
  const t = useTranslations("positions");
  return (
    <Link href={`/app/trades/${link.link_id}`} className="font-medium text-soon underline">
      {t("orphan")}
    </Link>
  );
}

function Missing({ copy }: { readonly copy: HeldCopy }) {
  const states = useTranslations("copyStates");
  return <>{states(copy.status)}</>;
}

function Card({ row, name }: { readonly row: Row; readonly name: Name }) {
  const t = useTranslations("positions");
  const { position } = row;
  return (
    <div className={cx("grid gap-0.5 text-sm", row.part === "copy" && "ps-4")}>
      <span className="flex justify-between gap-3">
        <span>
          <What row={row} />
        </span>
        {position ? (
          <Money gain value={position.profit} currency={row.currency} />
        ) : (
          <span className="text-muted">{row.copy ? <Missing copy={row.copy} /> : null}</span>
        )}
      </span>
      <span className="flex flex-wrap justify-between gap-x-3 text-muted">
        <span>
          <Where row={row} name={name} />
        </span>
        {position ? (
          <span className="num" dir="ltr">
            {t("line", {
              lots: lots(row.copy?.open_lots ?? position.lots),
              opened: price(position.open_price, row.digits),
              now: price(position.price, row.digits),
            })}
          </span>
        ) : null}
      </span>
    </div>
  );
}
