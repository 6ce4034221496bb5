"use client";

import type { Copier } from "@/api/client";
import { ModeStatus } from "@/features/copiers/mode-status";
import { CopierStatus } from "@/features/copiers/refusal";
import { isHeldUp, modeOf } from "./standing";
import { useCopierReadiness } from "./use-readiness";
import { HeldUpNote, HeldUpStatus, RemovingNote } from "./why";

/** The effective status of a copier: the mode that applies, or what keeps it from working. */
export function CopierStanding({ copier }: { readonly copier: Pick<Copier, "id" | "mode" | "refusal"> }) {
  const found = useCopierReadiness(copier.id);
  if (isHeldUp(found)) return <HeldUpStatus found={found} />;
  const mode = found ? modeOf(found) : undefined;
  return mode ? <ModeStatus mode={mode} /> : <CopierStatus copier={copier} />;
}

/** On the copier's page: what keeps it from working, if anything does. */
export function CopierHeldUp({ copier }: { readonly copier: string }) {
  const found = useCopierReadiness(copier);
  if (found?.status === "removing") return <RemovingNote />;
  return isHeldUp(found) ? <HeldUpNote found={found} /> : null;
}
