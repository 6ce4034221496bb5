import { queryOptions } from "@tanstack/react-query";
import { api, type CopyStatus, unwrap } from "./client";

/** Each kind of thing under one key, so that news of it makes all its readers look again. */
export const accounts = () =>
  queryOptions({ queryKey: ["account", "all"], queryFn: () => unwrap(api.GET("/v1/accounts")).then((found) => found.items) });

export const account = (id: string) =>
  queryOptions({
    queryKey: ["account", id],
    queryFn: () => unwrap(api.GET("/v1/accounts/{account}", { params: { path: { account: id } } })),
  });

export const copiers = () =>
  queryOptions({ queryKey: ["copier", "all"], queryFn: () => unwrap(api.GET("/v1/copiers")).then((found) => found.items) });

export const copier = (id: string) =>
  queryOptions({
    queryKey: ["copier", id],
    queryFn: () => unwrap(api.GET("/v1/copiers/{copier}", { params: { path: { copier: id } } })),
  });

export interface CopyFilter {
  readonly status?: CopyStatus | undefined;
  readonly copier_id?: string | undefined;
  readonly account_id?: string | undefined;
  readonly limit?: number;
}

export const copies = (filter: CopyFilter) =>
  queryOptions({
    queryKey: ["copy", "list", filter],
    queryFn: () => unwrap(api.GET("/v1/copies", { params: { query: filter } })).then((found) => found.items),
    placeholderData: (before) => before,
  });

export const copy = (id: string) =>
  queryOptions({
    queryKey: ["copy", id],
    queryFn: () => unwrap(api.GET("/v1/copies", { params: { query: { limit: 1000 } } })).then((found) => found.items.find((own) => own.link_id === id) ?? null),
  });
