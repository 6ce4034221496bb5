import type { Copier } from "@/api/client";
import type { Positions } from "@/api/live";
import { type CopierReadiness, modeOf, toneOf } from "@/features/readiness/standing";
import type { Tone } from "@/lib/account-state";

const OF_MODE: Record<Copier["mode"], Tone> = { on: "good", close_only: "soon", dry_run: "idle", off: "idle" };

/** How a copier is drawn: by its effective status, or by its mode until that is known. */
export function toneOfCopier(copier: Pick<Copier, "mode" | "refusal">, found: CopierReadiness | undefined): Tone {
  if (copier.refusal || found?.status === "refused") return "now";
  if (!found) return OF_MODE[copier.mode];
  const mode = modeOf(found);
  return mode ? OF_MODE[mode] : toneOf(found);
}

/** The lots that a copier has open now. */
export function openLots(live: Positions, copier: string): number {
  const theirs = live.groups.flatMap((group) => group.copies).filter((copy) => copy.copier_id === copier);
  const sum = theirs.reduce((before, copy) => before + Number(copy.open_lots), 0);
  // Lots are counted in 1e-8. More digits come from summing floats.
  return Number(sum.toFixed(8));
}
