"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import { itemsOf } from "@/api/pages";
import * as queries from "@/api/queries";
import { useLiveAccount } from "@/features/live/use-live";
import { useAddress } from "@/ui/address";
import { Age } from "@/ui/age";
import { LinkButton } from "@/ui/button";
import { Link } from "@/ui/link";
import { ListBar, ListCount, ListFilter, useSort } from "@/ui/list-bar";
import { Money } from "@/ui/money";
import { More } from "@/ui/more";
import { Name } from "@/ui/name";
import { choiceColumn, useSelection } from "@/ui/selection";
import { useSettled } from "@/ui/settled";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { AccountBulk } from "./bulk";
import { tagsOf } from "./found";
import { accountFilterOf, CONNECTIONS, isSortable } from "./list-filter";
import { ROLES } from "./offered";
import { ServiceStatus, TerminalStatus } from "./status";
import { Tags } from "./tags";

/** A person's accounts. What is searched, chosen and ordered by is in the address, and the API does it. */
export function AccountList() {
  const t = useTranslations("accounts");
  const lists = useTranslations("lists");
  const address = useAddress();
  const filter = accountFilterOf(address.get);
  const query = useInfiniteQuery(queries.accountList({ ...filter, q: useSettled(filter.q) }));
  const { data: accounts = [] } = useQuery(queries.accounts());
  const tags = tagsOf(accounts);
  const total = query.data?.pages[0]?.total;
  if (total === 0 && address.query === "") return <NoAccounts />;
  return (
    <div className="grid gap-3">
      <ListBar list="accounts" search={t("search")}>
        <ListFilter name="role" label={t("role")} options={ROLES.map((role) => [role, t(`roles.${role}`)])} />
        <ListFilter name="is" label={t("terminal")} options={CONNECTIONS.map((one) => [one, t(`kinds.${one}`)])} />
        {tags.length > 0 ? (
          <ListFilter name="tag" label={lists("tag")} options={tags.map((tag) => [tag, tag])} />
        ) : null}
      </ListBar>
      {query.error ? <Failure error={query.error} onRetry={query.refetch} /> : null}
      {query.data ? <Accounts accounts={itemsOf(query.data.pages)} total={total ?? 0} /> : null}
      {query.isPending ? <SkeletonRows rows={4} /> : null}
      <More query={query} />
    </div>
  );
}

function NoAccounts() {
  const t = useTranslations("accounts");
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

interface AccountsProps {
  readonly accounts: readonly Account[];
  readonly total: number;
}

/** The accounts that have been read, with actions on several at once. */
function Accounts({ accounts, total }: AccountsProps) {
  const t = useTranslations("accounts");
  const lists = useTranslations("lists");
  const { sortable } = useSort();
  const selection = useSelection(accounts.map(({ id }) => id));
  const columns = useColumns().map((column) => (isSortable(column.key) ? sortable(column) : column));
  const name = (row: Account) => lists("choose", { name: row.label });
  const choice = choiceColumn({ selection, rows: accounts, id: (row) => row.id, name, all: lists("chooseAll") });
  if (accounts.length === 0) return <Empty title={lists("nothing")} />;
  return (
    <>
      <AccountBulk accounts={accounts.filter((one) => selection.has(one.id))} onClear={selection.clear} />
      <Table
        caption={t("title")}
        columns={[choice, ...columns]}
        rows={accounts}
        rowKey={(row) => row.id}
        card={(row) => (
          <div className="flex items-start gap-3">
            {choice.cell(row)}
            <Card account={row} />
          </div>
        )}
      />
      <ListCount shown={accounts.length} total={total} />
    </>
  );
}

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
