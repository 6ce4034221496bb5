import type { AccountFilter } from "@/api/queries";
import { orderOf } from "@/lib/view";
import { ROLES } from "./offered";

/** How an account's terminal stands. A paused one is neither connected nor away. */
export const CONNECTIONS = ["connected", "away", "paused"] as const;

const LIMIT = 100;
/** The columns that the list can be ordered by, and the API's names of these orders. */
const ORDERS = {
  label: "label",
  login: "login",
  server: "server",
  role: "role",
  terminal: "state",
  equity: "equity",
} as const;

export const isSortable = (column: string): boolean => column in ORDERS;

/** The filter that an address means; what it does not know is left out. */
export const accountFilterOf = (get: (key: string) => string): AccountFilter => ({
  q: get("q").trim() || undefined,
  role: ROLES.find((role) => role === get("role")),
  connection: CONNECTIONS.find((connection) => connection === get("is")),
  tag: get("tag") || undefined,
  sort: orderOf(get("sort"), ORDERS),
  limit: LIMIT,
});
