import type { QueryClient } from "@tanstack/react-query";
import type { Copier } from "@/api/client";
import * as mutations from "@/api/mutations";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { type JsonObject, same } from "./schema";

/**
 * Saves rules that were made from a copier as it was read. If only its mode has changed since, they are saved all the
 * same. Otherwise the change is refused, and the copier as it is now is in the cache.
 */
export async function saveRules(client: QueryClient, base: Copier, rules: JsonObject): Promise<Copier> {
  try {
    return await mutations.setRules(base, rules);
  } catch (error) {
    if (!(error instanceof Problem && error.code === "changed_meanwhile")) throw error;
    const now = await client.fetchQuery({ ...queries.copier(base.id), staleTime: 0 });
    if (!same(now.settings as JsonObject, base.settings as JsonObject)) throw error;
    return await mutations.setRules(now, rules);
  }
}
