import type { NextRequest } from "next/server";
import { getTranslations } from "next-intl/server";
import { chooseLocale, LOCALE_COOKIE } from "@/i18n/locales";
import { apiToken } from "@/lib/bearer";
import { isForeign } from "@/lib/origin";
import { env } from "@/server/env";
import { accessToken } from "@/server/session";

export const dynamic = "force-dynamic";

const FORWARDED = ["content-type", "accept", "idempotency-key", "last-event-id", "user-agent", "accept-language"];
const RETURNED = ["content-type", "content-disposition", "retry-after", "x-request-id", "etag", "cache-control"];

/** Forwards a call to the API: a browser's with the session's token, which scripts never see, or a program's with its own. */
async function forward(request: NextRequest): Promise<Response> {
  const own = apiToken(request.headers);
  if (!own && isForeign(request.method, request.headers)) {
    return problem(403, "foreign_request");
  }
  const token = own ?? (await accessToken());
  const headers = pick(request.headers, FORWARDED);
  if (token) headers.set("authorization", `Bearer ${token}`);
  headers.set("accept-language", language(request));
  const url = env().LOCKSTEP_API_URL.replace(/\/$/, "") + request.nextUrl.pathname.slice("/api".length);
  const body = request.method === "GET" ? undefined : await request.arrayBuffer();
  try {
    const init = { method: request.method, headers, body: body?.byteLength ? body : undefined, signal: request.signal };
    return answer(await fetch(url + request.nextUrl.search, { ...init, cache: "no-store", redirect: "manual" }));
  } catch {
    return problem(503, "api_unavailable");
  }
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

async function problem(status: number, code: "foreign_request" | "api_unavailable"): Promise<Response> {
  const t = await getTranslations("told.problems");
  const detail = t(code);
  return Response.json(
    { title: code, status, code, detail },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}

export { forward as DELETE, forward as GET, forward as PATCH, forward as POST, forward as PUT };
