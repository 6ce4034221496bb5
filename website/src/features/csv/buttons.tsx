"use client";

import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import * as queries from "@/api/queries";
import { useNames } from "@/features/trades/names";
import { CsvButton } from "@/ui/csv-button";
import { accountRows, alertRows, copierRows, deedRows, positionRows, syncRows } from "./rows";

export function AccountsCsv() {
  const { data: accounts = [] } = useQuery(queries.accounts());
  const { data: live } = useQuery(queries.positions());
  return <CsvButton name="accounts" rows={() => accountRows(accounts, live)} disabled={accounts.length === 0} />;
}

export function CopiersCsv() {
  const name = useNames();
  const { data = [] } = useQuery(queries.copiers());
  return <CsvButton name="copiers" rows={() => copierRows(data, name)} disabled={data.length === 0} />;
}

export function PositionsCsv() {
  const name = useNames();
  const { data } = useQuery(queries.positions());
  const rows = data ? positionRows(data, name) : [];
  return <CsvButton name="positions" rows={() => rows} disabled={rows.length === 0} />;
}

export function SyncCsv() {
  const name = useNames();
  const { data = [] } = useQuery(queries.outOfSync());
  return <CsvButton name="out-of-sync" rows={() => syncRows(data, name)} disabled={data.length === 0} />;
}

const PAGE = 200;

export function AlertsCsv() {
  const page = (cursor?: string) => unwrap(api.GET("/v1/alerts", { params: { query: { cursor, limit: PAGE } } }));
  return <CsvButton name="alerts" rows={async () => alertRows(await everyPage(page))} />;
}

export function ActivityCsv() {
  const page = (cursor?: string) =>
    unwrap(
      api.GET("/v1/activity", { params: { query: { cursor: cursor ? Number(cursor) : undefined, limit: PAGE } } }),
    );
  return <CsvButton name="activity" rows={async () => deedRows(await everyPage(page))} />;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor?: string | null | undefined;
}

/** Everything of a list that comes in pages. */
export async function everyPage<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await read(cursor);
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return all;
}
