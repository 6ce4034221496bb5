import "server-only";
import { dehydrate, HydrationBoundary, QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { CopyFilter } from "@/api/queries";
import { CatchUp } from "@/live/stream";
import { env } from "./env";
import { standing } from "./me";
import { accessToken } from "./session";

export interface First {
  readonly key: readonly unknown[];
  readonly path: string;
  readonly items?: boolean;
  /** A list that is read in pages: this is its first. */
  readonly paged?: boolean;
}

const TIMEOUT_MS = 2_000;

/** Reads what a page shows at first on the server, so that it comes filled. What cannot be read the browser asks again. */
export async function Prefetch({
  first,
  children,
}: {
  readonly first: readonly First[];
  readonly children: ReactNode;
}) {
  const client = new QueryClient();
  const token = await accessToken();
  // Where the stream of changes is must be known before anything is read, so that it tells all that comes after.
  await standing();
  await Promise.all(
    first.map(async (one) => {
      const found = token ? await readApi(one.path, token) : undefined;
      if (found !== undefined) client.setQueryData(one.key, shaped(one, found));
    }),
  );
  const kinds = new Set(first.map((one) => String(one.key[0])));
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <CatchUp keys={[...kinds].join(" ")} />
      {children}
    </HydrationBoundary>
  );
}

function shaped({ items, paged }: First, found: unknown): unknown {
  if (paged) return { pages: [found], pageParams: [undefined] };
  return items ? (found as { items: unknown }).items : found;
}

export async function readApi(path: string, token: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}` };
  const url = env().LOCKSTEP_API_URL.replace(/\/$/, "") + path;
  const answer = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    () => null,
  );
  return answer?.ok ? await answer.json() : undefined;
}

/** Copies as `queries.copies` reads them by the same filter. */
export function copiesBy(filter: CopyFilter): First {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filter))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one));
  return { key: ["copy", "list", filter], path: `/v1/copies?${search}`, paged: true };
}

export const POSITIONS: First = { key: ["live"], path: "/v1/positions" };
export const ACCOUNTS: First = { key: ["account", "all"], path: "/v1/accounts", items: true };
export const TEMPLATES: First = { key: ["template"], path: "/v1/templates", items: true };
export const REQUESTS: First = { key: ["request"], path: "/v1/sync-requests", items: true };
export const COPIERS: First = { key: ["copier", "all"], path: "/v1/copiers", items: true };
