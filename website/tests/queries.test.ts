import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { QueryClient } from "@tanstack/react-query";
import createClient from "openapi-fetch";
import { expect, it } from "vitest";
import type { Api } from "@/api/client";
import * as queries from "@/api/queries";
import { staleKinds } from "@/live/changes";

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

it("an account that changed is shown at once, and every list of accounts is read again", () => {
  const client = new QueryClient();
  const filter = { role: "slave", limit: 100 } as const;
  client.setQueryData(queries.accounts().queryKey, []);
  client.setQueryData(queries.accountList(filter).queryKey, { pages: [], pageParams: [] });
  queries.putAccount(client, { id: "a" } as never);
  expect(client.getQueryData(queries.account("a").queryKey)).toEqual({ id: "a" });
  for (const { queryKey } of [queries.accounts(), queries.accountList(filter)])
    expect(client.getQueryState(queryKey)?.isInvalidated).toBe(true);
});

it("a list of accounts is searched, filtered, ordered and paged by the API, under the key of its address", () =>
  serving(
    (url) => ({ items: [], total: 3, next_cursor: url.includes("cursor=second") ? null : "second" }),
    async (from, asked) => {
      const client = new QueryClient();
      const filter = { q: "funded 10", connection: "away", tag: undefined, sort: "-equity", limit: 100 } as const;
      await client.prefetchInfiniteQuery({ ...queries.accountList(filter, from), pages: 3 });
      expect(asked).toEqual([
        "/v1/accounts?q=funded%2010&connection=away&sort=-equity&limit=100",
        "/v1/accounts?q=funded%2010&connection=away&sort=-equity&limit=100&cursor=second",
      ]);
      const { tag, ...same } = filter;
      expect(client.getQueryData(queries.accountList(same).queryKey)?.pages).toHaveLength(2);
    },
  ));

it("news of a kind makes all that was read of it old, and nothing else", () => {
  const client = new QueryClient();
  const old = () => client.getQueryCache().findAll({ predicate: (query) => query.state.isInvalidated });
  client.setQueryData(queries.copier("c").queryKey, { id: "c" } as never);
  client.setQueryData(queries.copiers().queryKey, []);
  client.setQueryData(queries.accounts().queryKey, []);
  queries.refresh(client, "copier");
  expect(old().map(({ queryKey }) => queryKey[0])).toEqual(["copier", "copier"]);
});

it("a guard that stops a copier, which makes an alert, is read again on the copier's page", () => {
  const client = new QueryClient();
  client.setQueryData(queries.guards("c").queryKey, []);
  for (const kind of staleKinds('{"kind": "alert", "op": "INSERT", "id": "7"}')) queries.refresh(client, kind);
  expect(client.getQueryState(queries.guards("c").queryKey)?.isInvalidated).toBe(true);
});

it("unread alerts are asked for of the API, all others without a condition", () =>
  emptyApi(async (from, asked) => {
    const client = new QueryClient();
    for (const unread of [true, false]) await client.prefetchInfiniteQuery(queries.alerts(unread, from));
    expect(asked).toEqual(["/v1/alerts?unread=true", "/v1/alerts"]);
  }));
