"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";

/** The label of an account by its id. History outlives accounts, so a removed one is shown as removed. */
export function useNames(): (id: string) => string {
  const t = useTranslations("trades");
  const { data } = useQuery(queries.accounts());
  return (id) => (data ? (data.find((account) => account.id === id)?.label ?? t("removedAccount")) : "…");
}
