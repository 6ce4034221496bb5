import type { NextRequest } from "next/server";
import { chooseLocale, LOCALE_COOKIE } from "@/i18n/locales";
import { apiToken } from "@/lib/bearer";
import { isForeign } from "@/lib/origin";
import { env } from "@/server/env";
import { accessToken } from "@/server/session";
import { withVisitor } from "@/server/visitor";

export const dynamic = "force-dynamic";

const FORWARDED = ["content-type", "accept", "idempotency-key", "last-event-id", "user-agent", "accept-language"];
const RETURNED = ["content-type", "content-disposition", "retry-after", "x-request-id", "etag", "cache-control"];

/** As the API has them: a larger body is refused before any of it is read. */
const MOST_BYTES = 65_536;
const MOST_BYTES_OF = new Map([["/api/v1/staff/calendar", 4_000_000]]);

/** Forwards a call to the API: a browser's with the session's token, which scripts never see, or a program's with its own. */
async function forward(request: NextRequest): Promise<Response> {
  const own = apiToken(request.headers);
  if (!own && isForeign(request.method, request.headers)) {
    return problem(403, "foreign_request", "This page may not do that.");
  }
  const refusal = refusedBody(request);
  if (refusal) return refusal;
  const token = own ?? (await accessToken());
  const headers = pick(request.headers, FORWARDED);
  if (token) headers.set("authorization", `Bearer ${token}`);
  headers.set("accept-language", language(request));
  withVisitor(headers, request.headers);
  const url = env().LOCKSTEP_API_URL.replace(/\/$/, "") + request.nextUrl.pathname.slice("/api".length);
  const length = lengthOf(request);
  // A body goes on as it comes. The API wants its length, which a stream does not tell.
  const body = length > 0 ? { body: request.body, duplex: "half" as const } : {};
  if (length > 0) headers.set("content-length", String(length));
  try {
    const init = { method: request.method, headers, ...body, signal: request.signal };
    return answer(await fetch(url + request.nextUrl.search, { ...init, cache: "no-store", redirect: "manual" }));
  } catch {
    return problem(503, "api_unavailable", "The service cannot be reached at the moment. Try again in a few seconds.");
  }
}

const lengthOf = (request: NextRequest): number => Number(request.headers.get("content-length") ?? 0);

/** Why a body is not taken, from its head alone. */
function refusedBody(request: NextRequest): Response | null {
  if (request.headers.has("transfer-encoding")) {
    return problem(411, "length_required", "Send the body with its Content-Length.");
  }
  const most = MOST_BYTES_OF.get(request.nextUrl.pathname) ?? MOST_BYTES;
  return lengthOf(request) <= most ? null : problem(413, "too_large", `A request may have ${most} bytes at most.`);
}

/** The language that somebody chose on the website comes before what their browser prefers. */
function language(request: NextRequest): string {
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

function problem(status: number, code: string, detail: string): Response {
  return Response.json(
    { title: code, status, code, detail },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}

export { forward as DELETE, forward as GET, forward as PATCH, forward as POST, forward as PUT };
