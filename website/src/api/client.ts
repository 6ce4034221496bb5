import createClient from "openapi-fetch";
import { problemOf } from "./problem";
import type { components, paths } from "./schema";

/** Calls this page's own origin, which adds the session's token. */
export const api = createClient<paths>({ baseUrl: "/api" });
export type Api = typeof api;

export type Schemas = components["schemas"];
export type Account = Schemas["AccountResponse"];
export type Copier = Schemas["CopierResponse"];
export type Copy = Schemas["CopyResponse"];
export type CopyStatus = Copy["status"];
export type Template = Schemas["TemplateResponse"];
export type Span = Schemas["SpanLatency"];
export type Bin = Schemas["HistogramBin"];

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of a response. Throws a `Problem` that can be shown. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const answer = await call.catch(() => null);
  if (!answer) throw problemOf(0, null);
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error);
  return answer.data as T;
}
