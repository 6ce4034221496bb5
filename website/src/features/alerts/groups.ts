/** Groups alerts with one cause. Pure. */
import type { Schemas } from "@/api/client";

type Alert = Schemas["Alert"];

export interface AlertGroup {
  /** The newest. */
  readonly first: Alert;
  readonly alerts: readonly Alert[];
}

/** Alerts of one cause that are further apart belong to different occasions. */
const APART_MS = 600_000;

const OF_THE_LOGIN: ReadonlySet<Alert["kind"]> = new Set(["wrong_codes", "password_changed", "email_changed"]);

/** Alerts in their order, newest first. Alerts of one cause are grouped at the place of the newest. */
export function grouped(alerts: readonly Alert[]): readonly AlertGroup[] {
  const groups: { first: Alert; alerts: Alert[] }[] = [];
  const newest = new Map<string, { first: Alert; alerts: Alert[] }>();
  for (const alert of alerts) {
    const cause = causeOf(alert);
    const group = cause === null ? undefined : newest.get(cause);
    const last = group?.alerts.at(-1);
    if (group && last && Date.parse(last.created_at) - Date.parse(alert.created_at) <= APART_MS) {
      group.alerts.push(alert);
      continue;
    }
    const made = { first: alert, alerts: [alert] };
    groups.push(made);
    if (cause !== null) newest.set(cause, made);
  }
  return groups;
}

/** The key that alerts of one cause share; null for alerts that are never grouped. */
function causeOf({ kind, data, account_id, copier_id }: Alert): string | null {
  if (OF_THE_LOGIN.has(kind)) return null;
  return JSON.stringify([kind, data.reason ?? null, data.setting ?? null, account_id ?? copier_id]);
}

/** The symbols that a group is about, each once. */
export const symbolsIn = ({ alerts }: AlertGroup): readonly string[] => [
  ...new Set(alerts.flatMap(({ data }) => (typeof data.symbol === "string" ? [data.symbol] : []))),
];

/** The page of what an alert concerns: one trade, or the account of several. */
export function hrefOf(alert: Pick<Alert, "kind" | "link_id" | "account_id" | "copier_id">, several = false): string {
  if (OF_THE_LOGIN.has(alert.kind)) return "/app/settings";
  if (alert.link_id && !several) return `/app/trades/${alert.link_id}`;
  if (alert.kind === "out_of_sync" && several) return "/app/out-of-sync";
  if (alert.account_id) return `/app/accounts/${alert.account_id}`;
  return alert.copier_id ? `/app/copiers/${alert.copier_id}` : "/app/alerts";
}

/** Reasons that lie with the account's terminal. */
const OF_THE_TERMINAL: ReadonlySet<unknown> = new Set(["slave_offline", "account_quarantined"]);

/** The page to handle the cause on: the offline terminal, the rule that decided, or the account. */
export function causeHref({ kind, data, account_id, copier_id }: Alert): string | null {
  if (OF_THE_LOGIN.has(kind)) return null;
  if (copier_id && typeof data.setting === "string" && !OF_THE_TERMINAL.has(data.reason))
    return `/app/copiers/${copier_id}#${data.setting}`;
  if (account_id) return `/app/accounts/${account_id}`;
  return copier_id ? `/app/copiers/${copier_id}` : null;
}

/** The alert with its money in the account's currency. */
export function inCurrency<A extends Pick<Alert, "data">>(alert: A, currency: string | null | undefined): A {
  const params = alert.data.params;
  if (!currency || typeof params !== "object" || params === null || Array.isArray(params)) return alert;
  const { money } = params as Readonly<Record<string, unknown>>;
  if (typeof money !== "string" || money === "") return alert;
  return { ...alert, data: { ...alert.data, params: { ...params, money: `${money} ${currency}` } } };
}

/** Whether an address asks for unread alerts alone. */
export const isUnreadOnly = (get: (key: string) => string): boolean => get("is") === "unread";
