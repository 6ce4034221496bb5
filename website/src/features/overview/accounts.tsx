"use client";

import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import type { LiveAccount } from "@/api/live";
import { TerminalStatus } from "@/features/accounts/status";
import { useLive } from "@/features/live/use-live";
import { terminalTone } from "@/lib/account-state";
import { Link } from "@/ui/link";
import { Money } from "@/ui/money";
import { Name } from "@/ui/name";
import { type Column, Table } from "@/ui/table";
import { marginLevel } from "./figures";

const SHOWN = 10;
const URGENCY = ["now", "soon", "busy", "idle", "good"] as const;

interface Row {
  readonly account: Account;
  readonly live: LiveAccount | undefined;
}

/** Accounts on which somebody must act first, then those nearest to a margin call. */
export function worstFirst(accounts: readonly Account[], live: readonly LiveAccount[]): readonly Row[] {
  const figures = new Map(live.map((one) => [one.account_id, one]));
  const urgency = ({ account }: Row) => URGENCY.indexOf(terminalTone(account));
  const level = (row: Row) => (row.live ? marginLevel(row.live) : null) ?? Number.POSITIVE_INFINITY;
  const near = (one: Row, other: Row) => (level(one) < level(other) ? -1 : Number(level(one) > level(other)));
  return accounts
    .map((account) => ({ account, live: figures.get(account.id) }))
    .toSorted((one, other) => urgency(one) - urgency(other) || near(one, other));
}

export function AccountsAtAGlance({ accounts }: { readonly accounts: readonly Account[] }) {
  const t = useTranslations("accounts");
  const own = useTranslations("overview");
  const { data } = useLive();
  const columns: readonly Column<Row>[] = [
    {
      key: "label",
      head: t("label"),
      rowHead: true,
      cell: ({ account }) => (
        <Link href={`/app/accounts/${account.id}`} className="font-medium hover:text-accent hover:underline">
          <Name>{account.label}</Name>
        </Link>
      ),
    },
    { key: "role", head: t("role"), cell: ({ account }) => t(`roles.${account.role}`), wideOnly: true },
    { key: "terminal", head: t("terminal"), cell: ({ account }) => <TerminalStatus account={account} /> },
    {
      key: "equity",
      head: t("equity"),
      cell: ({ live }) => <Money value={live?.equity} currency={live?.currency} />,
      figures: true,
    },
    {
      key: "margin",
      head: own("margin"),
      cell: ({ live }) => {
        const level = live ? marginLevel(live) : null;
        return level === null ? "–" : `${Math.round(level)} %`;
      },
      figures: true,
      wideOnly: true,
    },
  ];
  const rows = worstFirst(accounts, data?.accounts ?? []).slice(0, SHOWN);
  return <Table caption={t("title")} columns={columns} rows={rows} rowKey={({ account }) => account.id} />;
}
