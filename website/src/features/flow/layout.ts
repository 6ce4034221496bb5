import type { Account, Copier } from "@/api/client";

/** The height of an account in the picture, with the gap below it. */
export const ROW = 76;

export interface Place {
  readonly account: Account;
  /** The vertical middle of the account. */
  readonly y: number;
}

export interface Edge {
  readonly copier: Copier;
  readonly from: number;
  readonly to: number;
}

export interface Layout {
  readonly masters: readonly Place[];
  readonly slaves: readonly Place[];
  readonly edges: readonly Edge[];
  readonly height: number;
}

const middle = (index: number): number => index * ROW + ROW / 2;

/**
 * Masters on one side and slaves on the other, sorted by name; slaves in the order of their first master, so that few
 * lines cross. An account that is both is on both sides, one without a copier on none.
 */
export function layoutOf(copiers: readonly Copier[], accounts: readonly Account[]): Layout {
  const byName = accounts.toSorted((one, other) => one.label.localeCompare(other.label, undefined, { numeric: true }));
  const placed = (side: readonly Account[]) => side.map((account, index) => ({ account, y: middle(index) }));
  const masters = placed(byName.filter(({ id }) => copiers.some((copier) => copier.master_id === id)));
  const order = new Map(masters.map(({ account }, index) => [account.id, index]));
  const first = (slave: string) =>
    Math.min(...copiers.filter(({ slave_id }) => slave_id === slave).map(({ master_id }) => order.get(master_id) ?? 0));
  const following = byName.filter(({ id }) => copiers.some((copier) => copier.slave_id === id));
  const slaves = placed(following.toSorted((one, other) => first(one.id) - first(other.id)));
  const at = (side: readonly Place[], id: string) => side.find(({ account }) => account.id === id)?.y;
  const edges = copiers.flatMap((copier) => {
    const [from, to] = [at(masters, copier.master_id), at(slaves, copier.slave_id)];
    return from === undefined || to === undefined ? [] : [{ copier, from, to }];
  });
  return { masters, slaves, edges, height: Math.max(masters.length, slaves.length) * ROW };
}

/** A line from one side to the other, in a picture of width 100. */
export const curve = ({ from, to }: Pick<Edge, "from" | "to">): string => `M0 ${from}C50 ${from} 50 ${to} 100 ${to}`;
