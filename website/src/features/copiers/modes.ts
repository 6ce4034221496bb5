import type { Copier } from "@/api/client";

/** What a copier, or an account, may do, from everything to nothing. */
export const MODES: readonly Copier["mode"][] = ["on", "close_only", "dry_run", "off"];
