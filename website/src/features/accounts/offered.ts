import { looksDemo, looksLive, type NewAccount } from "./schema";

type Environment = NewAccount["environment"];
type Role = NewAccount["role"];

export const ROLES: readonly Role[] = ["master", "slave", "both"];

/** The role that the form of a new account begins with: what a link asked for, else what is missing to link two. */
export function firstRole(asked: string | null, accounts: readonly { readonly role: Role }[]): Role {
  const known = ROLES.find((role) => role === asked);
  const lacksSlave = accounts.length > 0 && accounts.every(({ role }) => role === "master");
  return known ?? (lacksSlave ? "slave" : "master");
}

/** What somebody chose, or else the first that is offered. What is not offered is never chosen. */
export const chosenOf = <T>(chosen: T, offered: readonly T[]): T =>
  offered.includes(chosen) ? chosen : (offered[0] ?? chosen);

/** What a server's name tells of its accounts; null where it tells nothing. */
export const kindOf = (server: string): Environment | null =>
  looksDemo(server) ? "demo" : looksLive(server) ? "live" : null;

/** The kind that the form changes to when a server's name is typed: only one that the name tells and that is offered. */
export function followed(
  typed: { readonly server: string; readonly before: string },
  listed: Environment | undefined,
  offered: readonly Environment[],
): Environment | null {
  const told = listed ?? (kindOf(typed.before) ? null : kindOf(typed.server));
  return told !== null && offered.includes(told) ? told : null;
}

/** The kind that a server's name tells and that is not offered, so that an account there would wait for ever. */
export function missing(
  server: string,
  listed: Environment | undefined,
  offered: readonly Environment[],
): Environment | null {
  const told = listed ?? kindOf(server);
  return told !== null && !offered.includes(told) ? told : null;
}
