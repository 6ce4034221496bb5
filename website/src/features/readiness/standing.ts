import type { Schemas } from "@/api/client";
import type { Tone } from "@/lib/account-state";

export type AccountReadiness = Schemas["AccountReadiness"];
export type CopierReadiness = Schemas["CopierReadiness"];
type Mode = Schemas["CopierResponse"]["mode"];

/** The strictest mode of a copier and its accounts; undefined if something keeps it from working. */
const MODES: Partial<Record<CopierReadiness["status"], Mode>> = {
  working: "on",
  closing: "close_only",
  removing: "close_only",
  rehearsing: "dry_run",
  off: "off",
};

export const modeOf = (found: Pick<CopierReadiness, "status">): Mode | undefined => MODES[found.status];

/** What keeps a copier from working and is not shown elsewhere: its page and its row already show why it is refused. */
export const isHeldUp = (found: Pick<CopierReadiness, "status"> | undefined): found is CopierReadiness =>
  found !== undefined && found.status !== "refused" && modeOf(found) === undefined;

/** Whether an account that must be able to trade cannot. */
export const cannotTrade = (found: Pick<AccountReadiness, "status" | "matters"> | undefined): boolean =>
  found?.status === "cannot_trade" && found.matters;

/** Red if the person must act now, amber if somebody else must. */
export const toneOf = (found: Pick<CopierReadiness, "status" | "turn">): Tone => {
  if (found.status === "starting") return "busy";
  if (found.status === "paused" || found.status === "halted") return "soon";
  return found.turn === "person" ? "now" : "soon";
};
