"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copier } from "@/api/client";
import { itemsOf } from "@/api/pages";
import * as queries from "@/api/queries";
import { tagsOf } from "@/features/accounts/found";
import { CopierStanding } from "@/features/readiness/copier-standing";
import { useNames } from "@/features/trades/names";
import { useAddress } from "@/ui/address";
import { Age } from "@/ui/age";
import { LinkButton } from "@/ui/button";
import { Flow, flowText } from "@/ui/flow";
import { Link } from "@/ui/link";
import { ListBar, ListCount, ListFilter, useSort } from "@/ui/list-bar";
import { More } from "@/ui/more";
import { choiceColumn, useSelection } from "@/ui/selection";
import { useSettled } from "@/ui/settled";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { CopierBulk } from "./bulk";
import { mastersOf } from "./linkable";
import { copierFilterOf, isSortable } from "./list-filter";
import { MODES } from "./modes";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";

/** A person's copiers. What is searched, chosen and ordered by is in the address, and the API does it. */
export function CopierList() {
  const t = useTranslations("copiers");
  const modes = useTranslations("modes");
  const lists = useTranslations("lists");
  const accountWords = useTranslations("accounts");
  const address = useAddress();
  const filter = copierFilterOf(address.get);
  const query = useInfiniteQuery(queries.copierList({ ...filter, q: useSettled(filter.q) }));
  const { data: accounts = [] } = useQuery(queries.accounts());
  const tags = tagsOf(accounts);
  const total = query.data?.pages[0]?.total;
  if (total === 0 && address.query === "") return <NoCopiers />;
  return (
    <div className="grid gap-3">
      <ListBar list="copiers" search={accountWords("search")}>
        <ListFilter
          name="master"
          label={accountWords("roles.master")}
          options={mastersOf(accounts).map((one) => [one.id, one.label])}
        />
        <ListFilter name="mode" label={t("mode")} options={MODES.map((mode) => [mode, modes(`${mode}.name`)])} />
        {tags.length > 0 ? (
          <ListFilter name="tag" label={lists("tag")} options={tags.map((tag) => [tag, tag])} />
        ) : null}
      </ListBar>
      {query.error ? <Failure error={query.error} onRetry={query.refetch} /> : null}
      {query.data ? <Copiers copiers={itemsOf(query.data.pages)} total={total ?? 0} /> : null}
      {query.isPending ? <SkeletonRows rows={3} /> : null}
      <More query={query} />
    </div>
  );
}

function NoCopiers() {
  const t = useTranslations("copiers");
  return (
    <Empty
      title={t("emptyTitle")}
      action={
        <LinkButton href="/app/copiers/new" look="primary">
          {t("add")}
        </LinkButton>
      }
    >
      {t("emptyText")}
    </Empty>
  );
}

interface CopiersProps {
  readonly copiers: readonly Copier[];
  readonly total: number;
}

/** The copiers that have been read, with actions on several at once. */
function Copiers({ copiers, total }: CopiersProps) {
  const t = useTranslations("copiers");
  const lists = useTranslations("lists");
  const account = useNames();
  const { sortable } = useSort();
  const selection = useSelection(copiers.map(({ id }) => id));
  const columns = useColumns().map((column) => (isSortable(column.key) ? sortable(column) : column));
  const name = (row: Copier) => lists("choose", { name: flowText(account(row.master_id), account(row.slave_id)) });
  const choice = choiceColumn({ selection, rows: copiers, id: (row) => row.id, name, all: lists("chooseAll") });
  if (copiers.length === 0) return <Empty title={lists("nothing")} />;
  return (
    <>
      <CopierBulk copiers={copiers.filter((one) => selection.has(one.id))} onClear={selection.clear} />
      <Table
        caption={t("title")}
        columns={[choice, ...columns]}
        rows={copiers}
        rowKey={(row) => row.id}
        card={(row) => (
          <div className="flex items-start gap-3">
            {choice.cell(row)}
            <Card copier={row} />
          </div>
        )}
      />
      <ListCount shown={copiers.length} total={total} />
    </>
  );
}

function useColumns(): readonly Column<Copier>[] {
  const t = useTranslations("copiers");
  return [
    {
      key: "way",
      head: t("way"),
      rowHead: true,
      cell: (row) => (
        <Link href={`/app/copiers/${row.id}`} className="font-medium hover:text-accent hover:underline">
          <CopierName copier={row} />
        </Link>
      ),
    },
    { key: "mode", head: t("mode"), cell: (row) => <CopierStanding copier={row} />, wraps: true },
    {
      key: "sizing",
      head: t("sizing"),
      cell: (row) => <SizingSentence settings={row.settings as JsonObject} />,
      wraps: true,
    },
    { key: "changed", head: t("changed"), cell: (row) => <Age at={row.updated_at} ago />, figures: true },
  ];
}

interface CopierNameProps {
  readonly copier: Pick<Copier, "master_id" | "slave_id">;
  /** The same as plain text, where no element is allowed. */
  readonly plain?: boolean;
}

export function CopierName({ copier, plain = false }: CopierNameProps) {
  const name = useNames();
  const [from, to] = [name(copier.master_id), name(copier.slave_id)];
  return plain ? flowText(from, to) : <Flow from={from} to={to} />;
}

function Card({ copier }: { readonly copier: Copier }) {
  return (
    <Link href={`/app/copiers/${copier.id}`} className="grid min-w-0 flex-1 gap-1 text-sm">
      <span className="flex justify-between gap-3">
        <span className="font-medium">
          <CopierName copier={copier} />
        </span>
        <CopierStanding copier={copier} />
      </span>
      <span className="text-muted">
        <SizingSentence settings={copier.settings as JsonObject} />
      </span>
    </Link>
  );
}
