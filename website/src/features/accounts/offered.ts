import { looksDemo, looksLive, type NewAccount } from "./schema";

type Environment = NewAccount["environment"];
type Role = NewAccount["role"];

export const ROLES: readonly Role[] = ["master", "slave", "both"];

/**
 * The initial role in the form of a new account: the one that a link asked for, else the one that is missing to link
 * two.
 */
export function firstRole(asked: string | null, accounts: readonly { readonly role: Role }[]): Role {
  const known = ROLES.find((role) => role === asked);
  const lacksSlave = accounts.length > 0 && accounts.every(({ role }) => role === "master");
  return known ?? (lacksSlave ? "slave" : "master");
}

/** The person's choice, or else the first offered one. An option that is not offered is never chosen. */
export const chosenOf = <T>(chosen: T, offered: readonly T[]): T =>
  offered.includes(chosen) ? chosen : (offered[0] ?? chosen);

/** The kind of account that a server's name shows; null if it shows none. */
export const kindOf = (server: string): Environment | null =>
  looksDemo(server) ? "demo" : looksLive(server) ? "live" : null;

/** The kind that the form changes to when a server's name is typed: one that the name shows and that is offered. */
export function followed(
  typed: { readonly server: string; readonly before: string },
  listed: Environment | undefined,
  offered: readonly Environment[],
): Environment | null {
  const told = listed ?? (kindOf(typed.before) ? null : kindOf(typed.server));
  return told !== null && offered.includes(told) ? told : null;
}

/** The kind that a server's name shows and that is not offered: an account there would wait for ever. */
export function missing(
  server: string,
  listed: Environment | undefined,
  offered: readonly Environment[],
): Environment | null {
  const told = listed ?? kindOf(server);
  return told !== null && !offered.includes(told) ? told : null;
}
