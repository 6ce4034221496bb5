"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";

/** Names of accounts by id; history outlives accounts, so a removed one has a word for it. */
export function useNames(): (id: string) => string {
  const t = useTranslations("trades");
  const { data } = useQuery(queries.accounts());
  return (id) => (data ? (data.find((account) => account.id === id)?.label ?? t("removedAccount")) : "…");
}
