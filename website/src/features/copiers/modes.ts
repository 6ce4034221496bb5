import type { Copier } from "@/api/client";

/** The modes of a copier or an account, from everything to nothing. */
export const MODES: readonly Copier["mode"][] = ["on", "close_only", "dry_run", "off"];
