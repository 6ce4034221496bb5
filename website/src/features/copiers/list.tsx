"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account, Copier } from "@/api/client";
import * as queries from "@/api/queries";
import { tagsOf } from "@/features/accounts/found";
import { CopierStanding } from "@/features/readiness/copier-standing";
import { useNames } from "@/features/trades/names";
import { hasWords, sorted, type Values } from "@/lib/view";
import { useAddress } from "@/ui/address";
import { Age } from "@/ui/age";
import { LinkButton } from "@/ui/button";
import { Flow, flowText } from "@/ui/flow";
import { Link } from "@/ui/link";
import { ListBar, ListFilter, useSort } from "@/ui/list-bar";
import { choiceColumn, useSelection } from "@/ui/selection";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { type Column, Table } from "@/ui/table";
import { CopierBulk } from "./bulk";
import { MODES } from "./modes";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";

export function CopierList() {
  const t = useTranslations("copiers");
  const { data, error, refetch } = useQuery(queries.copiers());
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={3} />;
  if (data.length === 0) {
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
  return <CopierBrowser copiers={data} />;
}

type Named = Readonly<Record<"from" | "to", Account | undefined>>;

/** The copiers that an address selects: by words of both accounts, master, mode, and tag of either account. */
export const shownCopiers = (
  copiers: readonly Copier[],
  of: (copier: Copier) => Named,
  get: (key: string) => string,
): readonly Copier[] =>
  copiers.filter((one) => {
    const { from, to } = of(one);
    return (
      hasWords(`${from?.label} ${from?.login} ${to?.label} ${to?.login}`, get("q")) &&
      (!get("master") || one.master_id === get("master")) &&
      (!get("mode") || one.mode === get("mode")) &&
      (!get("tag") || [from, to].some((account) => account?.tags?.includes(get("tag"))))
    );
  });

/** A person's copiers, with search, filters and order in the address, and actions on several at once. */
function CopierBrowser({ copiers }: { readonly copiers: readonly Copier[] }) {
  const t = useTranslations("copiers");
  const modes = useTranslations("modes");
  const lists = useTranslations("lists");
  const accountWords = useTranslations("accounts");
  const address = useAddress();
  const { sort, sortable } = useSort();
  const { data: accounts = [] } = useQuery(queries.accounts());
  const known = new Map(accounts.map((account) => [account.id, account]));
  const of = (one: Copier): Named => ({ from: known.get(one.master_id), to: known.get(one.slave_id) });
  const way = (one: Copier) => flowText(of(one).from?.label ?? "", of(one).to?.label ?? "");
  const values: Values<Copier> = { way, mode: (row) => row.mode, changed: (row) => row.updated_at };
  const shown = sorted(shownCopiers(copiers, of, address.get), sort, values);
  const selection = useSelection(shown.map(({ id }) => id));
  const columns = useColumns().map((column) => (column.key in values ? sortable(column) : column));
  const name = (row: Copier) => lists("choose", { name: way(row) });
  const choice = choiceColumn({ selection, rows: shown, id: (row) => row.id, name, all: lists("chooseAll") });
  const masters = accounts.filter((account) => copiers.some((one) => one.master_id === account.id));
  const tags = tagsOf(accounts);
  return (
    <div className="grid gap-3">
      <ListBar list="copiers" search={accountWords("search")}>
        <ListFilter
          name="master"
          label={accountWords("roles.master")}
          options={masters.map((one) => [one.id, one.label])}
        />
        <ListFilter name="mode" label={t("mode")} options={MODES.map((mode) => [mode, modes(`${mode}.name`)])} />
        {tags.length > 0 ? (
          <ListFilter name="tag" label={lists("tag")} options={tags.map((tag) => [tag, tag])} />
        ) : null}
      </ListBar>
      <CopierBulk copiers={shown.filter((one) => selection.has(one.id))} onClear={selection.clear} />
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
              <Card copier={row} />
            </div>
          )}
        />
      )}
    </div>
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
