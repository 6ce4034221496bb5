import type { CopierFilter } from "@/api/queries";
import { orderOf } from "@/lib/view";
import { MODES } from "./modes";

const LIMIT = 100;
/** The columns that the list can be ordered by, and the API's names of these orders. */
const ORDERS = { way: "way", mode: "mode", changed: "changed" } as const;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const isSortable = (column: string): boolean => column in ORDERS;

/** The filter that an address means; what it does not know is left out. */
export const copierFilterOf = (get: (key: string) => string): CopierFilter => ({
  q: get("q").trim() || undefined,
  master_id: ID.test(get("master")) ? get("master") : undefined,
  mode: MODES.find((mode) => mode === get("mode")),
  tag: get("tag") || undefined,
  sort: orderOf(get("sort"), ORDERS),
  limit: LIMIT,
});
