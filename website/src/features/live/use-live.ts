"use client";

import { useQuery } from "@tanstack/react-query";
import type { LiveAccount } from "@/api/live";
import * as queries from "@/api/queries";

export const useLive = () => useQuery(queries.positions());

/** What an account's terminal told last; undefined where it has told nothing. Drawn again only for news of this account. */
export function useLiveAccount(id: string): LiveAccount | undefined {
  return useQuery({
    ...queries.positions(),
    select: (live) => live.accounts.find((account) => account.account_id === id),
  }).data;
}
