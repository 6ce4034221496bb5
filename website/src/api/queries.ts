import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { fingerprint } from "@/lib/fingerprint";
import { type Account, type Api, api, type Copier, type CopyStatus, type Schemas, unwrap } from "./client";
import type { EquityRange } from "./live";
import { everyPage } from "./pages";
import { problemOf } from "./problem";
import type { paths } from "./schema";

/**
 * The kinds of data. Each query key begins with its kind, so that one invalidation reaches every query of a kind.
 * Keys are written in this file only.
 */
export type Kind =
  | "account"
  | "activity"
  | "alert"
  | "calendar"
  | "copier"
  | "copy"
  | "dashboard"
  | "environment"
  | "proxy"
  | "equity"
  | "guard"
  | "link-check"
  | "live"
  | "notification"
  | "platform"
  | "preview"
  | "readiness"
  | "request"
  | "sealing-key"
  | "second-factor"
  | "server"
  | "session"
  | "staff"
  | "statistics"
  | "sync"
  | "template"
  | "token"
  | "webhook";

const keyOf = <const Rest extends readonly unknown[]>(kind: Kind, ...rest: Rest) => [kind, ...rest] as const;

// The server runs some of these queries before it sends a page; `from` is then a client of the API itself.

/** The most accounts or copiers in one response: all of most people. */
const EVERY = 1000;

const accountPage = (cursor: string | undefined, from: Api) =>
  unwrap(from.GET("/v1/accounts", { params: { query: { cursor, limit: EVERY } } }));

export const accounts = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("account", "all"),
    queryFn: () => everyPage((cursor) => accountPage(cursor, from)),
  });

export type AccountFilter = NonNullable<paths["/v1/accounts"]["get"]["parameters"]["query"]>;

/** Pages of the accounts that a filter selects, in its order. */
export const accountList = (filter: AccountFilter, from: Api = api) =>
  infiniteQueryOptions({
    queryKey: keyOf("account", "list", filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      unwrap(from.GET("/v1/accounts", { params: { query: { ...filter, cursor: pageParam } } })),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });

export const account = (id: string, from: Api = api) =>
  queryOptions({
    queryKey: keyOf("account", id),
    queryFn: () => unwrap(from.GET("/v1/accounts/{account}", { params: { path: { account: id } } })),
  });

export const accountHistory = (id: string, from: Api = api) =>
  queryOptions({
    queryKey: keyOf("account", id, "history"),
    queryFn: () =>
      unwrap(from.GET("/v1/accounts/{account}/history", { params: { path: { account: id } } })).then(
        (found) => found.items,
      ),
  });

/** Servers to suggest for a typed text. */
export const servers = (platform: Account["platform"], typed: string) =>
  queryOptions({
    queryKey: keyOf("server", platform, typed),
    queryFn: () =>
      unwrap(api.GET("/v1/servers", { params: { query: { platform, q: typed } } })).then((found) => found.items),
    placeholderData: keepPreviousData,
  });

/** What is known of a server before anybody logs in there. */
export const serverCheck = (platform: Account["platform"], server: string) =>
  queryOptions({
    queryKey: keyOf("server", platform, server, "check"),
    queryFn: () => unwrap(api.GET("/v1/servers/check", { params: { query: { platform, server } } })),
    enabled: server.trim() !== "",
    retry: false,
  });

/** The platforms of which accounts may be added here. */
export const platforms = () =>
  queryOptions({
    queryKey: keyOf("platform"),
    queryFn: () => unwrap(api.GET("/v1/platforms")).then((found) => found.items),
    staleTime: 3_600_000,
  });

/** The environments of which accounts may be added here. */
export const environments = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("environment"),
    queryFn: () => unwrap(from.GET("/v1/environments")).then((found) => found.items),
  });

/** The proxies that this service offers, by name. */
export const offeredProxies = () =>
  queryOptions({
    queryKey: keyOf("proxy"),
    queryFn: () => unwrap(api.GET("/v1/proxies")).then((found) => found.items),
    staleTime: 3_600_000,
  });

/**
 * Read from the website itself, which has the key mounted: whoever served a false key could read what is sealed to
 * it.
 */
export const sealingKey = () =>
  queryOptions({
    queryKey: keyOf("sealing-key"),
    queryFn: async () => {
      const response = await fetch("/api/sealing-key", { cache: "no-store" }).catch(() => null);
      const body = await response?.json().catch(() => null);
      if (!response?.ok) throw problemOf(response?.status ?? 0, body);
      const key = body as Schemas["SealingKey"];
      return { ...key, fingerprint: await fingerprint(key.public_key) };
    },
    staleTime: 0,
  });

const copierPage = (cursor: string | undefined, from: Api) =>
  unwrap(from.GET("/v1/copiers", { params: { query: { cursor, limit: EVERY } } }));

export const copiers = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("copier", "all"),
    queryFn: () => everyPage((cursor) => copierPage(cursor, from)),
  });

export type CopierFilter = NonNullable<paths["/v1/copiers"]["get"]["parameters"]["query"]>;

/** Pages of the copiers that a filter selects, in its order. */
export const copierList = (filter: CopierFilter, from: Api = api) =>
  infiniteQueryOptions({
    queryKey: keyOf("copier", "list", filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      unwrap(from.GET("/v1/copiers", { params: { query: { ...filter, cursor: pageParam } } })),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });

export const copier = (id: string, from: Api = api) =>
  queryOptions({
    queryKey: keyOf("copier", id),
    queryFn: () => unwrap(from.GET("/v1/copiers/{copier}", { params: { path: { copier: id } } })),
  });

/** What keeps each account and copier from working, and who must act. */
export const readiness = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("readiness"),
    queryFn: () => unwrap(from.GET("/v1/readiness")),
  });

/** Whether a master's symbols exist at a slave's broker. */
export const linkCheck = (body: Schemas["LinkCheckRequest"]) =>
  queryOptions({
    queryKey: keyOf("link-check", body),
    queryFn: () => unwrap(api.POST("/v1/link-check", { body })),
    retry: false,
  });

export const templates = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("template"),
    queryFn: () => unwrap(from.GET("/v1/templates")).then((found) => found.items),
  });

export const preview = (body: Schemas["PreviewRequest"]) =>
  queryOptions({
    queryKey: keyOf("preview", body),
    queryFn: () => unwrap(api.POST("/v1/preview", { body })),
    placeholderData: (before) => before,
    retry: false,
  });

export interface CopyFilter {
  readonly status?: CopyStatus[] | undefined;
  readonly copier_id?: string | undefined;
  readonly account_id?: string | undefined;
  readonly symbol?: string | undefined;
  /** The ticket of the position on either side. */
  readonly ticket?: string | undefined;
  readonly limit?: number;
}

/** Pages of copies, last changed first. */
export const copies = (filter: CopyFilter, from: Api = api) =>
  infiniteQueryOptions({
    queryKey: keyOf("copy", "list", filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => unwrap(from.GET("/v1/copies", { params: { query: { ...filter, cursor: pageParam } } })),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    placeholderData: (before) => before,
  });

export const copy = (id: string, from: Api = api) =>
  queryOptions({
    queryKey: keyOf("copy", id),
    queryFn: () => unwrap(from.GET("/v1/copies/{link_id}", { params: { path: { link_id: id as never } } })),
  });

/** What is left until guards act. It changes with every price. */
export const headroom = () =>
  queryOptions({
    queryKey: keyOf("dashboard", "headroom"),
    queryFn: () => unwrap(api.GET("/v1/guards")).then((found) => found.items),
    refetchInterval: 5_000,
  });

export const dashboard = (zone: string, from: Api = api) =>
  queryOptions({
    queryKey: keyOf("dashboard", zone),
    queryFn: () => unwrap(from.GET("/v1/dashboard", { params: { query: { zone } } })),
    placeholderData: (before) => before,
  });

export const outOfSync = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("sync"),
    queryFn: () => unwrap(from.GET("/v1/out-of-sync")).then((found) => found.items),
  });

/** `LiveStream` invalidates this query every few seconds while the page is visible, so that its many readers need no timers. */
export const positions = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("live"),
    queryFn: () => unwrap(from.GET("/v1/positions")),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: "always",
  });

export const equity = (account: string, range: EquityRange) =>
  queryOptions({
    queryKey: keyOf("equity", account, range),
    queryFn: () =>
      unwrap(api.GET("/v1/accounts/{account}/equity", { params: { path: { account }, query: { range } } })),
    enabled: account !== "",
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });

/** The equity of all accounts in one currency together. */
export const equityOfAll = (currency: string, range: EquityRange) =>
  queryOptions({
    queryKey: keyOf("equity", "all", currency, range),
    queryFn: () => unwrap(api.GET("/v1/equity", { params: { query: { currency, range } } })),
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });

/** The states of a copier's guards. What they count moves with every price, which the stream does not announce. */
export const guards = (copier: string) =>
  queryOptions({
    queryKey: keyOf("guard", copier),
    queryFn: () =>
      unwrap(api.GET("/v1/copiers/{copier}/guards", { params: { path: { copier } } })).then((found) => found.items),
    refetchInterval: 5_000,
  });

export const symbolMatch = (copier: string, from: Api = api) =>
  queryOptions({
    queryKey: keyOf("copier", copier, "symbols"),
    queryFn: () => unwrap(from.GET("/v1/copiers/{copier}/symbols", { params: { path: { copier } } })),
  });

/** The manual requests of all copiers, newest first. */
export const requests = (from: Api = api) =>
  queryOptions({
    queryKey: keyOf("request"),
    queryFn: () => unwrap(from.GET("/v1/manual-requests")).then((found) => found.items),
    // A request without a response expires, which the stream does not announce.
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
    queryKey: keyOf("statistics", filter),
    queryFn: () => unwrap(api.GET("/v1/statistics", { params: { query: filter } })),
    placeholderData: (before) => before,
  });

/** What copies earned and cost, in each currency apart. */
export const money = (filter: StatisticsFilter) =>
  queryOptions({
    queryKey: keyOf("statistics", "money", filter),
    queryFn: () => unwrap(api.GET("/v1/money", { params: { query: filter } })),
    placeholderData: (before) => before,
  });

interface AlertPage {
  readonly cursor?: string | undefined;
  readonly limit?: number;
  readonly unread?: boolean | undefined;
}

const alertPage = (query: AlertPage, from: Api = api) => unwrap(from.GET("/v1/alerts", { params: { query } }));

/** Pages of alerts, newest first: all, or those that nobody has read. */
export const alerts = (unread: boolean, from: Api = api) =>
  infiniteQueryOptions({
    queryKey: keyOf("alert", "list", unread),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => alertPage({ cursor: pageParam, unread: unread || undefined }, from),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

/** The most items in one response. */
const MOST = 200;

/** All alerts, for a file. */
export const everyAlert = () => everyPage((cursor) => alertPage({ cursor, limit: MOST }));

export const unread = () =>
  queryOptions({
    queryKey: keyOf("alert", "unread"),
    queryFn: () =>
      unwrap(api.GET("/v1/alerts", { params: { query: { unread: true, limit: 1 } } })).then((found) => found.unread),
  });

const activityPage = (cursor: string | undefined, from: Api = api, limit?: number) =>
  unwrap(from.GET("/v1/activity", { params: { query: { cursor: cursor ? Number(cursor) : undefined, limit } } }));

export const activity = (from: Api = api) =>
  infiniteQueryOptions({
    queryKey: keyOf("activity"),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => activityPage(pageParam, from),
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

/** The whole activity log, for a file. */
export const everyActivity = () => everyPage((cursor) => activityPage(cursor, api, MOST));

export const secondFactor = () =>
  queryOptions({ queryKey: keyOf("second-factor"), queryFn: () => unwrap(api.GET("/v1/second-factor")) });

export const sessions = () =>
  queryOptions({
    queryKey: keyOf("session"),
    queryFn: () => unwrap(api.GET("/v1/sessions")).then((found) => found.items),
  });

export const tokens = () =>
  queryOptions({ queryKey: keyOf("token"), queryFn: () => unwrap(api.GET("/v1/tokens")).then((found) => found.items) });

export const notifications = () =>
  queryOptions({ queryKey: keyOf("notification"), queryFn: () => unwrap(api.GET("/v1/notifications")) });

export const putNotifications = (client: QueryClient, after: Schemas["NotificationSettings"]) =>
  client.setQueryData(notifications().queryKey, after);

export const webhooks = () =>
  queryOptions({
    queryKey: keyOf("webhook"),
    queryFn: () => unwrap(api.GET("/v1/webhooks")).then((found) => found.items),
  });

export const deliveries = (webhook: string) =>
  queryOptions({
    queryKey: keyOf("webhook", webhook, "deliveries"),
    queryFn: () =>
      unwrap(api.GET("/v1/webhooks/{webhook}/deliveries", { params: { path: { webhook } } })).then(
        (found) => found.items,
      ),
    // What is on its way has an outcome soon, which the stream does not announce.
    refetchInterval: (query) => (query.state.data?.some((one) => one.due_at !== null) ? 3_000 : false),
  });

export const staffOverview = () =>
  queryOptions({
    queryKey: keyOf("staff", "overview"),
    queryFn: () => unwrap(api.GET("/v1/staff/overview")),
    refetchInterval: 10_000,
  });

export const deadLetters = () =>
  queryOptions({
    queryKey: keyOf("staff", "dead-letters"),
    queryFn: () => unwrap(api.GET("/v1/staff/dead-letters")).then((found) => found.items),
    refetchInterval: 60_000,
  });

export const staffSearch = (q: string) =>
  queryOptions({
    queryKey: keyOf("staff", "search", q),
    queryFn: () => unwrap(api.GET("/v1/staff/search", { params: { query: { q } } })),
    enabled: q.length > 1,
    placeholderData: (before) => before,
  });

export const staffUser = (id: string) =>
  queryOptions({
    queryKey: keyOf("staff", "user", id),
    queryFn: () => unwrap(api.GET("/v1/staff/users/{user}", { params: { path: { user: id } } })),
  });

export const staffAccount = (id: string) =>
  queryOptions({
    queryKey: keyOf("staff", "account", id),
    queryFn: () => unwrap(api.GET("/v1/staff/accounts/{account}", { params: { path: { account: id } } })),
    refetchInterval: 5_000,
  });

/** The economic news of the coming days. */
export const calendar = () =>
  queryOptions({ queryKey: keyOf("calendar", "next"), queryFn: () => unwrap(api.GET("/v1/calendar")) });

export const calendarUploads = () =>
  queryOptions({
    queryKey: keyOf("calendar", "uploads"),
    queryFn: () => unwrap(api.GET("/v1/staff/calendar")).then((found) => found.items),
  });

/** Invalidates all queries of a kind. */
export const refresh = (client: QueryClient, kind: Kind) => client.invalidateQueries({ queryKey: keyOf(kind) });

export const refreshGuards = (client: QueryClient, copier: string) =>
  client.invalidateQueries({ queryKey: guards(copier).queryKey });

/** Puts the account from a response into the cache. */
export function putAccount(client: QueryClient, after: Account): void {
  client.setQueryData(account(after.id).queryKey, after);
  for (const list of ["all", "list"]) client.invalidateQueries({ queryKey: keyOf("account", list) });
}

/** Puts the copier from a response into the cache. */
export function putCopier(client: QueryClient, after: Copier): void {
  client.setQueryData(copier(after.id).queryKey, after);
  for (const list of ["all", "list"]) client.invalidateQueries({ queryKey: keyOf("copier", list) });
}

/**
 * Drops a removed account from the cache and invalidates everything else, because copiers, trades and figures
 * depended on it.
 */
export function dropAccount(client: QueryClient, id: string): void {
  client.removeQueries({ queryKey: account(id).queryKey });
  client.invalidateQueries();
}

export function dropCopier(client: QueryClient, id: string): void {
  client.removeQueries({ queryKey: copier(id).queryKey });
  refresh(client, "copier");
}
