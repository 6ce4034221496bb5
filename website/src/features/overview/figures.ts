import type { LiveAccount, Position, Positions } from "@/api/live";

/** A sum of money in each currency. Currencies are never added up, because no rate is known. */
export type Sums = ReadonlyMap<string, number>;

export function sumsOf(
  amounts: readonly (readonly [currency: string | null, value: number | null | undefined])[],
): Sums {
  const sums = new Map<string, number>();
  for (const [currency, value] of amounts)
    if (currency && value != null) sums.set(currency, (sums.get(currency) ?? 0) + value);
  return sums;
}

/** Every open position, each once: on a netting account several copies are parts of one. */
export function everyPosition(live: Positions): readonly Position[] {
  const all = [
    ...live.groups.flatMap((group) => [group.master, ...group.copies.map((copy) => copy.position)]),
    ...live.others.map((other) => other.position),
  ].filter((position) => position != null);
  return [...new Map(all.map((position) => [`${position.account_id} ${position.ticket}`, position])).values()];
}

/** Equity as percent of the used margin; null if no margin is used. */
export const marginLevel = (account: Pick<LiveAccount, "equity" | "margin">): number | null =>
  account.equity == null || !account.margin ? null : (account.equity / account.margin) * 100;

/** The accounts with used margin, the one nearest to a margin call first. */
export const byMarginLevel = (accounts: readonly LiveAccount[]): readonly (readonly [LiveAccount, number])[] =>
  accounts
    .flatMap((account) => {
      const level = marginLevel(account);
      return level === null ? [] : [[account, level] as const];
    })
    .toSorted((one, other) => one[1] - other[1]);

export interface Exposure {
  readonly name: string;
  /** Bought less sold: lots of a symbol, or an amount of a currency. */
  readonly net: number;
  readonly bought: number;
  readonly sold: number;
}

const exposures = (parts: readonly (readonly [name: string, amount: number])[]): readonly Exposure[] => {
  const found = new Map<string, { bought: number; sold: number }>();
  for (const [name, amount] of parts) {
    const { bought, sold } = found.get(name) ?? { bought: 0, sold: 0 };
    found.set(name, { bought: bought + Math.max(0, amount), sold: sold + Math.max(0, -amount) });
  }
  return [...found]
    .map(([name, { bought, sold }]) => ({ name, bought, sold, net: bought - sold }))
    .toSorted((one, other) => Math.abs(other.net) - Math.abs(one.net) || one.name.localeCompare(other.name));
};

const signedLots = (position: Position): number => Number(position.lots) * (position.side === "buy" ? 1 : -1);

/** Lots of each symbol over all accounts, the largest difference first. */
export const bySymbol = (positions: readonly Position[]): readonly Exposure[] =>
  exposures(positions.map((position) => [position.symbol, signedLots(position)]));

const CURRENCIES = "USD|EUR|GBP|CHF|JPY|AUD|NZD|CAD|SEK|NOK|DKK|SGD|HKD|ZAR|MXN|PLN|CZK|HUF|TRY|CNH";
const PAIR = new RegExp(`^(${CURRENCIES})/?(${CURRENCIES})`);
/** What brokers trade of a pair's first currency in one lot. */
const LOT = 100_000;

/** The exposure of currency pairs in each currency: one is bought with the other. Other symbols are left out. */
export const byCurrency = (positions: readonly Position[]): readonly Exposure[] =>
  exposures(
    positions.flatMap((position) => {
      const [, first, second] = PAIR.exec(position.symbol) ?? [];
      if (!first || !second || position.price == null) return [];
      const amount = signedLots(position) * LOT;
      return [[first, amount] as const, [second, -amount * position.price] as const];
    }),
  );

/** A master's position with the sums of its copies, or a position without a master. */
export interface Open {
  readonly key: string;
  readonly position: Position;
  readonly copies: number;
  readonly copiesOpen: number;
  readonly profit: Sums;
}

/** Everything that is open, the largest loss first. */
export function openOf(live: Positions): readonly Open[] {
  const currency = new Map(live.accounts.map((account) => [account.account_id, account.currency]));
  const profit = (positions: readonly Position[]) =>
    sumsOf(positions.map((one) => [currency.get(one.account_id) ?? null, one.profit]));
  const groups = live.groups.map(({ master, copies }) => {
    const open = copies.flatMap(({ position }) => (position ? [position] : []));
    return {
      key: `${master.account_id} ${master.ticket}`,
      position: master,
      copies: copies.length,
      copiesOpen: open.length,
      profit: profit([master, ...open]),
    };
  });
  const others = live.others.map(({ position }) => ({
    key: `${position.account_id} ${position.ticket}`,
    position,
    copies: 0,
    copiesOpen: 0,
    profit: profit([position]),
  }));
  const worst = ({ profit: sums }: Open) => Math.min(0, ...sums.values());
  return [...groups, ...others].toSorted((one, other) => worst(one) - worst(other));
}
