"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import * as queries from "@/api/queries";
import { useNames } from "@/features/trades/names";
import { CsvButton } from "@/ui/csv-button";
import { accountRows, activityRows, alertRows, copierRows, positionRows, syncRows } from "./rows";

export function AccountsCsv() {
  const { data: accounts = [] } = useQuery(queries.accounts());
  const { data: live } = useQuery(queries.positions());
  return <CsvButton name="accounts" rows={() => accountRows(accounts, live)} disabled={accounts.length === 0} />;
}

export function CopiersCsv() {
  const name = useNames();
  const client = useQueryClient();
  return <CsvButton name="copiers" rows={async () => copierRows(await client.fetchQuery(queries.copiers()), name)} />;
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

export function AlertsCsv() {
  return <CsvButton name="alerts" rows={async () => alertRows(await queries.everyAlert())} />;
}

export function ActivityCsv() {
  return <CsvButton name="activity" rows={async () => activityRows(await queries.everyActivity())} />;
}
