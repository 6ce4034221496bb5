"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Group, LiveAccount, LiveCopy, OtherPosition, Position, Positions } from "@/api/live";
import { useNames } from "@/features/trades/names";
import { Side } from "@/features/trades/status";
import { useSentences } from "@/i18n/sentences";
import { digitsOf, lots, price } from "@/lib/numbers";
import { Age, useNow } from "@/ui/age";
import { cx } from "@/ui/cx";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { Name } from "@/ui/name";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { useLive } from "./use-live";

interface Row {
  readonly key: string;
  readonly position: Position | null;
  readonly digits: number;
  readonly currency: string | null;
  /** A master's position, one of its copies, or a position without a master. */
  readonly part: "master" | "copy" | "alone";
  readonly account: string;
  readonly copy?: LiveCopy;
  readonly link?: OtherPosition["link"];
  /** Whether it was opened just now: the row of its copy may come a moment later. */
  readonly isNew?: boolean;
  /** Since when the account has reported nothing; its price is of that moment. Null while it is connected. */
  readonly frozenAt: string | null;
}

/** A terminal that was silent for this long reports no prices. It usually reports every few seconds. */
const SILENT_MS = 30_000;
const NEW_MS = 5_000;

/** Since when an account's figures are stale; null if they are current. */
export function frozenSince(account: LiveAccount | undefined, nowMs: number): string | null {
  if (!account) return null;
  const silent = account.heartbeat_at !== null && nowMs - Date.parse(account.heartbeat_at) > SILENT_MS;
  return account.connected && !silent ? null : (account.heartbeat_at ?? account.updated_at);
}

interface LivePositionsProps {
  readonly account?: string;
  readonly limit?: number;
}

/** What is open now: each master's position with its copies right below. */
export function LivePositions({ account, limit }: LivePositionsProps) {
  const t = useTranslations("positions");
  const { data, error, refetch } = useLive();
  const name = useNames();
  const now = useNow(SILENT_MS / 3);
  const columns = useColumns(name);
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={4} />;
  const rows = rowsOf(data, now, account, limit);
  if (rows.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <Table
      caption={t("title")}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key}
      isContinued={(row) => row.part === "copy"}
      withoutFigures={(row) => (row.position ? undefined : <WithoutPosition row={row} />)}
      card={(row) => <Card row={row} name={name} />}
    />
  );
}

/** The rows in the order in which they are shown, of one account if one is given. */
export function rowsOf(data: Positions, nowMs: number, account?: string, limit?: number): readonly Row[] {
  const groups = data.groups.filter((group) => account === undefined || belongs(group, account)).slice(0, limit);
  const others = data.others
    .filter(({ position }) => account === undefined || position.account_id === account)
    .slice(0, limit);
  const digits = digitsBySymbol(data);
  const told = (id: string) => data.accounts.find((one) => one.account_id === id);
  const currency = (id: string) => told(id)?.currency ?? null;
  const base = (position: Position) => ({
    position,
    digits: digits.get(position.symbol) ?? 0,
    currency: currency(position.account_id),
    account: position.account_id,
    frozenAt: frozenSince(told(position.account_id), nowMs),
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
            : {
                position: null,
                digits: 0,
                currency: currency(copy.slave_account_id),
                account: copy.slave_account_id,
                frozenAt: null,
              }),
        }),
      ),
    ]),
    ...others.map(
      ({ position, link }): Row => ({
        key: `o${position.account_id}${position.ticket}`,
        part: "alone",
        link,
        isNew: nowMs - Date.parse(position.opened_at) < NEW_MS,
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
    const digits = digitsOf([one.open_price, one.price, one.sl, one.tp], one.symbol);
    found.set(one.symbol, Math.max(digits, found.get(one.symbol) ?? 0));
  }
  return found;
}

type NameOf = (account: string) => string;

function useColumns(name: NameOf): readonly Column<Row>[] {
  const t = useTranslations("positions");
  const figure = (key: string, of: (row: Row, position: Position) => ReactNode): Column<Row> => ({
    key,
    head: t(key),
    cell: (row) => row.position && of(row, row.position),
    figures: true,
  });
  return [
    { key: "symbol", head: t("symbol"), cell: (row) => <PositionName row={row} /> },
    { key: "account", head: t("account"), cell: (row) => <AccountName row={row} name={name} />, wraps: true },
    figure("lots", (row, position) => lots(row.copy?.open_lots ?? position.lots)),
    figure("opened", (row, position) => price(position.open_price, row.digits)),
    figure("now", (row, position) => <Price row={row} position={position} />),
    figure("sl", (row, position) => price(position.sl, row.digits)),
    figure("tp", (row, position) => price(position.tp, row.digits)),
    figure("profit", (row) => <Profit row={row} />),
  ];
}

/** The present price, or the last reported one with its time. */
function Price({ row, position }: { readonly row: Row; readonly position: Position }) {
  const t = useTranslations("positions");
  const shown = price(position.price, row.digits);
  if (row.frozenAt === null) return shown;
  return (
    <span className="text-muted">
      {shown}
      <span className="block text-xs">
        {t("frozen")} <Age at={row.frozenAt} ago />
      </span>
    </span>
  );
}

/** A profit at a stale price is shown differently. */
function Profit({ row }: { readonly row: Row }) {
  if (!row.position) return null;
  return <Money gain={row.frozenAt === null} value={row.position.profit} currency={row.currency} />;
}

function PositionName({ row }: { readonly row: Row }) {
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

function AccountName({ row, name }: { readonly row: Row; readonly name: NameOf }) {
  const t = useTranslations("positions");
  return (
    <>
      <Name>{name(row.account)}</Name>
      {row.part === "master" ? <span className="text-muted"> · {t("master")}</span> : null}
      {row.part === "alone" ? (
        <span className="text-muted">
          {row.link ? (
            <>
              {" · "}
              <OrphanLink link={row.link} />
            </>
          ) : row.isNew ? null : (
            ` · ${t("byHand")}`
          )}
        </span>
      ) : null}
    </>
  );
}

function OrphanLink({ link }: { readonly link: NonNullable<OtherPosition["link"]> }) {
  const t = useTranslations("positions");
  return (
    <Link href={`/app/trades/${link.link_id}`} className="font-medium text-soon underline">
      {t("orphan")}
    </Link>
  );
}

/** Why a copy has no position: the broker's words, else the copy's state. */
function WithoutPosition({ row: { copy } }: { readonly row: Row }) {
  const states = useTranslations("copyStates");
  const say = useSentences();
  return copy ? (say.why(copy) ?? states(copy.status)) : null;
}

function Card({ row, name }: { readonly row: Row; readonly name: NameOf }) {
  const t = useTranslations("positions");
  const states = useTranslations("copyStates");
  const { position } = row;
  return (
    <div className={cx("grid gap-0.5 text-sm", row.part === "copy" && "ps-4")}>
      <span className="flex justify-between gap-3">
        <span>
          <PositionName row={row} />
        </span>
        {position ? (
          <Profit row={row} />
        ) : (
          <span className="text-muted">{row.copy ? states(row.copy.status) : null}</span>
        )}
      </span>
      <span className="flex flex-wrap justify-between gap-x-3 text-muted">
        <span>
          <AccountName row={row} name={name} />
        </span>
        {position && row.frozenAt !== null ? <Price row={row} position={position} /> : null}
        {position && row.frozenAt === null ? (
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
