import "server-only";
import {
  dehydrate,
  type FetchInfiniteQueryOptions,
  type FetchQueryOptions,
  HydrationBoundary,
  QueryClient,
  type QueryKey,
} from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Api } from "@/api/client";
import { CatchUp } from "@/live/stream";
import { apiFor } from "./api";
import { caller } from "./me";
import { accessToken } from "./session";

type First = (client: QueryClient, from: Api) => Promise<void>;

/** Reads one query before the page is sent. */
export const one =
  <T, K extends QueryKey>(query: (from: Api) => FetchQueryOptions<T, Error, T, K>): First =>
  (client, from) =>
    client.prefetchQuery(query(from));

/** Reads the first page of a paged query before the page is sent. */
export const firstPage =
  <T, K extends QueryKey, P>(query: (from: Api) => FetchInfiniteQueryOptions<T, Error, T, K, P>): First =>
  (client, from) =>
    client.prefetchInfiniteQuery(query(from));

interface PrefetchProps {
  readonly first: readonly First[];
  readonly children: ReactNode;
}

/** Reads on the server what a page shows first, so that it arrives filled. The browser reads again what failed here. */
export async function Prefetch({ first, children }: PrefetchProps) {
  const client = new QueryClient();
  const token = await accessToken();
  // The caller must read `stream_id` first: the stream then announces every change after the reads below.
  await caller();
  if (token) {
    const from = apiFor(token);
    await Promise.all(first.map((read) => read(client, from)));
  }
  const kinds = new Set(
    client
      .getQueryCache()
      .getAll()
      .map(({ queryKey }) => String(queryKey[0])),
  );
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <CatchUp kinds={[...kinds].join(" ")} />
      {children}
    </HydrationBoundary>
  );
}
