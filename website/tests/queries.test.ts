import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { QueryClient } from "@tanstack/react-query";
import createClient from "openapi-fetch";
import { expect, it } from "vitest";
import type { Api } from "@/api/client";
import * as queries from "@/api/queries";

type Use = (from: Api, asked: readonly string[]) => Promise<void>;

/** Serves an empty page at every path. */
const emptyApi = (use: Use) => serving(() => ({ items: [], next_cursor: null }), use);

/** Serves what `page` has for each path, and records the paths that were requested. */
async function serving(page: (url: string) => object, use: Use): Promise<void> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.url));
    response.setHeader("content-type", "application/json").end(JSON.stringify(page(String(request.url))));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    const { port } = server.address() as AddressInfo;
    await use(createClient({ baseUrl: `http://127.0.0.1:${port}` }), asked);
  } finally {
    server.close();
  }
}

it("what the server reads under a query lies in the cache as the browser looks for it", () =>
  emptyApi(async (from, asked) => {
    const client = new QueryClient();
    const filter = { status: ["skipped" as const, "rejected" as const], copier_id: undefined, limit: 100 };
    await client.prefetchQuery(queries.accounts(from));
    await client.prefetchInfiniteQuery(queries.copies(filter, from));
    expect(asked).toEqual(["/v1/accounts?limit=1000", "/v1/copies?status=skipped&status=rejected&limit=100"]);
    expect(client.getQueryData(queries.accounts().queryKey)).toEqual([]);
    expect(client.getQueryData(queries.copies(filter).queryKey)?.pages).toHaveLength(1);
  }));

it("all accounts are read, however many pages they fill", () =>
  serving(
    (url) =>
      url.includes("cursor=second")
        ? { items: [{ id: "b" }], next_cursor: null }
        : { items: [{ id: "a" }], next_cursor: "second" },
    async (from, asked) => {
      const found = await new QueryClient().fetchQuery(queries.accounts(from));
      expect(found.map((account) => account.id)).toEqual(["a", "b"]);
      expect(asked).toEqual(["/v1/accounts?limit=1000", "/v1/accounts?cursor=second&limit=1000"]);
    },
  ));

it("an account that changed is shown at once, and the list of all is read again", () => {
  const client = new QueryClient();
  client.setQueryData(queries.accounts().queryKey, []);
  queries.putAccount(client, { id: "a" } as never);
  expect(client.getQueryData(queries.account("a").queryKey)).toEqual({ id: "a" });
  expect(client.getQueryState(queries.accounts().queryKey)?.isInvalidated).toBe(true);
});

it("news of a kind makes all that was read of it old, and nothing else", () => {
  const client = new QueryClient();
  const old = () => client.getQueryCache().findAll({ predicate: (query) => query.state.isInvalidated });
  client.setQueryData(queries.copier("c").queryKey, { id: "c" } as never);
  client.setQueryData(queries.guards("c").queryKey, []);
  client.setQueryData(queries.accounts().queryKey, []);
  queries.refresh(client, "copier");
  expect(old().map(({ queryKey }) => queryKey[0])).toEqual(["copier", "copier"]);
});
