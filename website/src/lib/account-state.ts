import type { Account } from "@/api/client";
import { SERVICE_MUST_ACT, USER_MUST_ACT } from "@/generated/reasons";

export type Tone = "good" | "busy" | "soon" | "now" | "idle";

export const STEPS = ["queued", "preparing", "starting", "authorizing", "connected", "ready"] as const;
type Step = (typeof STEPS)[number];

/** Whether a terminal waits for an action of its owner. */
export const mustAct = (account: Pick<Account, "state_reason" | "state">): boolean =>
  account.state === "failed" && USER_MUST_ACT.has(account.state_reason ?? "");

/** Whether a terminal cannot start before whoever runs the service has acted. */
export const isHeldUp = (account: Pick<Account, "state_reason" | "state">): boolean =>
  (account.state === "queued" || account.state === "preparing") && SERVICE_MUST_ACT.has(account.state_reason ?? "");

/** Whether an account's positions are unknown now: its terminal does not run, or has no connection. */
export const isUnseen = (account: Pick<Account, "state" | "operating_mode">): boolean =>
  account.operating_mode === "suspended" || account.state !== "ready";

/** The tone of a terminal's state: red only if somebody must act now, amber if that may come. */
export function terminalTone(account: Pick<Account, "state" | "state_reason" | "operating_mode">): Tone {
  if (account.operating_mode === "suspended") return "idle";
  if (mustAct(account)) return "now";
  if (isHeldUp(account)) return "soon";
  switch (account.state) {
    case "ready":
      return "good";
    case "failed":
    case "disconnected":
      return "soon";
    case "stopped":
      return "idle";
    default:
      return "busy";
  }
}

/** The index of the connection step that is running, or that failed. */
export function stepOf(state: string, last: number): number {
  const found = STEPS.indexOf(state as Step);
  return found >= 0 ? found : last;
}

/** The time until which the present step is counted: an attempt that was refused has ended. */
export const clockOf = (account: Pick<Account, "state" | "state_at">, nowMs: number): number =>
  account.state === "failed" && account.state_at ? Date.parse(account.state_at) : nowMs;

/** When each step began, in ms of the epoch; undefined for a step that was too short to be reported. */
export type StepTimes = readonly (number | undefined)[];

interface StateChange {
  readonly state: string;
  readonly at: string;
}

/** The step times of the newest attempt to connect, from state changes in any order. */
export function stepTimes(
  history: readonly StateChange[],
  account: Pick<Account, "created_at" | "state" | "state_at">,
): StepTimes {
  const changes = [...history, ...(account.state_at ? [{ state: account.state, at: account.state_at }] : [])]
    .map(({ state, at }) => ({ step: STEPS.indexOf(state as Step), at: Date.parse(at) }))
    .filter(({ step }) => step >= 0)
    .sort((a, b) => a.at - b.at || a.step - b.step);
  let began: (number | undefined)[] = [Date.parse(account.created_at)];
  for (const { step, at } of changes) {
    if (step < began.length - 1) began = step === 0 ? [] : [at];
    began[step] ??= at;
  }
  return Array.from(began);
}
