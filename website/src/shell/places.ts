import type { IconName } from "@/ui/icons";

export interface Place {
  readonly key: string;
  readonly href: string;
  readonly icon: IconName;
}

/** The pages of the navigation, in the order of the rail; the first four are the bottom bar of a phone. */
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

/** Whether a path shows this place or a page below it. */
export const isHere = (href: string, path: string): boolean =>
  href === "/app" ? path === "/app" : path === href || path.startsWith(`${href}/`);

/** The places for a person. Support has one more. */
export const placesFor = (staff: boolean): readonly Place[] => (staff ? [...PLACES, STAFF] : PLACES);
