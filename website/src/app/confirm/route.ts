import type { EmailOtpType } from "@supabase/supabase-js";
import { redirect } from "next/navigation";
import type { NextRequest } from "next/server";
import { safeNext } from "@/features/auth/schema";
import { forgetMail } from "@/server/requested-mail";
import { supabase } from "@/server/supabase";

const KINDS: readonly string[] = ["signup", "recovery", "email", "email_change", "magiclink", "invite"];

/** Where the links in mails lead: the token or code in them becomes a session. */
export async function GET(request: NextRequest): Promise<Response> {
  const search = request.nextUrl.searchParams;
  const { auth } = await supabase();
  const hash = search.get("token_hash");
  const type = search.get("type");
  const code = search.get("code");
  const next = search.get("next");
  const result =
    hash && type && KINDS.includes(type)
      ? await auth.verifyOtp({ token_hash: hash, type: type as EmailOtpType })
      : code
        ? await auth.exchangeCodeForSession(code)
        : null;
  if (!result || result.error) redirect(type === "recovery" ? "/link-ended?type=recovery" : "/link-ended");
  await forgetMail();
  redirect(next === "/reset" || type === "recovery" ? "/reset" : safeNext(next ?? undefined));
}
