import type { Account, Copier, Schemas } from "@/api/client";
import type { Position, Positions } from "@/api/live";
import type { JsonObject } from "@/features/copiers/schema";
import { sizingWords } from "@/features/copiers/sizing";
import type { Line } from "@/lib/csv";

/** The rows of each page for a CSV file: columns named as in the API, times in UTC, numbers unrounded. */
type Name = (id: string) => string;

export const accountRows = (accounts: readonly Account[], live: Positions | undefined): readonly Line[] =>
  accounts.map((account) => {
    const now = live?.accounts.find((one) => one.account_id === account.id);
    return {
      id: account.id,
      label: account.label,
      login: account.login,
      server: account.server,
      platform: account.platform,
      environment: account.environment,
      role: account.role,
      state: account.state,
      state_reason: account.state_reason,
      state_at: account.state_at,
      operating_mode: account.operating_mode,
      mode: account.mode,
      equity: now?.equity,
      balance: now?.balance,
      currency: now?.currency,
      heartbeat_at: now?.heartbeat_at,
      created_at: account.created_at,
    };
  });

export const copierRows = (copiers: readonly Copier[], name: Name): readonly Line[] =>
  copiers.map((copier) => {
    const { mode, number } = sizingWords(copier.settings as JsonObject);
    return {
      id: copier.id,
      master: name(copier.master_id),
      slave: name(copier.slave_id),
      mode: copier.mode,
      sizing: mode,
      sizing_number: number,
      version: copier.version,
      created_at: copier.created_at,
      updated_at: copier.updated_at,
    };
  });

export function positionRows(data: Positions, name: Name): readonly Line[] {
  const row = (part: string, position: Position, link: string | null) => ({
    part,
    account: name(position.account_id),
    ticket: position.ticket,
    symbol: position.symbol,
    side: position.side,
    lots: position.lots,
    open_price: position.open_price,
    price: position.price,
    sl: position.sl,
    tp: position.tp,
    profit: position.profit,
    currency: data.accounts.find((one) => one.account_id === position.account_id)?.currency,
    opened_at: position.opened_at,
    link_id: link,
  });
  return [
    ...data.groups.flatMap(({ master, copies }) => [
      row("master", master, null),
      ...copies.flatMap((copy) => (copy.position ? [row("copy", copy.position, copy.link_id)] : [])),
    ]),
    ...data.others.map(({ position, link }) => row("alone", position, link?.link_id ?? null)),
  ];
}

export const syncRows = (rows: readonly Schemas["OutOfSyncCopy"][], name: Name): readonly Line[] =>
  rows.map((row) => ({
    link_id: row.link_id,
    master: name(row.master_account_id),
    slave: name(row.slave_account_id),
    master_position: row.master_position,
    slave_position: row.slave_position,
    symbol: row.symbol,
    side: row.side,
    master_left_lots: row.master_left_lots,
    open_lots: row.open_lots,
    difference: row.difference,
    status: row.status,
    reason: row.reason,
    updated_at: row.updated_at,
  }));

/** The totals of a period, then the figures of each day, month, hour and symbol. */
export function statisticsRows(data: Schemas["Statistics"]): readonly Line[] {
  const row = (by: string, figures: Schemas["GroupStatistics"]) => ({
    by,
    key: figures.key,
    copied: figures.copied,
    skipped: figures.skipped,
    rejected: figures.rejected,
    unresolved: figures.unresolved,
    lots: figures.lots,
    wins: figures.wins,
    losses: figures.losses,
    even: figures.even,
    win_rate: figures.win_rate,
    profit_factor: figures.profit_factor,
    payoff_ratio: figures.payoff_ratio,
    expectancy_bp: figures.expectancy_bp,
    average_slippage_bp: figures.average_slippage_bp,
  });
  return [
    row("all", data.totals),
    ...data.by_day.map((one) => row("day", one)),
    ...data.by_month.map((one) => row("month", one)),
    ...data.by_hour.map((one) => row("hour", one)),
    ...data.by_symbol.map((one) => row("symbol", one)),
  ];
}

export const alertRows = (alerts: readonly Schemas["Alert"][]): readonly Line[] =>
  alerts.map(({ data: _, ...alert }) => alert);

export const activityRows = (actions: readonly Schemas["ActivityEntry"][]): readonly Line[] =>
  actions.map(({ details, ...action }) => ({ ...action, details: JSON.stringify(details) }));
