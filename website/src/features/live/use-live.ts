"use client";

import { useQuery } from "@tanstack/react-query";
import type { LiveAccount } from "@/api/live";
import * as queries from "@/api/queries";

/** A beat alone is no news of the stream: the age of the last one is looked up. */
const LOOK_MS = 10_000;

export const useLive = () => useQuery({ ...queries.positions(), refetchInterval: LOOK_MS });

/** What an account's terminal told last; undefined where it has told nothing. */
export function useLiveAccount(): (id: string) => LiveAccount | undefined {
  const { data } = useLive();
  return (id) => data?.accounts.find((account) => account.account_id === id);
}
