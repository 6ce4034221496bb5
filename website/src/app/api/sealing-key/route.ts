import type { NextRequest } from "next/server";
import { chooseLocale, LOCALE_COOKIE } from "@/i18n/locales";
import { mountedKey } from "@/server/sealing-key";

export const dynamic = "force-dynamic";

/** The key to which this page seals passwords. It is public. */
export async function GET(request: NextRequest): Promise<Response> {
  const key = await mountedKey();
  if (key) return Response.json(key, { headers: { "cache-control": "no-store" } });
  const locale = chooseLocale(request.cookies.get(LOCALE_COOKIE)?.value, request.headers.get("accept-language"));
  const words = (await import(`../../../../../texts/src/lockstep_texts/${locale}.json`)).default;
  const code = "sealing_key_unavailable";
  return Response.json(
    { title: code, status: 503, code, detail: words.problems[code] },
    { status: 503, headers: { "content-type": "application/problem+json", "retry-after": "2" } },
  );
}
