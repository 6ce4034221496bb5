"use client";

import { useQuery } from "@tanstack/react-query";
import * as queries from "@/api/queries";
import type { AccountReadiness, CopierReadiness } from "./standing";

/** What keeps an account from working; undefined until it is known. */
export function useAccountReadiness(account: string): AccountReadiness | undefined {
  const { data } = useQuery(queries.readiness());
  return data?.accounts.find((one) => one.account_id === account);
}

/** The effective status of a copier; undefined until it is known. */
export function useCopierReadiness(copier: string): CopierReadiness | undefined {
  const { data } = useQuery(queries.readiness());
  return data?.copiers.find((one) => one.copier_id === copier);
}
