import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type CopyStatus, type Schemas, unwrap } from "./client";
import type { EquityRange } from "./live";

/** Each kind of thing under one key, so that news of it makes all its readers look again. */
export const me = () => queryOptions({ queryKey: ["me"], queryFn: () => unwrap(api.GET("/v1/me")) });

export const accounts = () =>
  queryOptions({
    queryKey: ["account", "all"],
    queryFn: () => unwrap(api.GET("/v1/accounts")).then((found) => found.items),
  });

export const account = (id: string) =>
  queryOptions({
    queryKey: ["account", id],
    queryFn: () => unwrap(api.GET("/v1/accounts/{account}", { params: { path: { account: id } } })),
  });

export const accountHistory = (id: string) =>
  queryOptions({
    queryKey: ["account", id, "history"],
    queryFn: () =>
      unwrap(api.GET("/v1/accounts/{account}/history", { params: { path: { account: id } } })).then(
        (found) => found.items,
      ),
  });

export const servers = () =>
  queryOptions({ queryKey: ["server"], queryFn: () => unwrap(api.GET("/v1/servers")).then((found) => found.items) });

export const copiers = () =>
  queryOptions({
    queryKey: ["copier", "all"],
    queryFn: () => unwrap(api.GET("/v1/copiers")).then((found) => found.items),
  });

export const copier = (id: string) =>
  queryOptions({
    queryKey: ["copier", id],
    queryFn: () => unwrap(api.GET("/v1/copiers/{copier}", { params: { path: { copier: id } } })),
  });

export const templates = () =>
  queryOptions({
    queryKey: ["template"],
    queryFn: () => unwrap(api.GET("/v1/templates")).then((found) => found.items),
  });

export const preview = (body: Schemas["PreviewRequest"]) =>
  queryOptions({
    queryKey: ["preview", body],
    queryFn: () => unwrap(api.POST("/v1/preview", { body })),
    placeholderData: (before) => before,
    retry: false,
  });

export interface CopyFilter {
  readonly status?: CopyStatus[] | undefined;
  readonly copier_id?: string | undefined;
  readonly account_id?: string | undefined;
  readonly symbol?: string | undefined;
  readonly limit?: number;
}

/** Pages of copies, the last changed first. */
export const copies = (filter: CopyFilter) =>
  infiniteQueryOptions({
    queryKey: ["copy", "list", filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => unwrap(api.GET("/v1/copies", { params: { query: { ...filter, cursor: pageParam } } })),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });

export const copy = (id: string) =>
  queryOptions({
    queryKey: ["copy", id],
    queryFn: () => unwrap(api.GET("/v1/copies/{link_id}", { params: { path: { link_id: id as never } } })),
  });

export const dashboard = (zone: string) =>
  queryOptions({
    queryKey: ["dashboard", zone],
    queryFn: () => unwrap(api.GET("/v1/dashboard", { params: { query: { zone } } })),
    placeholderData: (before) => before,
  });

export const outOfSync = () =>
  queryOptions({ queryKey: ["sync"], queryFn: () => unwrap(api.GET("/v1/out-of-sync")).then((found) => found.items) });

/** Read again every few seconds as long as anybody looks (`LiveStream`): its many readers hold no timers of their own for that. */
export const positions = () =>
  queryOptions({
    queryKey: ["live"],
    queryFn: () => unwrap(api.GET("/v1/positions")),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: "always",
  });

export const equity = (account: string, range: EquityRange) =>
  queryOptions({
    queryKey: ["equity", account, range],
    queryFn: () =>
      unwrap(api.GET("/v1/accounts/{account}/equity", { params: { path: { account }, query: { range } } })),
    enabled: account !== "",
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });

export const guards = (copier: string) =>
  queryOptions({
    queryKey: ["copier", copier, "guards"],
    queryFn: () =>
      unwrap(api.GET("/v1/copiers/{copier}/guards", { params: { path: { copier } } })).then((found) => found.items),
  });

export const symbolMatch = (copier: string) =>
  queryOptions({
    queryKey: ["copier", copier, "symbols"],
    queryFn: () => unwrap(api.GET("/v1/copiers/{copier}/symbols", { params: { path: { copier } } })),
  });

/** What was asked of copying by hand, of all copiers, newest first. */
export const requests = () =>
  queryOptions({
    queryKey: ["request"],
    queryFn: () => unwrap(api.GET("/v1/sync-requests")).then((found) => found.items),
    // An answer that never comes makes a request expire without news of it.
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === "pending") ? 5_000 : false),
  });

export interface StatisticsFilter {
  readonly since?: string | undefined;
  readonly copier_id?: string | undefined;
  readonly account_id?: string | undefined;
  readonly zone?: string;
}

export const statistics = (filter: StatisticsFilter) =>
  queryOptions({
    queryKey: ["statistics", filter],
    queryFn: () => unwrap(api.GET("/v1/statistics", { params: { query: filter } })),
    placeholderData: (before) => before,
  });

export const alerts = () =>
  infiniteQueryOptions({
    queryKey: ["alert", "list"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => unwrap(api.GET("/v1/alerts", { params: { query: { cursor: pageParam } } })),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const unread = () =>
  queryOptions({
    queryKey: ["alert", "unread"],
    queryFn: () =>
      unwrap(api.GET("/v1/alerts", { params: { query: { unread: true, limit: 1 } } })).then((found) => found.unread),
  });

export const activity = () =>
  infiniteQueryOptions({
    queryKey: ["activity"],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) => unwrap(api.GET("/v1/activity", { params: { query: { cursor: pageParam } } })),
    getNextPageParam: (last) => (last.next_cursor ? Number(last.next_cursor) : undefined),
  });

export const secondFactor = () =>
  queryOptions({ queryKey: ["second-factor"], queryFn: () => unwrap(api.GET("/v1/second-factor")) });

export const sessions = () =>
  queryOptions({ queryKey: ["session"], queryFn: () => unwrap(api.GET("/v1/sessions")).then((found) => found.items) });

export const tokens = () =>
  queryOptions({ queryKey: ["token"], queryFn: () => unwrap(api.GET("/v1/tokens")).then((found) => found.items) });

export const staffSearch = (q: string) =>
  queryOptions({
    queryKey: ["staff", "search", q],
    queryFn: () => unwrap(api.GET("/v1/staff/search", { params: { query: { q } } })),
    enabled: q.length > 1,
    placeholderData: (before) => before,
  });

export const staffUser = (id: string) =>
  queryOptions({
    queryKey: ["staff", "user", id],
    queryFn: () => unwrap(api.GET("/v1/staff/users/{user}", { params: { path: { user: id } } })),
  });

export const staffAccount = (id: string) =>
  queryOptions({
    queryKey: ["staff", "account", id],
    queryFn: () => unwrap(api.GET("/v1/staff/accounts/{account}", { params: { path: { account: id } } })),
    refetchInterval: 5_000,
  });

/** The news of the days to come. */
export const calendar = () =>
  queryOptions({ queryKey: ["calendar", "next"], queryFn: () => unwrap(api.GET("/v1/calendar")) });

export const calendarUploads = () =>
  queryOptions({
    queryKey: ["calendar", "uploads"],
    queryFn: () => unwrap(api.GET("/v1/staff/calendar")).then((found) => found.items),
  });
