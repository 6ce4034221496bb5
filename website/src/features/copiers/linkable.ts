import type { Account, Copier } from "@/api/client";

type One = Pick<Account, "id" | "role" | "environment">;

export const mastersOf = <T extends One>(accounts: readonly T[]): readonly T[] =>
  accounts.filter((account) => account.role !== "slave");

/** The accounts that can receive the trades of this master. */
export const slavesOf = <T extends One>(accounts: readonly T[], master: One | undefined): readonly T[] =>
  accounts.filter(
    ({ id, role, environment }) => role !== "master" && id !== master?.id && environment === master?.environment,
  );

/** The possible slaves that the master is not linked to yet. */
export function slavesFor<T extends One>(
  accounts: readonly T[],
  master: One | undefined,
  copiers: readonly Pick<Copier, "master_id" | "slave_id">[],
): readonly T[] {
  const linked = new Set(copiers.filter((one) => one.master_id === master?.id).map((one) => one.slave_id));
  return slavesOf(accounts, master).filter((account) => !linked.has(account.id));
}

/** The chosen slaves. If there is only one account, it is chosen. */
export const slavesToLink = <T extends One>(slaves: readonly T[], picked: ReadonlySet<string>): readonly T[] =>
  slaves.length === 1 ? slaves : slaves.filter(({ id }) => picked.has(id));

/** The form's initial master: the first that some account can receive from. */
export const firstMaster = <T extends One>(accounts: readonly T[]): T | undefined =>
  mastersOf(accounts).find((master) => slavesOf(accounts, master).length > 0);

/** What is missing before two accounts can be linked, as a key of `newCopier`. Null if nothing is. */
export function missingToLink(
  accounts: readonly One[],
): "needTwo" | "needMaster" | "needSlave" | "needSameKind" | null {
  if (accounts.length < 2) return "needTwo";
  if (firstMaster(accounts)) return null;
  if (mastersOf(accounts).length === 0) return "needMaster";
  return accounts.some(({ role }) => role !== "master") ? "needSameKind" : "needSlave";
}
