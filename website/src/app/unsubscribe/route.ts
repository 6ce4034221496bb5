import { type NextRequest, NextResponse } from "next/server";
import { env } from "@/server/env";
import { withVisitor } from "@/server/visitor";

export const dynamic = "force-dynamic";

const TOKEN = /^[0-9a-f]{16,128}$/;

const pageOf = (more: string): NextResponse =>
  NextResponse.redirect(new URL(`/no-more-mails${more}`, env().LOCKSTEP_SITE_URL), 303);

/** A person who opens the link of a mail is asked first: scanners of mail open every link. */
export function GET(request: NextRequest): NextResponse {
  const token = request.nextUrl.searchParams.get("token") ?? "";
  return pageOf(TOKEN.test(token) ? `?token=${token}` : "?done=no");
}

/**
 * Ends the mails. A mail program asks like this by itself (RFC 8058) and takes no redirect; the page's button does,
 * too. Whoever has the token may, so it does not matter which site the request is from.
 */
export async function POST(request: NextRequest): Promise<Response> {
  const token = request.nextUrl.searchParams.get("token") ?? "";
  const body = await request.text();
  const done = TOKEN.test(token) && (await ended(token, request.headers));
  if (new URLSearchParams(body).get("List-Unsubscribe") === "One-Click") {
    return new Response(null, { status: done ? 204 : 404 });
  }
  return pageOf(`?done=${done ? "yes" : "no"}`);
}

async function ended(token: string, from: Headers): Promise<boolean> {
  const headers = new Headers();
  withVisitor(headers, from);
  const url = `${env().LOCKSTEP_API_URL.replace(/\/$/, "")}/v1/unsubscribe?token=${token}`;
  const answer = await fetch(url, { method: "POST", headers, cache: "no-store" }).catch(() => null);
  return answer?.ok ?? false;
}
