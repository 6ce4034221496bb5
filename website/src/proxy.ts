import { createServerClient } from "@supabase/ssr";
import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "@/server/csp";
import { env } from "@/server/env";
import { PATH_HEADER } from "@/server/path";
import { cookieOptions } from "@/server/supabase";

const PRIVATE = /^\/(app|staff|second-factor)(\/|$)/;

/**
 * Renews the session, keeps signed-out visitors off private pages, and gives each page its own content security
 * policy.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  request.headers.set("x-nonce", nonce);
  request.headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  request.headers.set("content-security-policy", policy);
  let response = NextResponse.next({ request });
  const { LOCKSTEP_SUPABASE_URL, LOCKSTEP_SUPABASE_PUBLISHABLE_KEY } = env();
  const supabase = createServerClient(LOCKSTEP_SUPABASE_URL, LOCKSTEP_SUPABASE_PUBLISHABLE_KEY, {
    cookieOptions: cookieOptions(),
    cookies: {
      getAll: () => request.cookies.getAll(),
      setAll: (changed, headers) => {
        for (const { name, value } of changed) request.cookies.set(name, value);
        response = NextResponse.next({ request });
        for (const { name, value, options } of changed) response.cookies.set(name, value, options);
        for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
      },
    },
  });
  if (PRIVATE.test(request.nextUrl.pathname)) {
    const { data } = await supabase.auth.getClaims();
    if (!data?.claims) response = toSignIn(request, response);
  }
  response.headers.set("content-security-policy", policy);
  return response;
}

function toSignIn(request: NextRequest, response: NextResponse): NextResponse {
  const to = request.nextUrl.clone();
  to.pathname = "/sign-in";
  to.search = "";
  to.searchParams.set("next", request.nextUrl.pathname + request.nextUrl.search);
  const redirect = NextResponse.redirect(to);
  for (const cookie of response.cookies.getAll()) redirect.cookies.set(cookie);
  return redirect;
}

export const config = {
  matcher: [
    {
      source: "/((?!api/|_next/static|_next/image|favicon.ico|icon.svg|opengraph-image|robots.txt|sitemap.xml).*)",
      missing: [{ type: "header", key: "next-router-prefetch" }],
    },
  ],
};
