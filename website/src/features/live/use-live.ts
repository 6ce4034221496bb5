"use client";

import { useQuery } from "@tanstack/react-query";
import type { LiveAccount } from "@/api/live";
import * as queries from "@/api/queries";

export const useLive = () => useQuery(queries.positions());

/** The last figures of an account's terminal; undefined if there are none. Only changes of this account rerender. */
export function useLiveAccount(id: string): LiveAccount | undefined {
  return useQuery({
    ...queries.positions(),
    select: (live) => live.accounts.find((account) => account.account_id === id),
  }).data;
}
