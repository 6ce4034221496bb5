import type { IconName } from "@/ui/icons";

export interface Place {
  readonly key: string;
  readonly href: string;
  readonly icon: IconName;
}

/** Where one can go, in the order of the rail; the first four are the bottom bar of a phone. */
export const PLACES: readonly Place[] = [
  { key: "overview", href: "/app", icon: "overview" },
  { key: "accounts", href: "/app/accounts", icon: "accounts" },
  { key: "copiers", href: "/app/copiers", icon: "copiers" },
  { key: "trades", href: "/app/trades", icon: "trades" },
  { key: "flow", href: "/app/flow", icon: "flow" },
  { key: "positions", href: "/app/positions", icon: "positions" },
  { key: "skipped", href: "/app/skipped", icon: "skipped" },
  { key: "sync", href: "/app/out-of-sync", icon: "sync" },
  { key: "statistics", href: "/app/statistics", icon: "statistics" },
  { key: "alerts", href: "/app/alerts", icon: "alerts" },
  { key: "activity", href: "/app/activity", icon: "activity" },
  { key: "settings", href: "/app/settings", icon: "settings" },
];

const STAFF: Place = { key: "staff", href: "/staff", icon: "staff" };

/** Whether a place is the one (or holds the one) that a path shows. */
export const isHere = (href: string, path: string): boolean =>
  href === "/app" ? path === "/app" : path === href || path.startsWith(`${href}/`);

/** The places of a person; support has one more. */
export const placesFor = (staff: boolean): readonly Place[] => (staff ? [...PLACES, STAFF] : PLACES);
