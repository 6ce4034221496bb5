import type { NextRequest } from "next/server";
import { chooseLocale, LOCALE_COOKIE } from "@/i18n/locales";
import { type ProblemCode, problemText } from "@/i18n/problem";
import { apiToken } from "@/lib/bearer";
import { isForeign } from "@/lib/origin";
import { env } from "@/server/env";
import { accessToken } from "@/server/session";
import { withVisitor } from "@/server/visitor";

export const dynamic = "force-dynamic";

const FORWARDED = ["content-type", "accept", "idempotency-key", "last-event-id", "user-agent", "accept-language"];
const RETURNED = ["content-type", "content-disposition", "retry-after", "x-request-id", "etag", "cache-control"];

/** The API's limits: a larger body is refused before any of it is read. */
const MOST_BYTES = 65_536;
const MOST_BYTES_OF = new Map([["/api/v1/staff/calendar", 4_000_000]]);

/**
 * Forwards a call to the API: a browser's with the session's token, which scripts never see; a program's with its
 * own.
 */
async function forward(request: NextRequest): Promise<Response> {
  const own = apiToken(request.headers);
  if (!own && isForeign(request.method, request.headers)) {
    return problem(request, 403, "foreign_request");
  }
  const refusal = await refusedBody(request);
  if (refusal) return refusal;
  const token = own ?? (await accessToken());
  const headers = pick(request.headers, FORWARDED);
  if (token) headers.set("authorization", `Bearer ${token}`);
  headers.set("accept-language", language(request));
  withVisitor(headers, request.headers);
  const url = env().LOCKSTEP_API_URL.replace(/\/$/, "") + request.nextUrl.pathname.slice("/api".length);
  const length = lengthOf(request);
  // The body is streamed. The API needs its length, which a stream does not have.
  const body = length > 0 ? { body: request.body, duplex: "half" as const } : {};
  if (length > 0) headers.set("content-length", String(length));
  try {
    const init = { method: request.method, headers, ...body, signal: request.signal };
    return answer(await fetch(url + request.nextUrl.search, { ...init, cache: "no-store", redirect: "manual" }));
  } catch {
    return problem(request, 503, "api_unavailable");
  }
}

/** The length of a body; a GET has none. */
const lengthOf = (request: NextRequest): number =>
  request.method === "GET" ? 0 : Number(request.headers.get("content-length") ?? 0);

/** Why a body is refused, from the headers alone. */
async function refusedBody(request: NextRequest): Promise<Response | null> {
  if (request.headers.has("transfer-encoding")) return problem(request, 411, "length_required");
  const limit = MOST_BYTES_OF.get(request.nextUrl.pathname) ?? MOST_BYTES;
  return lengthOf(request) <= limit ? null : problem(request, 413, "too_large", { limit });
}

/** The language that the reader chose on the website precedes their browser's preference. */
function language(request: NextRequest): ReturnType<typeof chooseLocale> {
  return chooseLocale(request.cookies.get(LOCALE_COOKIE)?.value, request.headers.get("accept-language"));
}

function answer(from: Response): Response {
  const headers = pick(from.headers, RETURNED);
  const live = from.headers.get("content-type")?.startsWith("text/event-stream");
  headers.set("cache-control", live ? "no-cache, no-transform" : "private, no-store");
  if (live) headers.set("x-accel-buffering", "no");
  return new Response(from.body, { status: from.status, headers });
}

function pick(from: Headers, names: readonly string[]): Headers {
  const chosen = new Headers();
  for (const name of names) {
    const value = from.get(name);
    if (value) chosen.set(name, value);
  }
  return chosen;
}

async function problem(request: NextRequest, status: number, code: ProblemCode, params = {}): Promise<Response> {
  const detail = await problemText(language(request), code, params);
  return Response.json(
    { title: code, status, code, detail },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}

export { forward as DELETE, forward as GET, forward as PATCH, forward as POST, forward as PUT };
