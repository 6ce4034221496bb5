"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import * as queries from "@/api/queries";
import { useLive, useLiveAccount } from "@/features/live/use-live";
import { sorted, type Values } from "@/lib/view";
import { useAddress } from "@/ui/address";
import { Age } from "@/ui/age";
import { LinkButton } from "@/ui/button";
import { Link } from "@/ui/link";
import { ListBar, ListFilter, useSort } from "@/ui/list-bar";
import { Money } from "@/ui/money";
import { Name } from "@/ui/name";
import { choiceColumn, useSelection } from "@/ui/selection";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { AccountBulk } from "./bulk";
import { isFound, tagsOf } from "./found";
import { ServiceStatus, TerminalStatus } from "./status";
import { Tags } from "./tags";

export function AccountList() {
  const t = useTranslations("accounts");
  const { data, error, refetch } = useQuery(queries.accounts());
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={4} />;
  if (data.length === 0) {
    return (
      <Empty
        title={t("emptyTitle")}
        action={
          <LinkButton href="/app/accounts/new" look="primary">
            {t("add")}
          </LinkButton>
        }
      >
        {t("emptyText")}
      </Empty>
    );
  }
  return <AccountBrowser accounts={data} />;
}

const VALUES: Values<Account> = {
  label: (row) => row.label,
  login: (row) => row.login,
  server: (row) => row.server,
  role: (row) => row.role,
  terminal: (row) => row.state,
};

/** The accounts that an address selects: by words, role, tag and state of their terminals. */
export const shownAccounts = (accounts: readonly Account[], get: (key: string) => string): readonly Account[] =>
  accounts.filter(
    (one) =>
      isFound(one, get("q")) &&
      (!get("role") || one.role === get("role")) &&
      (!get("tag") || one.tags?.includes(get("tag"))) &&
      (!get("is") || kindOf(one) === get("is")),
  );

const KINDS = ["connected", "away", "paused"] as const;
const kindOf = (account: Account): (typeof KINDS)[number] => {
  if (account.operating_mode === "suspended") return "paused";
  return account.state === "ready" ? "connected" : "away";
};

/** A person's accounts, with search, filters and order in the address, and actions on several at once. */
function AccountBrowser({ accounts }: { readonly accounts: readonly Account[] }) {
  const t = useTranslations("accounts");
  const lists = useTranslations("lists");
  const address = useAddress();
  const { sort, sortable } = useSort();
  const { data: live } = useLive();
  const equity = new Map(live?.accounts.map((one) => [one.account_id, one.equity]));
  const shown = sorted(shownAccounts(accounts, address.get), sort, {
    ...VALUES,
    equity: (row) => equity.get(row.id),
  });
  const selection = useSelection(shown.map(({ id }) => id));
  const columns = useColumns().map((column) =>
    column.key in VALUES || column.key === "equity" ? sortable(column) : column,
  );
  const name = (row: Account) => lists("choose", { name: row.label });
  const choice = choiceColumn({ selection, rows: shown, id: (row) => row.id, name, all: lists("chooseAll") });
  const tags = tagsOf(accounts);
  return (
    <div className="grid gap-3">
      <ListBar list="accounts" search={t("search")}>
        <ListFilter name="role" label={t("role")} options={ROLES.map((role) => [role, t(`roles.${role}`)])} />
        <ListFilter name="is" label={t("terminal")} options={KINDS.map((kind) => [kind, t(`kinds.${kind}`)])} />
        {tags.length > 0 ? (
          <ListFilter name="tag" label={lists("tag")} options={tags.map((tag) => [tag, tag])} />
        ) : null}
      </ListBar>
      <AccountBulk accounts={shown.filter((one) => selection.has(one.id))} onClear={selection.clear} />
      {shown.length === 0 ? (
        <Empty title={lists("nothing")} />
      ) : (
        <Table
          caption={t("title")}
          columns={[choice, ...columns]}
          rows={shown}
          rowKey={(row) => row.id}
          card={(row) => (
            <div className="flex items-start gap-3">
              {choice.cell(row)}
              <Card account={row} />
            </div>
          )}
        />
      )}
    </div>
  );
}

const ROLES = ["master", "slave", "both"] as const;

function useColumns(): readonly Column<Account>[] {
  const t = useTranslations("accounts");
  return [
    {
      key: "label",
      head: t("label"),
      rowHead: true,
      cell: (row) => (
        <Link href={`/app/accounts/${row.id}`} className="font-medium hover:text-accent hover:underline">
          <Name>{row.label}</Name> <Tags tags={row.tags} />
        </Link>
      ),
    },
    { key: "login", head: t("login"), cell: (row) => <span className="num">{row.login}</span> },
    { key: "server", head: t("server"), cell: (row) => <Name>{row.server}</Name> },
    { key: "platform", head: t("platform"), cell: (row) => <Kind account={row} /> },
    { key: "role", head: t("role"), cell: (row) => t(`roles.${row.role}`) },
    { key: "terminal", head: t("terminal"), cell: (row) => <TerminalStatus account={row} /> },
    { key: "beat", head: t("heartbeat"), cell: (row) => <Beat account={row} />, figures: true },
    { key: "equity", head: t("equity"), cell: (row) => <Equity account={row} />, figures: true },
    { key: "service", head: t("service"), cell: (row) => <ServiceStatus account={row} /> },
  ];
}

function Kind({ account }: { readonly account: Account }) {
  const t = useTranslations("accounts");
  return (
    <>
      {account.platform} <span className="text-muted">{t(account.environment)}</span>
    </>
  );
}

function Beat({ account }: { readonly account: Account }) {
  const live = useLiveAccount(account.id);
  return live?.heartbeat_at ? <Age at={live.heartbeat_at} ago /> : <span className="text-muted">–</span>;
}

function Equity({ account }: { readonly account: Account }) {
  const live = useLiveAccount(account.id);
  return <Money value={live?.equity} currency={live?.currency} />;
}

function Card({ account }: { readonly account: Account }) {
  const t = useTranslations("accounts");
  return (
    <Link href={`/app/accounts/${account.id}`} className="grid min-w-0 flex-1 gap-1.5">
      <span className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{account.label}</span>
        <span className="text-sm">
          <Equity account={account} />
        </span>
      </span>
      <span className="num text-sm text-muted">
        {account.login} · <bdi>{account.server}</bdi> · {t(`roles.${account.role}`)}
      </span>
      <span className="flex flex-wrap justify-between gap-x-4">
        <TerminalStatus account={account} />
        <ServiceStatus account={account} />
      </span>
      {account.tags?.length ? (
        <span>
          <Tags tags={account.tags} />
        </span>
      ) : null}
    </Link>
  );
}
